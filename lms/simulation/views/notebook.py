"""The button and the script that save a learner's notes beside a case."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.clock import utc_now
from lms.permissions import Permission
from lms.simulation.played import PlayedDraft, PlayedNotebook, read_own_attempt
from lms.simulation.views.drafts import keep_answer
from lms.simulation.views.noting import brings_answer, keep_notes
from lms.simulation.views.playing import bp
from lms.web.access import requires
from lms.web.language import format_recent
from lms.web.scripts import is_from_script
from lms.web.session import transaction


@bp.post("/attempts/<uuid:public_id>/notes")
@requires(Permission.ATTEMPT_PLAY)
def note(public_id: UUID) -> ResponseReturnValue:
    """Keep the notes: for a script in JSON, for the button with the page again.

    An answer that came along is kept as its draft.
    """
    position = request.form.get("notes_position", type=int)
    with transaction() as session:
        found = read_own_attempt(
            session, current_user.subject_id, public_id, for_update=True
        )
        notes = keep_notes(session, found)
        if not isinstance(notes, PlayedNotebook):
            return notes
        if brings_answer():
            found = read_own_attempt(session, current_user.subject_id, public_id)
            draft = keep_answer(session, found, position or 0)
            if not isinstance(draft, PlayedDraft):
                return draft
    if is_from_script():
        saved = format_recent(notes.saved_at, utc_now())
        return {"revision": notes.revision, "saved": saved}
    target = url_for(".scene", public_id=public_id, position=position, _anchor="notes")
    return redirect(target, 303)


__all__ = ["bp", "note"]
