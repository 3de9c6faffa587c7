"""One line that names something, as it may come from a list or a command."""

import unicodedata

from lms.unseen import without_unseen

# Line ends and the like; what was no text where it was typed.
_CONTROL = ("Cc", "Cs", "Zl", "Zp")


def clean_line(text: str) -> str:
    """Return a line as it is stored: in one form of Unicode, without outer blanks.

    Signs that nobody sees are left out, so what is made of them alone is empty.
    """
    return unicodedata.normalize("NFC", without_unseen(text)).strip()


def has_control(text: str) -> bool:
    """Say whether it holds what nobody sees and no page can show."""
    return any(unicodedata.category(sign) in _CONTROL for sign in text)
