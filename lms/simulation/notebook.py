"""The notebook: what a learner writes for themselves beside a case."""

from datetime import datetime
from typing import ClassVar

from lms.errors import ConflictError, message
from lms.simulation.models import Attempt, AttemptNotebook

LONGEST_NOTES = 20_000


class StaleNotebookError(ConflictError):
    """Another window or device wrote something else meanwhile.

    Attributes
    ----------
    stored : AttemptNotebook
        The other side, so that the page can show both.
    """

    default: ClassVar[str] = message(
        "Your notes were changed in another window. Nothing that you typed was lost."
    )

    def __init__(self, stored: AttemptNotebook) -> None:
        super().__init__()
        self.stored = stored


def keep_notebook(
    attempt: Attempt, text: str, *, revision: int, now: datetime
) -> AttemptNotebook:
    """Keep the notes as typed; `attempt` must be locked against other writers.

    Notes that say what is stored already change nothing, whatever their revision. They
    may be written after the end as well: another window may still be typing.

    Raises
    ------
    StaleNotebookError
        Another window saved something else.
    """
    notebook = attempt.notebook
    if notebook is None:
        notebook = AttemptNotebook(text="", revision=0, saved_at=now)
        attempt.notebook = notebook
    if notebook.text == text:
        return notebook
    if notebook.revision != revision:
        raise StaleNotebookError(notebook)
    notebook.text, notebook.saved_at = text, now
    notebook.revision += 1
    return notebook
