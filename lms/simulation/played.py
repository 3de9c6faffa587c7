"""An attempt as playing reads it: one query in columns, and plain values.

Every scene needs the whole log. Objects of the session would be made to be thrown
away, which takes three times as long as the query.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lms.db import lock_rows, read_rows
from lms.errors import NotFoundError
from lms.simulation.domain.writing import bare_text
from lms.simulation.models import (
    Attempt,
    AttemptAction,
    AttemptDraft,
    AttemptNotebook,
    AttemptText,
)


@dataclass(frozen=True, slots=True)
class PlayedText:
    """What the learner wrote at one place of an action."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class PlayedAction:
    """One entry of the log.

    Attributes
    ----------
    bare_text : str or None
        The action as canonical text, if the learner wrote nothing in it.
    """

    position: int
    action_id: UUID
    action: dict[str, Any]
    language: str
    shown_digest: str
    texts: tuple[PlayedText, ...]
    bare_text: str | None = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what each look at the route asks for."""
        bare = None if self.texts else bare_text(self.action)
        object.__setattr__(self, "bare_text", bare)


@dataclass(frozen=True, slots=True)
class PlayedDraft:
    """What is typed at a position and not sent yet."""

    position: int
    fields: dict[str, Any]
    revision: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class PlayedNotebook:
    """What the learner notes beside the talk."""

    text: str
    revision: int
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedAttempt:
    """A learner's attempt with its log, as it was when it was read."""

    id: int
    public_id: UUID
    subject_id: UUID
    case_slug: str
    case_version_id: int
    number: int
    started_at: datetime
    finished_at: datetime | None
    actions: tuple[PlayedAction, ...]
    drafts: tuple[PlayedDraft, ...]
    notebook: PlayedNotebook | None

    @property
    def is_rehearsal(self) -> bool:
        """Say whether this attempt leaves no evidence."""
        return self.number > 1

    def find_draft(self, position: int) -> PlayedDraft | None:
        """Return what was typed at a position and not sent yet."""
        return next((row for row in self.drafts if row.position == position), None)


_ATTEMPT = (
    Attempt.id,
    Attempt.public_id,
    Attempt.subject_id,
    Attempt.case_slug,
    Attempt.case_version_id,
    Attempt.number,
    Attempt.started_at,
    Attempt.finished_at,
)
_TAKEN = aliased(AttemptAction)
# Where the attempt stands. A draft of an earlier scene, saved at the moment at which
# that scene was acted upon, counts for nothing; one of this scene multiplies no rows.
_HERE = (
    select(func.count())
    .select_from(_TAKEN)
    .where(_TAKEN.attempt_id == Attempt.id)
    .scalar_subquery()
)
_READ = (
    select(
        *_ATTEMPT,
        AttemptAction.position,
        AttemptAction.action_id,
        AttemptAction.action,
        AttemptAction.language,
        AttemptAction.shown_digest,
        AttemptText.place,
        AttemptText.text,
        AttemptDraft.position.label("draft_position"),
        AttemptDraft.fields.label("draft_fields"),
        AttemptDraft.revision.label("draft_revision"),
        AttemptDraft.saved_at.label("draft_saved_at"),
        AttemptNotebook.text.label("notes"),
        AttemptNotebook.revision.label("notes_revision"),
        AttemptNotebook.saved_at.label("notes_saved_at"),
    )
    .outerjoin(AttemptAction, AttemptAction.attempt_id == Attempt.id)
    .outerjoin(AttemptText, AttemptText.attempt_action_id == AttemptAction.id)
    .outerjoin(
        AttemptDraft,
        and_(AttemptDraft.attempt_id == Attempt.id, AttemptDraft.position == _HERE),
    )
    .outerjoin(AttemptNotebook, AttemptNotebook.attempt_id == Attempt.id)
    .order_by(AttemptAction.position, AttemptText.id)
)
_BY_ID = _READ.where(Attempt.public_id == bindparam("public_id"))
_OWN = _BY_ID.where(Attempt.subject_id == bindparam("subject"))
_OPEN = aliased(Attempt)
_LAST_ACTED_AT = (
    select(_TAKEN.recorded_at)
    .where(_TAKEN.attempt_id == _OPEN.id)
    .order_by(_TAKEN.position.desc())
    .limit(1)
    .scalar_subquery()
)
# A learner has few attempts open; the last action of each is found by its position.
_RUNNING = _READ.where(
    Attempt.id
    == select(_OPEN.id)
    .where(_OPEN.subject_id == bindparam("subject"), _OPEN.finished_at.is_(None))
    .order_by(func.coalesce(_LAST_ACTED_AT, _OPEN.started_at).desc(), _OPEN.id.desc())
    .limit(1)
    .scalar_subquery()
)
_TO_LOCK = select(Attempt.id).where(
    Attempt.public_id == bindparam("public_id"),
    Attempt.subject_id == bindparam("subject"),
)


def read_own_attempt(
    session: Session, subject_id: UUID, public_id: UUID, *, for_update: bool = False
) -> PlayedAttempt:
    """Return a learner's own attempt; for writing, nobody else may write meanwhile.

    Raises
    ------
    NotFoundError
        There is none, or it is somebody else's.
    """
    given = {"public_id": public_id, "subject": subject_id}
    if for_update:
        lock_rows(session, _TO_LOCK, given)
    return _found(read_rows(session, _OWN, given))


def read_attempt(session: Session, public_id: UUID) -> PlayedAttempt:
    """Return an attempt for somebody whose right to see it was checked.

    Raises
    ------
    NotFoundError
        There is none.
    """
    return _found(read_rows(session, _BY_ID, {"public_id": public_id}))


def _found(rows: Sequence[Row[Any]]) -> PlayedAttempt:
    if not rows:
        raise NotFoundError
    return _attempt(rows)


def find_running_attempt(session: Session, subject_id: UUID) -> PlayedAttempt | None:
    """Return the attempt that a learner worked on last of those not finished."""
    rows = read_rows(session, _RUNNING, {"subject": subject_id})
    return _attempt(rows) if rows else None


def _attempt(rows: Sequence[Row[Any]]) -> PlayedAttempt:
    first = rows[0]
    is_draft, is_noted = first.draft_position is not None, first.notes is not None
    return PlayedAttempt(
        **{column.key: value for column, value in zip(_ATTEMPT, first, strict=False)},
        actions=tuple(_actions(rows)),
        drafts=(
            PlayedDraft(
                first.draft_position,
                first.draft_fields,
                first.draft_revision,
                first.draft_saved_at,
            ),
        )
        if is_draft
        else (),
        notebook=PlayedNotebook(first.notes, first.notes_revision, first.notes_saved_at)
        if is_noted
        else None,
    )


def _actions(rows: Sequence[Row[Any]]) -> Iterator[PlayedAction]:
    for position, group in groupby(rows, key=attrgetter("position")):
        if position is None:
            return
        of_action = list(group)
        row = of_action[0]
        texts = tuple(
            PlayedText(written.place, written.text)
            for written in of_action
            if written.place is not None
        )
        yield PlayedAction(
            position,
            row.action_id,
            row.action,
            row.language,
            row.shown_digest,
            texts,
        )
