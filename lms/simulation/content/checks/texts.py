"""T1: every text is there in every offered language, fresh, with its place-holders."""

import re
from collections.abc import Mapping
from typing import Any

from lms.content.domain import text_hash
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report

_PLACE_HOLDER = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")


def check_texts(report: Report) -> None:
    """Report texts that are missing or stale, and place-holders that differ."""
    languages = report.document["languages"]
    used: dict[str, str] = {}
    for place, text_id in walk.text_ids(report.document):
        used.setdefault(text_id, f"line {report.main.line(*place)} of case.yaml")
    for number, language in enumerate(languages["offered"]):
        if language not in report.texts:
            report.error(
                "T1",
                ("languages", "offered", number),
                f"'{language}' is offered, but there is no text.{language}.yaml; "
                "write it or do not offer the language",
            )
            continue
        _check_missing(report, language, used)
    for language in report.texts:
        if language != languages["source"]:
            _check_translations(report, language, languages["source"])


def _check_missing(report: Report, language: str, used: Mapping[str, str]) -> None:
    texts = report.document["texts"][language]
    for text_id, user in used.items():
        if text_id not in texts:
            report.error(
                "T1",
                (text_id,),
                f"text '{text_id}' is missing (used in {user}); write it",
                language=language,
            )


def _check_translations(report: Report, language: str, source: str) -> None:
    originals = report.document["texts"].get(source, {})
    for text_id, row in report.document["texts"][language].items():
        original = originals.get(text_id)
        if original is None:
            continue
        _check_fresh(report, language, text_id, row, original)
        expected = _place_holders(original)
        if _place_holders(row) != expected:
            names = ", ".join(expected) or "none"
            report.error(
                "T1",
                (text_id,),
                f"the place-holders of '{text_id}' differ from the source text, which "
                f"has {names}; use the same",
                language=language,
            )


def _check_fresh(
    report: Report,
    language: str,
    text_id: str,
    row: Mapping[str, Any],
    original: Mapping[str, Any],
) -> None:
    expected = text_hash(original["text"])
    if row.get("of", expected) != expected:
        report.warn(
            "T1",
            (text_id, "of"),
            f"'{text_id}' is stale: the source text has changed since; hold the "
            f"translation against it, then write 'of: {expected}'",
            language=language,
        )


def _place_holders(row: Mapping[str, Any]) -> list[str]:
    return sorted(_PLACE_HOLDER.findall(row["text"]))
