"""A framework of two competencies and rows of evidence, as plain values."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from lms.competency.domain import RecordRow, VersionRef
from lms.content.domain import Bilingual, SourceNote
from lms.framework.domain import (
    Ability,
    Competency,
    EvidenceKind,
    Framework,
    LevelName,
    Required,
    Scale,
)

TOKYO = ZoneInfo("Asia/Tokyo")
LEARNER = UUID(int=1)
RATER = UUID(int=2)
DAY = date(2026, 11, 20)
KNOWN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=TOKYO)
ITEM = VersionRef(id=1, kind="item", slug="i-1", label="1", digest="a" * 64)
CASE = VersionRef(id=2, kind="case", slug="rent-letter", label="1", digest="b" * 64)
RUBRIC = VersionRef(
    id=3, kind="rubric", slug="first-interview", label="4", digest="c" * 64
)


def _text(value: str) -> Bilingual:
    return Bilingual(ja=value, en=value)


def make_competency(slug: str, required: int) -> Competency:
    return Competency(
        slug=slug,
        name=_text(slug),
        short=_text(slug),
        required=Required(
            required, "set", _text("-"), _text("-"), "2026-11-23", "2027-03-31"
        ),
        descriptors={},
    )


def make_framework(
    *, knowing: int = 1, doing: int = 2, confidence: float = 0.8
) -> Framework:
    """Levels 0 to 3; the cut of level 1 is 0, where the prior has its centre."""
    needs = (
        None,
        EvidenceKind.KNOWLEDGE,
        EvidenceKind.SIMULATION,
        EvidenceKind.PRACTICE,
    )
    return Framework(
        slug="small",
        version="1",
        edition="test",
        title=_text("Small"),
        confidence=confidence,
        levels=tuple(
            LevelName(level, _text(f"level {level}"), kind, _text("-"))
            for level, kind in enumerate(needs)
        ),
        scale=Scale((0.0, 0.5, 2.0), 0.0, 1.5, "set", _text("-"), _text("-")),
        abilities=(
            Ability("first", _text("first"), (make_competency("knowing", knowing),)),
            Ability("second", _text("second"), (make_competency("doing", doing),)),
        ),
        source=SourceNote((), (), DAY, DAY),
    )


def make_row(number: int, **given: Any) -> RecordRow:
    """An item about `knowing`, answered rightly, unless told otherwise."""
    values: dict[str, Any] = {
        "id": UUID(int=1000 + number),
        "competency": "knowing",
        "indicator": f"item/{number}",
        "kind": "knowledge",
        "source": "item",
        "score": 1,
        "maximum": 1,
        "steps": (0.0,),
        "is_critical": False,
        "is_automatic": False,
        "work_kind": "response",
        "work_id": uuid5(LEARNER, f"response {number}"),
        "criterion": None,
        "position": None,
        "content": ITEM,
        "rubric": None,
        "rater_id": None,
        "help_given": 0,
        "episode": f"response:{number}",
        "done_on": DAY,
        "recorded_at": KNOWN,
    }
    return RecordRow(**{**values, **given})


def make_case_row(number: int, *, attempt: int = 1, **given: Any) -> RecordRow:
    """What case `attempt` observed by itself on `doing`, fully met."""
    return make_row(
        number,
        **{
            "competency": "doing",
            "indicator": "case/rent-letter/finds-need",
            "kind": "simulation",
            "source": "choice",
            "score": 2,
            "maximum": 2,
            "steps": (-0.3, 1.0),
            "is_automatic": True,
            "work_kind": "case",
            "work_id": uuid5(LEARNER, f"attempt {attempt}"),
            "criterion": "finds-need",
            "position": 3,
            "content": CASE,
            "rubric": RUBRIC,
            "episode": f"case:{attempt}",
            **given,
        },
    )


def make_sheet_row(number: int, *, attempt: int = 1, **given: Any) -> RecordRow:
    """A rater's band 3 of 3 for the same criterion, a day later."""
    return make_case_row(
        number,
        attempt=attempt,
        **{
            "source": "sheet",
            "is_automatic": False,
            "score": 3,
            "maximum": 3,
            "steps": (-0.7, 0.5, 1.8),
            "rater_id": RATER,
            "recorded_at": KNOWN + timedelta(days=1),
            **given,
        },
    )
