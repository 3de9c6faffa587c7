"""Playing a case: start, act, finish."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.content.queries import Library, Published
from lms.db import Base
from lms.errors import ConflictError, NotFoundError, message
from lms.evidence.models import Submission
from lms.evidence.services import record_evidence, submit_work
from lms.framework.domain import Rubric
from lms.simulation.counting import count_choices
from lms.simulation.domain import ENGINE_VERSION, Case, PlayResult
from lms.simulation.domain.tallies import first_choices
from lms.simulation.domain.writing import part_texts
from lms.simulation.evidence import evidence_of
from lms.simulation.models import (
    Attempt,
    AttemptAction,
    AttemptDraft,
    AttemptText,
)
from lms.simulation.played import PlayedAttempt
from lms.simulation.replaying import (
    is_same_action,
    play_on,
    replay,
    shown_digest,
)

WORK_KIND = "case"
# The busiest writes, without the unit of work, which costs as much as the database.
_ATTEMPTS, _ACTIONS, _TEXTS, _DRAFTS = (
    Base.metadata.tables[row.__tablename__]
    for row in (Attempt, AttemptAction, AttemptText, AttemptDraft)
)
_ADD_ACTION = insert(_ACTIONS)
_ADD_AND_TELL = _ADD_ACTION.returning(_ACTIONS.c.id)
_ADD_TEXTS = insert(_TEXTS)
_FORGET_DRAFTS = delete(_DRAFTS).where(_DRAFTS.c.attempt_id == bindparam("attempt"))
_CLOSE = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("attempt"))
    .values(finished_at=bindparam("finished_at"))
)


class StaleActionError(ConflictError):
    """The attempt went on in another window or on another device."""

    default: ClassVar[str] = message(
        "This case went on in another window. What you chose here was not recorded."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One action as the page sent it.

    Attributes
    ----------
    position : int
        How many actions the page had seen before this one.
    action_id : UUID
        Made by the page; sending the same one again is harmless.
    action : dict
        In the form of ``docs/schemas/actions.schema.json``.
    day : date
        The learner's calendar day, kept as the day of the work.
    """

    position: int
    action_id: UUID
    action: dict[str, Any]
    language: str
    now: datetime
    day: date


def start_attempt(
    session: Session, case: Published, subject_id: UUID, *, now: datetime
) -> Attempt:
    """Begin a case, or go on with the attempt that is under way.

    Two clicks at once begin one attempt: the database allows one that is not
    finished, and the later click goes on with it.
    """
    running = _find_running(session, case.slug, subject_id)
    if running is not None:
        return running
    before = session.scalar(
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.subject_id == subject_id, Attempt.case_slug == case.slug)
    )
    attempt = Attempt(
        subject_id=subject_id,
        case_slug=case.slug,
        case_version_id=case.id,
        number=(before or 0) + 1,
        engine=ENGINE_VERSION,
        started_at=now,
    )
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:
        faster = _find_running(session, case.slug, subject_id)
        if faster is None:
            raise
        return faster
    return attempt


def rehearse_from(
    session: Session,
    library: Library,
    before: PlayedAttempt,
    position: int,
    *,
    now: datetime,
) -> Attempt:
    """Begin an attempt for practice that has come as far as an earlier one had.

    An attempt at this case that is under way is gone on with instead.

    Raises
    ------
    NotFoundError
        The earlier attempt is not finished, so that practice would help it along.
    """
    if before.finished_at is None:
        raise NotFoundError
    case = library.get(session, before.case_version_id)
    attempt = start_attempt(session, case, before.subject_id, now=now)
    if attempt.actions or attempt.started_at != now:
        return attempt
    for row in before.actions[:position]:
        attempt.actions.append(
            AttemptAction(
                position=row.position,
                action_id=uuid4(),
                action=row.action,
                language=row.language,
                shown_digest=row.shown_digest,
                recorded_at=now,
                texts=[AttemptText(place=t.place, text=t.text) for t in row.texts],
            )
        )
    return attempt


def _find_running(session: Session, slug: str, subject_id: UUID) -> Attempt | None:
    return session.scalar(
        select(Attempt).where(
            Attempt.subject_id == subject_id,
            Attempt.case_slug == slug,
            Attempt.finished_at.is_(None),
        )
    )


def act(
    session: Session, library: Library, attempt: PlayedAttempt, act: Act
) -> PlayResult:
    """Record one action and say where it leads.

    Raises
    ------
    StaleActionError
        The attempt has moved on since the learner's page was made, or the page was
        sent before with something else on it.
    IntegrityError
        Another action took this place since the attempt was read; `session` must be
        rolled back.
    PlayError
        The case does not offer this action here.
    """
    version = library.get(session, attempt.case_version_id)
    case: Case = version.content
    before = next((r for r in attempt.actions if r.action_id == act.action_id), None)
    if before is not None:
        if not is_same_action(before, act.action):
            raise StaleActionError
        return replay(case, attempt)
    if act.position != len(attempt.actions):
        raise StaleActionError
    shown = shown_digest(case, replay(case, attempt), act.language)
    result = play_on(case, attempt, act.action)
    _record(session, attempt, act, shown)
    if attempt.drafts:  # what was typed before it was sent is in the log now
        session.execute(_FORGET_DRAFTS, {"attempt": attempt.id})
    if result.is_finished:
        _finish(session, library, attempt, result, act)
    return result


def _record(
    session: Session, attempt: PlayedAttempt, act: Act, shown_digest: str
) -> None:
    """Write one row of the log, and what was written beside it."""
    bare, texts = part_texts(act.action)
    row = {
        "attempt_id": attempt.id,
        "position": act.position,
        "action_id": act.action_id,
        "action": bare,
        "language": act.language,
        "shown_digest": shown_digest,
        "recorded_at": act.now,
    }
    connection = session.connection()
    if not texts:
        connection.execute(_ADD_ACTION, row)
        return
    row_id = connection.scalar(_ADD_AND_TELL, row)
    rows = [
        {"attempt_action_id": row_id, "place": place, "text": text}
        for place, text in texts.items()
    ]
    connection.execute(_ADD_TEXTS, rows)


def _finish(
    session: Session,
    library: Library,
    attempt: PlayedAttempt,
    result: PlayResult,
    act: Act,
) -> None:
    """Close the attempt; a first one is evidence, goes to raters, and is counted."""
    session.execute(_CLOSE, {"attempt": attempt.id, "finished_at": act.now})
    if attempt.is_rehearsal:
        return
    case = library.get(session, attempt.case_version_id)
    rubric = rubric_of(session, library, case)
    content: Rubric = rubric.content
    record_evidence(
        session,
        evidence_of(attempt, result, rubric, done_on=act.day, recorded_at=act.now),
    )
    if content.criteria:
        submit_work(
            session,
            Submission(
                work_kind=WORK_KIND,
                work_id=attempt.public_id,
                subject_id=attempt.subject_id,
                content_version_id=case.id,
                rubric_version_id=rubric.id,
                submitted_at=act.now,
            ),
        )
    count_choices(session, case.id, first_choices(result.steps))


def rubric_of(session: Session, library: Library, case: Published) -> Published:
    """Return the version of the rubric that a version of a case was published with."""
    (reference, digest), *_ = (
        entry for entry in case.references.items() if entry[0].startswith("rubric/")
    )
    return library.get_digest(
        session, "rubric", reference.removeprefix("rubric/"), digest
    )
