"""Keeping a learner's notes beside a case."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms.clock import utc_now
from lms.permissions import Permission
from lms.simulation.forms.acts import NotebookForm
from lms.simulation.notebook import StaleNotebookError, keep_notebook
from lms.simulation.played import PlayedAttempt, read_own_attempt
from lms.simulation.views.playing import bp
from lms.simulation.views.scene import Notes, render_scene, scene_page
from lms.web.access import requires
from lms.web.language import format_recent
from lms.web.scripts import is_from_script
from lms.web.session import transaction


@bp.post("/attempts/<uuid:public_id>/notes")
@requires(Permission.ATTEMPT_PLAY)
def note(public_id: UUID) -> ResponseReturnValue:
    """Keep the notes: for a script in JSON, for the button with the page again."""
    with transaction() as session:
        found = read_own_attempt(
            session, current_user.subject_id, public_id, for_update=True
        )
        form = NotebookForm()
        if not form.validate():
            return _refused(found, form)
        now = utc_now()
        revision = form.notes_revision.data or 0
        try:
            kept = keep_notebook(
                session, found, form.notes.data or "", revision=revision, now=now
            )
        except StaleNotebookError as error:
            return _changed(found, form, error), error.status
    if is_from_script():
        return {"revision": kept.revision, "saved": format_recent(kept.saved_at, now)}
    back = {"public_id": public_id, "position": form.notes_position.data}
    return redirect(url_for(".scene", **back, _anchor="notes"), 303)


def _refused(found: PlayedAttempt, form: NotebookForm) -> ResponseReturnValue:
    if form.notes_position.data is None:
        abort(400)
    faults = [str(text) for texts in form.errors.values() for text in texts]
    if is_from_script():
        return {"text": " ".join(faults)}, 422
    revision = form.notes_revision.data or 0
    return _page(found, form, Notes(form.notes.data or "", revision, faults)), 422


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
    return _page(found, form, Notes(typed, stored.revision, other=stored.text))


def _page(found: PlayedAttempt, form: NotebookForm, notes: Notes) -> str:
    """Show the page from which the notes were sent, with the notes as typed."""
    position = min(form.notes_position.data or 0, len(found.actions))
    return render_scene({**scene_page(found, position), "notebook": notes})


__all__ = ["bp", "note"]
