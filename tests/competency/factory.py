"""Evidence in the database."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from lms.content.queries import Library
from lms.evidence.models import Evidence
from lms.evidence.services import record_evidence

_numbers = count(1)
RECORDED = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def make_evidence(
    session: Session,
    library: Library,
    subject_id: UUID,
    **given: Any,
) -> Evidence:
    """Record a rightly answered item about ethics, unless told otherwise; commit."""
    number = next(_numbers)
    item = library.list_current(session, "item")[0]
    values: dict[str, Any] = {
        "key": f"test:{number}",
        "subject_id": subject_id,
        "competency": "ethics",
        "indicator": f"item/{number}",
        "kind": "knowledge",
        "source": "item",
        "score": 1,
        "maximum": 1,
        "steps": [0.0],
        "work_kind": "response",
        "work_id": uuid4(),
        "content_version_id": item.id,
        "episode": f"response:{number}",
        "done_on": date(2026, 11, 20),
        "recorded_at": RECORDED,
    }
    row = Evidence(**{**values, **given})
    record_evidence(session, [row])
    session.commit()
    return row


def make_case_evidence(
    session: Session, library: Library, subject_id: UUID, **given: Any
) -> Evidence:
    """Record what the shipped case observed about interviewing, fully met."""
    case = library.list_current(session, "case")[0]
    rubric = library.get_current(session, "rubric", "first-interview")
    work_id = given.pop("work_id", None) or uuid4()
    return make_evidence(
        session,
        library,
        subject_id,
        **{
            "competency": "interviewing",
            "indicator": "rubric/first-interview/finds-need",
            "kind": "simulation",
            "source": "choice",
            "score": 2,
            "maximum": 2,
            "steps": [-0.3, 1.0],
            "work_kind": "case",
            "work_id": work_id,
            "criterion": "finds-need",
            "position": 2,
            "content_version_id": case.id,
            "rubric_version_id": rubric.id,
            "episode": f"case:{work_id}",
            **given,
        },
    )


def make_sheet_evidence(
    session: Session,
    library: Library,
    subject_id: UUID,
    *,
    rater: UUID,
    **given: Any,
) -> Evidence:
    """Record a rater's full marks for the same criterion."""
    return make_case_evidence(
        session,
        library,
        subject_id,
        **{
            "source": "sheet",
            "score": 3,
            "maximum": 3,
            "steps": [-0.7, 0.5, 1.8],
            "rater_id": rater,
            "recorded_at": RECORDED + timedelta(hours=4),
            **given,
        },
    )
