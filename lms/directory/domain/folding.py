"""The form in which words are compared, whatever the width, case or kana."""

import unicodedata
from collections.abc import Iterable

from lms.content.domain import Bilingual

_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = {code: code - 0x60 for code in _KATAKANA} | {ord("・"): None}


def fold(text: str) -> str:
    """Return the form in which texts are compared.

    NFKC joins half and full width, case is folded, katakana becomes hiragana, and the
    middle dot goes, so that ハローワーク and はろーわーく are one word.
    """
    form = unicodedata.normalize("NFKC", text).casefold()
    return form.translate(_TO_HIRAGANA)


def fold_all(words: Iterable[str], texts: Iterable[Bilingual]) -> str:
    """Return all of it in one folded text, for searching."""
    both = [part for text in texts for part in (text.ja, text.en)]
    return fold("\n".join([*words, *both]))
