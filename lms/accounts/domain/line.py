"""One line that names something, as it may come from a list or a command."""

import unicodedata

_CONTROL = ("Cc", "Cs")  # line ends and the like; what was no text where it was typed


def clean_line(text: str) -> str:
    """Return a line as it is stored: in one form of Unicode, without outer blanks."""
    return unicodedata.normalize("NFC", text).strip()


def has_control(text: str) -> bool:
    """Say whether it holds what nobody sees and no page can show."""
    return any(unicodedata.category(sign) in _CONTROL for sign in text)
