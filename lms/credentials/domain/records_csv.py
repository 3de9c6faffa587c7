"""Competency records as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lms.credentials.domain.certificate import moment_text
from lms.credentials.domain.records import DecisionRecord, LearnerRecord
from lms.spreadsheet import inert_cell

Cell = str | int | None
RECORD_COLUMNS = (
    "cohort",
    "subject_id",
    "name",
    "competency",
    "required_level",
    "attested_level",
    "chance_per_mille",
    "interval_low",
    "interval_high",
    "evidence_rows",
    "raters",
    "missing_kinds",
    "outcome",
    "decided_at",
    "credentials",
    "credential_states",
)


def list_record_rows(
    cohort: str, learners: Iterable[LearnerRecord], names: Mapping[str, str]
) -> Iterator[dict[str, Cell]]:
    """Go through an export, one row for each learner and competency.

    Parameters
    ----------
    names : Mapping of str to str
        Names by subject id, for those who were not erased; the signed file has none.
    """
    for learner in learners:
        subject_id = learner.record["subject_id"]
        for entry in learner.record["competencies"]:
            yield {
                "cohort": cohort,
                "subject_id": subject_id,
                "name": names.get(subject_id),
                **_standing(entry),
                **_outcome(learner.decision, entry["competency"]),
                "credentials": " ".join(row.id for row in learner.credentials),
                "credential_states": " ".join(row.state for row in learner.credentials),
            }


def records_csv(
    rows: Iterable[Mapping[str, Cell]], columns: Sequence[str] = RECORD_COLUMNS
) -> bytes:
    """Return rows as CSV (RFC 4180) that spreadsheets open rightly and safely.

    UTF-8 with a byte order mark, as Excel needs it for Japanese; CRLF; text that a
    spreadsheet would run as a formula begins with an apostrophe (OWASP, "CSV
    Injection"; the full-width signs count in Japanese editions).
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_defused(name) for name in columns])
    for row in rows:
        writer.writerow([_defused(row.get(name)) for name in columns])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _standing(entry: Mapping[str, Any]) -> dict[str, Cell]:
    low, high = entry["interval"] or (None, None)
    return {
        "competency": entry["competency"],
        "required_level": entry["required_level"],
        "attested_level": entry["attested_level"],
        "chance_per_mille": entry["chance"],
        "interval_low": low,
        "interval_high": high,
        "evidence_rows": len(entry["evidence"]),
        "raters": entry["raters"],
        "missing_kinds": " ".join(entry["missing_kinds"]),
    }


def _outcome(decision: DecisionRecord | None, competency: str) -> dict[str, Cell]:
    """Return what was decided; nothing where no decision speaks of the competency."""
    for row in decision.competencies if decision else ():
        if decision and row.competency == competency:
            return {
                "outcome": row.outcome,
                "decided_at": moment_text(decision.decided_at),
            }
    return {}


def _defused(value: Cell) -> str | int:
    if value is None:
        return ""
    return inert_cell(value) if isinstance(value, str) else value
