"""What a returned sheet says, as the trail holds it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

SOURCE = "sheet"
"""What evidence of raters says that it comes from."""
MARK_COLUMNS = (
    "subject_id",
    "competency",
    "indicator",
    "kind",
    "source",
    "score",
    "maximum",
    "steps",
    "is_critical",
    "work_kind",
    "criterion",
    "help_given",
    "episode",
    "done_on",
)


def key_of(sheet: UUID, criterion: str) -> str:
    """Return what names one showing of a sheet, so that it is recorded once."""
    return f"{SOURCE}:{sheet}:{criterion}"


def marking_document(
    ratings: Iterable[Mapping[str, Any]], marks: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return bands and evidence in one form, whoever read them from where.

    The rater's words are no part of it: they can be erased.

    Parameters
    ----------
    ratings : iterable of mapping
        With ``criterion``, ``band`` and ``not_observed``.
    marks : iterable of mapping
        Rows of evidence, with `MARK_COLUMNS`.
    """
    return {
        "ratings": sorted(
            (
                {name: row[name] for name in ("criterion", "band", "not_observed")}
                for row in ratings
            ),
            key=lambda row: str(row["criterion"]),
        ),
        "evidence": sorted(
            (_plain({name: mark[name] for name in MARK_COLUMNS}) for mark in marks),
            key=lambda row: str(row["criterion"]),
        ),
    }


def _plain(mark: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON without a fraction: databases write these differently."""
    return {
        **mark,
        "subject_id": str(mark["subject_id"]),
        "done_on": str(mark["done_on"]),
        "steps": [round(1000 * step) for step in mark["steps"]],
    }
