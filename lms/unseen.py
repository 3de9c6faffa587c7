"""Signs that nobody sees; some turn round what stands beside them."""

import re
import unicodedata

# Marks of the direction of writing (Unicode Standard Annex 9), and what has neither
# width nor shape: hyphens and blanks that show at the end of a line only, joiners of
# words, operators, annotations, tags. Selectors of variants stay, as names have kanji
# with them, and so do joiners inside words, which Persian and scripts of India need.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0001\U000e0020-\U000e007f]"
    r"|(?<!\S)[\u200c\u200d]+"
)
# Letters and symbols by their category, and blank: fillers of Hangul, a braille cell.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_SHAPELESS = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me", "Mc"))

# C0 and C1 controls but tab and line ends, and halves of a pair of code units: no
# person types them, PostgreSQL stores no NUL, and UTF-8 has no such halves.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def without_controls(text: str) -> str:
    r"""Return text without what no person types and no database stores.

    Examples
    --------
    >>> without_controls("a\x00b\ud800")
    'ab'
    """
    return _CONTROLS.sub("", text)


def without_unseen(text: str) -> str:
    r"""Return text without signs that nobody sees; nothing if there is no other sign.

    Examples
    --------
    >>> without_unseen("\u202e太\u200b郎")
    '太郎'
    >>> without_unseen("\u3164\u200d")
    ''
    """
    seen = _UNSEEN.sub("", text)
    return seen if any(map(_has_shape, seen)) else ""


def _has_shape(sign: str) -> bool:
    return sign not in _BLANK and unicodedata.category(sign) not in _SHAPELESS
