"""Readings (furigana) in the body of a lesson: what a writer should look at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.domain import Level

_READING = re.compile(r"\{(?P<word>[^{}|\n]+)\|(?P<easy>\|?)(?P<reading>[^{}|\n]+)\}")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・]+")
_KANJI = re.compile(r"[々〆\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class ReadingFault:
    """Something about readings, `line` counted from 1 within the body."""

    code: str
    level: Level
    line: int
    message: str


def reading_faults(body: str) -> Iterator[ReadingFault]:
    """Find readings that are no kana (K1), and a lesson read aloud by halves (K2).

    A lesson with easy readings promises that "all" covers it; what has none there is
    counted once, at its first place.
    """
    bare: list[tuple[int, str]] = []
    has_easy = False
    for number, row in enumerate(body.split("\n"), 1):
        for found in _READING.finditer(row):
            has_easy = has_easy or bool(found["easy"])
            if not _KANA.fullmatch(found["reading"]):
                text = f"the reading '{found['reading']}' is not kana; write it in kana"
                yield ReadingFault("K1", Level.WARNING, number, text)
        rest = _READING.sub("　", row)
        bare += [(number, word) for word in _KANJI.findall(rest)]
    if has_easy and bare:
        line, word = bare[0]
        text = (
            f"{len(bare)} words with kanji have no reading, the first is '{word}'; add "
            f"{{{word}||…}}, or readers who ask for all readings get some only"
        )
        yield ReadingFault("K2", Level.HINT, line, text)
