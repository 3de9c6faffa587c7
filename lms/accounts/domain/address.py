"""The shape of an e-mail address."""

import re

MAX_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
# One @, a domain with a dot, and nothing that ends an address in a mail's head. Only
# the mail itself can tell whether somebody reads it.
_SHAPE = re.compile(r"[^@\s,;:<>()\[\]\\\"]+@[^@\s,;:<>()\[\]\\\"]+\.[^@\s.,;]+")


def normalise_address(text: str) -> str:
    """Return an address as it is stored and compared."""
    return text.strip().lower()


def is_address(text: str) -> bool:
    """Say whether a mail could go there."""
    return len(text) <= MAX_ADDRESS and _SHAPE.fullmatch(text) is not None
