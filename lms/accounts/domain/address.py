"""The shape of an e-mail address."""

import re
import unicodedata

from lms.unseen import without_unseen

MAX_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
# One @, a domain with a dot, and nothing that ends an address in a mail's head. Only
# the mail itself can tell whether somebody reads it.
_SHAPE = re.compile(r"[^@\s,;:<>()\[\]\\\"]+@[^@\s,;:<>()\[\]\\\"]+\.[^@\s.,;]+")


def normalise_address(text: str) -> str:
    """Return an address as it is stored and compared.

    NFKC, as a Japanese keyboard may write letters, digits and the @ in full width.

    Examples
    --------
    >>> normalise_address(" ｔａｒｏ＠Example.org")
    'taro@example.org'
    """
    return _plain(text).strip().lower()


def is_plain(text: str) -> bool:
    """Say whether only case may set it apart from how it is stored.

    What `normalise_address` makes the same may be two mailboxes, of which somebody can
    own one. It is what is meant where an address is typed, and no proof of the other.
    """
    return _plain(text) == text


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", without_unseen(text))


def is_address(text: str) -> bool:
    """Say whether a mail could go there."""
    return len(text) <= MAX_ADDRESS and _SHAPE.fullmatch(text) is not None
