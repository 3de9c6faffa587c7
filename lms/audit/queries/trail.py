"""The trail as auditors read it: newest first, filtered, page by page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.audit.models import AuditBatch, AuditEvent, AuditSeal
from lms.audit.queries.chain import find_head, get_waiting
from lms.errors import NotFoundError

PAGE_ROWS = 50
_AT_ONCE = 500
NamesOf = Callable[[Session, Iterable[UUID]], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which rows are asked for; nothing given means all.

    Attributes
    ----------
    since, before : datetime or None
        The day asked for, from its first moment to that of the next day.
    """

    action: str | None = None
    object_id: str | None = None
    actor_id: UUID | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One row, with the batch that seals it and the actor's name where it may show."""

    event: AuditEvent
    batch: int | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """Some rows, newest first; `older` is where the next page begins."""

    lines: tuple[TrailLine, ...]
    older: UUID | None
    head: AuditBatch | None
    waiting: int


def get_trail_page(
    session: Session, wanted: TrailFilter, names_of: NamesOf, *, after: UUID | None
) -> TrailPage:
    """Return a page of the trail; `after` is the last row of the page before."""
    found = _rows(session, wanted, below=_id_of(session, after), limit=PAGE_ROWS + 1)
    shown = found[:PAGE_ROWS]
    names = names_of(session, {row.actor_id for row, _ in shown if row.actor_id})
    return TrailPage(
        lines=tuple(
            TrailLine(
                event, batch, names.get(event.actor_id) if event.actor_id else None
            )
            for event, batch in shown
        ),
        older=shown[-1][0].public_id if len(found) > PAGE_ROWS else None,
        head=find_head(session),
        waiting=get_waiting(session).count,
    )


def iterate_trail(
    session: Session, wanted: TrailFilter
) -> Iterator[tuple[AuditEvent, int | None]]:
    """Go through all rows of a filter, newest first, some at a time in memory."""
    below = None
    while rows := _rows(session, wanted, below=below, limit=_AT_ONCE):
        yield from rows
        below = rows[-1][0].id
        session.expunge_all()


def _rows(
    session: Session, wanted: TrailFilter, *, below: int | None, limit: int
) -> list[tuple[AuditEvent, int | None]]:
    statement = (
        select(AuditEvent, AuditSeal.batch_number)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(*_conditions(wanted))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    if below is not None:
        statement = statement.where(AuditEvent.id < below)
    return [(event, batch) for event, batch in session.execute(statement)]


def _conditions(wanted: TrailFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.action is not None:
        yield AuditEvent.action == wanted.action
    if wanted.object_id is not None:
        yield AuditEvent.object_id == wanted.object_id
    if wanted.actor_id is not None:
        yield AuditEvent.actor_id == wanted.actor_id
    if wanted.since is not None:
        yield AuditEvent.at >= wanted.since
    if wanted.before is not None:
        yield AuditEvent.at < wanted.before


def _id_of(session: Session, public_id: UUID | None) -> int | None:
    if public_id is None:
        return None
    found = session.scalar(
        select(AuditEvent.id).where(AuditEvent.public_id == public_id)
    )
    if found is None:
        raise NotFoundError
    return found
