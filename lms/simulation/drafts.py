"""Drafts: what is typed in a scene is kept before it is sent, for every device."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms.db import change_rows
from lms.errors import ConflictError, InvalidInputError, message
from lms.simulation.models import AttemptDraft
from lms.simulation.played import PlayedAttempt, PlayedDraft
from lms.simulation.services import StaleActionError

Fields = dict[str, list[str]]
# Room for the longest text of a task several times over, and for no file.
MAX_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True)
class Typed:
    """What a page holds, and the revision of the draft that it was made from."""

    position: int
    fields: Fields
    revision: int

    @property
    def characters(self) -> int:
        """Count the characters of all names and values."""
        return sum(
            len(name) + sum(map(len, given)) for name, given in self.fields.items()
        )


class StaleDraftError(ConflictError):
    """Another window or device saved something else meanwhile.

    Attributes
    ----------
    stored : PlayedDraft
        The other side, so that the page can show both.
    """

    default: ClassVar[str] = message(
        "This draft was changed in another window. Nothing that you typed was lost."
    )

    def __init__(self, stored: PlayedDraft) -> None:
        super().__init__()
        self.stored = stored


class LongDraftError(InvalidInputError):
    """The draft is larger than any answer could be."""

    default: ClassVar[str] = message(
        "This is too long to be kept as a draft. Shorten the text."
    )


def keep_draft(
    session: Session, attempt: PlayedAttempt, typed: Typed, *, now: datetime
) -> PlayedDraft:
    """Keep what is typed; `attempt` must be locked against other writers.

    A draft that says what is stored already changes nothing, whatever its revision.

    Raises
    ------
    StaleActionError
        The attempt has gone on from this position.
    StaleDraftError
        Another window saved something else.
    LongDraftError
        It is too large.
    """
    if typed.position != len(attempt.actions) or attempt.finished_at is not None:
        raise StaleActionError
    if typed.characters > MAX_CHARACTERS:
        raise LongDraftError
    draft = attempt.find_draft(typed.position)
    if draft is None:
        kept = PlayedDraft(typed.position, typed.fields, 1, now)
        session.add(AttemptDraft(attempt_id=attempt.id, **asdict(kept)))
        return kept
    if draft.fields == typed.fields:
        return draft
    if draft.revision != typed.revision:
        raise StaleDraftError(draft)
    kept = PlayedDraft(typed.position, typed.fields, draft.revision + 1, now)
    here = (
        AttemptDraft.attempt_id == attempt.id,
        AttemptDraft.position == typed.position,
    )
    change_rows(session, update(AttemptDraft).where(*here).values(**asdict(kept)))
    return kept


def forget_drafts(session: Session, before: datetime) -> int:
    """Delete drafts that nobody has touched since a moment; count the rows."""
    return change_rows(
        session, delete(AttemptDraft).where(AttemptDraft.saved_at < before)
    )
