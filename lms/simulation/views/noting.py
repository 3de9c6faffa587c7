"""Keeping the notes that a page sends, by themselves or along with an answer.

Without scripts the notes are part of the form of the scene, so that no button drops
either of the two.
"""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.clock import utc_now
from lms.simulation.forms.acts import NotebookForm
from lms.simulation.notebook import StaleNotebookError, keep_notebook
from lms.simulation.played import PlayedAttempt, PlayedNotebook, read_own_attempt
from lms.simulation.views.scene import Notes, mark_of, render_scene, scene_page
from lms.web.forms import refill_reason
from lms.web.language import format_recent
from lms.web.scripts import is_from_script


def brings_answer() -> bool:
    """Say whether what was sent is the form of a scene, with an answer to keep."""
    return "draft_revision" in request.form


def keep_notes_along(session: Session, public_id: UUID) -> ResponseReturnValue | None:
    """Keep the notes that came with an answer, if any; say why they cannot be kept."""
    if "notes" not in request.form or refill_reason() or is_from_script():
        return None
    if request.form.get("notes_seen") == mark_of(NotebookForm().notes.data or ""):
        return None  # nobody has typed in them
    found = read_own_attempt(
        session, current_user.subject_id, public_id, for_update=True
    )
    kept = keep_notes(session, found)
    return None if isinstance(kept, PlayedNotebook) else kept


def keep_notes(
    session: Session, found: PlayedAttempt
) -> PlayedNotebook | ResponseReturnValue:
    """Keep the notes that were sent, or return the page that says why they are not.

    `found` must be locked against other writers.
    """
    form = NotebookForm()
    if not form.validate():
        return _refused(found, form)
    revision = form.notes_revision.data or 0
    try:
        return keep_notebook(
            session, found, form.notes.data or "", revision=revision, now=utc_now()
        )
    except StaleNotebookError as error:
        return _changed(found, form, error), error.status


def _refused(found: PlayedAttempt, form: NotebookForm) -> ResponseReturnValue:
    if form.notes_position.data is None:
        abort(400)
    faults = [str(text) for texts in form.errors.values() for text in texts]
    if is_from_script():
        return {"text": " ".join(faults)}, 422
    revision = form.notes_revision.data or 0
    notes = Notes(form.notes.data or "", revision, faults, is_stored=False)
    return _page(found, form, notes), 422


def _changed(
    found: PlayedAttempt, form: NotebookForm, error: StaleNotebookError
) -> Any:
    """Give both sides; what was typed may be saved again, knowingly."""
    stored = error.stored
    if is_from_script():
        return {
            "text": _(error.template),
            "fields": {"notes": [stored.text]},
            "revision": stored.revision,
            "saved": format_recent(stored.saved_at, utc_now()),
        }
    typed = form.notes.data or ""
    notes = Notes(typed, stored.revision, other=stored.text, is_stored=False)
    return _page(found, form, notes)


def _page(found: PlayedAttempt, form: NotebookForm, notes: Notes) -> str:
    """Show the page from which the notes were sent, with all that was typed on it."""
    position = min(form.notes_position.data or 0, len(found.actions))
    page = scene_page(found, position, request.form if brings_answer() else None)
    if page["form"] is not None:
        page["form"].shown_again = form.shown_again
    return render_scene({**page, "notebook": notes})
