"""From a recorded decision to what it awards."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from lms.content.domain import Bilingual
from lms.credentials.domain import (
    Award,
    CompetencyAward,
    EvidenceLink,
    FrameworkEdition,
    LevelText,
    Programme,
)
from lms.credentials.services.issue import issuer_of
from lms.decisions.domain import Outcome
from lms.decisions.models import Decision, DecisionOutcome
from lms.errors import ConflictError, message
from lms.framework.domain import Framework
from lms.settings import Settings

# The one programme of this installation, until programmes are content of their own.
PROGRAMME = Programme(
    slug="coordinator",
    title=Bilingual(
        "外国人支援コーディネーター", "Support coordinator for foreign residents"
    ),
)


def award_of(
    decision: Decision, framework: Framework, settings: Settings, *, now: datetime
) -> Award:
    """Return what a decision awards; levels come from its frozen pack.

    Raises
    ------
    ConflictError
        The decision awards no certificate.
    """
    if decision.outcome != Outcome.AWARD:
        raise ConflictError(message("This decision awards no certificate."))
    entries = {
        row["competency"]: row
        for row in decision.pack.document["record"]["competencies"]
    }
    return Award(
        subject_id=decision.subject_id,
        issuer=issuer_of(settings),
        programme=PROGRAMME,
        framework=FrameworkEdition(
            slug=framework.slug, version=framework.version, title=framework.title
        ),
        competencies=tuple(
            _competency(row, row.level, framework, entries[row.competency])
            for row in decision.outcomes
            if row.outcome == Outcome.AWARD and row.level is not None
        ),
        decided_at=decision.decided_at,
        valid_from=now,
        valid_until=end_of_validity(now, settings),
        is_demo=settings.is_demo,
    )


def end_of_validity(now: datetime, settings: Settings) -> datetime:
    """Return the midnight at which a certificate issued now is over.

    Its last day is the one before the day of issue, years later; what is issued on a
    29 February ends with that month.
    """
    zone = ZoneInfo(settings.time_zone)
    day = now.astimezone(zone).date()
    year = day.year + settings.validity_years
    try:
        last = day.replace(year=year)
    except ValueError:
        last = day.replace(year=year, month=3, day=1)
    return datetime.combine(last, time(), tzinfo=zone)


def _competency(
    row: DecisionOutcome, level: int, framework: Framework, entry: Mapping[str, Any]
) -> CompetencyAward:
    found = framework.find_competency(row.competency)
    if found is None:
        raise LookupError(f"{framework.slug} has no competency {row.competency}")
    return CompetencyAward(
        slug=row.competency,
        name=found.name,
        awarded_level=level,
        required_level=row.required_level,
        levels=tuple(
            LevelText(
                level=part.level,
                name=part.name,
                description=found.descriptors.get(part.level),
            )
            for part in framework.levels
        ),
        evidence=tuple(
            EvidenceLink(url=f"urn:uuid:{part['id']}", kind=part["kind"])
            for part in entry["evidence"]
            if part["superseded_by"] is None
        ),
    )
