"""Which passwords are taken: long ones that nobody would guess first.

References
----------
.. [1] NIST SP 800-63B-4 (2025), section 3.1.1.2: at least 15 characters where a
   password is all that is asked for, no rules of composition, no change without
   reason, every Unicode character counted as one, expected passwords refused.
.. [2] OWASP ASVS 5.0 (2025), V6.2: at least 8 characters, 15 recommended; paste and
   password managers allowed; words of the context refused.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import takewhile

MIN_CHARACTERS = 15
MAX_CHARACTERS = 1024
# What must be left once runs and expected words are taken out, and how many
# different characters there must be: a guess of ours, kept low so that sentences of
# everyday words, in any script, are taken.
_MIN_REST = 8
_MIN_DIFFERENT = 6
_RUN = 4
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみし",
)
_EXPECTED_WORDS = """
password passw0rd p@ssw0rd p@ssword pass word passphrase secret login signin welcome
letmein admin administrator user guest test demo default changeme iloveyou sunshine
princess monkey dragon football baseball superman master shadow qwerty azerty asdf zxcv
hello japan tokyo sakura company office パスワード ぱすわーど あんしょう 暗証番号 秘密
管理者 ようこそ tsunagu つなぐ ツナグ coordinator コーディネーター
"""
_EXPECTED = frozenset(_EXPECTED_WORDS.split())
# The example that everybody has seen (xkcd 936, 2011), and its like.
_FAMOUS = frozenset(
    {"correcthorsebatterystaple", "thequickbrownfoxjumpsoverthelazydog"}
)


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    REPEATED = "repeated"
    EXPECTED = "expected"


def normalise_password(password: str) -> str:
    """Return the form that is hashed, the same from every keyboard.

    NFKC, as SP 800-63B allows: full-width letters of a Japanese keyboard and a
    decomposed が of another system are the same password.
    """
    return unicodedata.normalize("NFKC", password)


def find_weakness(password: str, *, about: Iterable[str] = ()) -> Weakness | None:
    """Say why a password cannot be taken, or nothing.

    Parameters
    ----------
    about : iterable of str
        Words of the person that a stranger would try: name, e-mail address.
    """
    text = normalise_password(password)
    if len(text) < MIN_CHARACTERS:
        return Weakness.SHORT
    if max(len(password), len(text)) > MAX_CHARACTERS:
        return Weakness.LONG
    text = text.casefold()
    if len(set(text)) < _MIN_DIFFERENT or _is_repetition(text):
        return Weakness.REPEATED
    if re.sub(r"[\W_]+", "", text) in _FAMOUS:
        return Weakness.EXPECTED
    rest = _without_runs(_without_words(text, _words_of(about)))
    return Weakness.EXPECTED if len(rest) < _MIN_REST else None


def _is_repetition(text: str) -> bool:
    """Say whether a shorter text over and over makes the whole."""
    return any(
        (text[:length] * (len(text) // length + 1)).startswith(text)
        for length in range(1, len(text) // 2 + 1)
    )


def _words_of(about: Iterable[str]) -> frozenset[str]:
    parts = (
        part
        for words in about
        for part in re.split(r"[\W_]+", normalise_password(words).casefold())
    )
    return _EXPECTED | {part for part in parts if len(part) >= 3}


def _without_words(text: str, words: frozenset[str]) -> str:
    """Take expected words out, the longest first."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return re.sub(r"[\W_]+", "", text)


def _without_runs(text: str) -> str:
    """Take out what follows a row of the keyboard or the alphabet, either way."""
    rest, at = "", 0
    while at < len(text):
        length = _run_at(text, at)
        if length < _RUN:
            rest += text[at]
            length = 1
        at += length
    return rest


def _run_at(text: str, at: int) -> int:
    """Return how many characters from `at` on stand in a row, or are all the same."""
    rows = (*_ROWS, *(row[::-1] for row in _ROWS), text[at] * len(text))
    return max(
        _shared(text[at:], row[row.find(text[at]) :]) for row in rows if text[at] in row
    )


def _shared(text: str, row: str) -> int:
    pairs = zip(text, row, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
