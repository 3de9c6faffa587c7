"""From what a play showed to rows of evidence."""

from datetime import date, datetime

from lms.content.queries import Published
from lms.evidence.models import Evidence
from lms.framework.domain import Criterion, Rubric
from lms.simulation.domain import Observation, PlayResult
from lms.simulation.played import PlayedAttempt

_SEEN_MAXIMUM = 2


def evidence_of(
    attempt: PlayedAttempt,
    result: PlayResult,
    rubric: Published,
    *,
    done_on: date,
    recorded_at: datetime,
) -> list[Evidence]:
    """Return one row per observation of a finished play.

    They are provisional: a rater's sheet takes the place of those of its criteria.
    """
    content: Rubric = rubric.content
    rows = []
    for number, observation in enumerate(result.observations):
        criterion = content.find_criterion(observation.criterion)
        if criterion is not None:
            row = _row(attempt, observation, criterion, rubric)
            row.key = f"case:{attempt.public_id}:{number}"
            row.done_on, row.recorded_at = done_on, recorded_at
            rows.append(row)
    return rows


def _row(
    attempt: PlayedAttempt,
    observation: Observation,
    criterion: Criterion,
    rubric: Published,
) -> Evidence:
    return Evidence(
        subject_id=attempt.subject_id,
        competency=criterion.measures,
        indicator=f"rubric/{rubric.slug}/{criterion.slug}@{rubric.digest[:12]}#seen",
        kind=criterion.kind.value,
        source=observation.source,
        score=observation.seen.score,
        maximum=_SEEN_MAXIMUM,
        steps=list(criterion.seen_steps),
        is_critical=observation.is_critical,
        work_kind="case",
        work_id=attempt.public_id,
        criterion=criterion.slug,
        position=max(0, observation.position),
        content_version_id=attempt.case_version_id,
        rubric_version_id=rubric.id,
        episode=f"case:{attempt.public_id}",
    )
