"""The notebook: what a learner writes for themselves beside a case."""

from dataclasses import asdict
from datetime import datetime
from typing import ClassVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.db import change_rows
from lms.errors import ConflictError, message
from lms.simulation.models import AttemptNotebook
from lms.simulation.played import PlayedAttempt, PlayedNotebook

LONGEST_NOTES = 20_000


class StaleNotebookError(ConflictError):
    """Another window or device wrote something else meanwhile.

    Attributes
    ----------
    stored : PlayedNotebook
        The other side, so that the page can show both.
    """

    default: ClassVar[str] = message(
        "Your notes were changed in another window. Nothing that you typed was lost."
    )

    def __init__(self, stored: PlayedNotebook) -> None:
        super().__init__()
        self.stored = stored


def keep_notebook(
    session: Session,
    attempt: PlayedAttempt,
    text: str,
    *,
    revision: int,
    now: datetime,
) -> PlayedNotebook:
    """Keep the notes as typed; `attempt` must be locked against other writers.

    Notes that say what is stored already change nothing, whatever their revision. They
    may be written after the end as well: another window may still be typing.

    Raises
    ------
    StaleNotebookError
        Another window saved something else.
    """
    notebook = attempt.notebook
    is_new = notebook is None
    notebook = notebook or PlayedNotebook("", 0, now)
    if notebook.text == text:
        return notebook
    if notebook.revision != revision:
        raise StaleNotebookError(notebook)
    kept = PlayedNotebook(text, revision + 1, now)
    if is_new:
        session.add(AttemptNotebook(attempt_id=attempt.id, **asdict(kept)))
        return kept
    its = AttemptNotebook.attempt_id == attempt.id
    change_rows(session, update(AttemptNotebook).where(its).values(**asdict(kept)))
    return kept
