"""How names are found again: one spelling for what readers type in many."""

import re
import unicodedata

# ァ to ヶ lie as far above ぁ to ゖ (Unicode, blocks Katakana and Hiragana).
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_BLANKS = re.compile(r"\s+")


def normalise_for_search(text: str) -> str:
    """Return text without width, case, kind of kana, or blanks.

    Examples
    --------
    >>> normalise_for_search("ﾓﾘｼﾀ　Hana")
    'もりしたhana'
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
    return _BLANKS.sub("", folded)


def search_text(name: str, name_kana: str, email: str) -> str:
    """Return what people are found and put in order by: the reading comes first."""
    parts = (name_kana or name, name, email)
    return "\n".join(normalise_for_search(part) for part in parts)
