"""T2 and T3: words that are hard to read, that look real, or that are out of date."""

import re
from collections.abc import Iterator
from datetime import date

from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report

LONGEST_SENTENCE = {"ja": 120, "ja-easy": 45}
"""Characters of a sentence, by language; plain Japanese has a bound of its own."""
_SENTENCE_END = re.compile(r"[。！？\n]")
_READING = re.compile(r"\{[^{}|]+\|[^{}|]+\}")
_SECOND_LEVEL = 48
"""First row of JIS X 0208 with the kanji of level 2, those that are seldom met."""
_REAL = (
    (
        "a telephone number",
        re.compile(r"(?<![\d-])0\d{1,3}[-(（]\d{2,4}[-)）]\d{4}(?!\d)"),
    ),
    ("a postal code", re.compile(r"〒\s*\d{3}-?\d{4}")),
    (
        "a street address",
        re.compile(r"[0-9０-９一二三四五六七八九十]+丁目[0-9０-９]+番"),
    ),
    (
        "an e-mail address",
        re.compile(r"[\w.+-]+@(?!example\.|[\w.-]*\.example\b)[\w-]+\.[\w.]+"),
    ),
    ("a residence card number", re.compile(r"\b[A-Z]{2}\d{8}[A-Z]{2}\b")),
    ("an individual number", re.compile(r"(?<!\d)\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)")),
)


def check_words(report: Report, today: date) -> None:
    """Report sentences and characters above the target, and what must not be real."""
    for language in report.texts:
        for text_id, row in report.document["texts"][language].items():
            for text in _hard(language, row["text"]):
                report.hint("T2", (text_id,), f"'{text_id}' {text}", language=language)
            for what in _real(row["text"]):
                report.warn(
                    "T3",
                    (text_id,),
                    f"'{text_id}' holds what looks like {what}; write one that nobody "
                    "can have, or leave it out",
                    language=language,
                )
    for place, source in walk.rows_of(report.document, "sources"):
        if date.fromisoformat(source["review_by"]) < today:
            report.warn(
                "T3",
                (*place, "review_by"),
                f"source '{place[-1]}' was to be looked at again by "
                f"{source['review_by']}; do so, then set 'as_of' and 'review_by' anew",
            )


def _hard(language: str, text: str) -> Iterator[str]:
    bound = LONGEST_SENTENCE.get(language)
    if bound is None:
        return
    plain = _READING.sub(lambda found: found[0][1:].split("|")[0], text)
    longest = max((len(part) for part in _SENTENCE_END.split(plain)), default=0)
    if longest > bound:
        yield f"has a sentence of {longest} characters (target {bound}); part it"
    rare = sorted({c for c in _READING.sub("", text) if _is_rare(c)})
    if rare:
        yield (
            f"has rare characters ({''.join(rare)}); write them in kana or give the "
            "reading: {漢字|かんじ}"
        )


def _is_rare(character: str) -> bool:
    """Say whether a kanji is of level 2 of JIS X 0208, or in neither level."""
    if not "\u4e00" <= character <= "\u9fff":
        return False
    try:
        return character.encode("euc_jp")[0] - 0xA0 >= _SECOND_LEVEL
    except UnicodeEncodeError:
        return True


def _real(text: str) -> Iterator[str]:
    for what, pattern in _REAL:
        if pattern.search(text):
            yield what
