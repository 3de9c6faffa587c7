"""Keeping what is typed in a scene before it is sent."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.clock import utc_now
from lms.permissions import Permission
from lms.simulation.drafts import LongDraftError, StaleDraftError, Typed, keep_draft
from lms.simulation.forms.acts import DraftForm, SceneForm
from lms.simulation.played import PlayedAttempt, PlayedDraft, read_own_attempt
from lms.simulation.services import StaleActionError
from lms.simulation.views.noting import keep_notes_along
from lms.simulation.views.playing import bp
from lms.simulation.views.scene import (
    changed_page,
    overtaken_page,
    render_scene,
    scene_page,
    where,
)
from lms.web.access import requires
from lms.web.language import format_recent
from lms.web.scripts import is_from_script
from lms.web.session import transaction


@bp.post("/attempts/<uuid:public_id>/<int:position>/draft")
@requires(Permission.ATTEMPT_PLAY)
def keep(public_id: UUID, position: int) -> ResponseReturnValue:
    """Keep what is typed: for a script in JSON, for the buttons with a page.

    To pause is to leave the scene with what was typed, without scripts too. Notes that
    came along are kept first.
    """
    with transaction() as session:
        refusal = keep_notes_along(session, public_id)
        if refusal is not None:
            return refusal
        found = read_own_attempt(
            session, current_user.subject_id, public_id, for_update=True
        )
        draft = keep_answer(session, found, position)
        if not isinstance(draft, PlayedDraft):
            return draft
    if is_from_script():
        saved = format_recent(draft.saved_at, utc_now())
        return {"revision": draft.revision, "saved": saved}
    is_pause = "pause" in request.form
    return redirect(url_for("home.home") if is_pause else where(found), 303)


def keep_answer(
    session: Session, found: PlayedAttempt, position: int
) -> PlayedDraft | ResponseReturnValue:
    """Keep the answer that was sent, or return the page that says why it is not.

    `found` must be locked against other writers.
    """
    page = scene_page(found, min(position, len(found.actions)), request.form)
    sent = DraftForm()
    if not sent.validate():
        return _shown_again(page, sent)
    form: SceneForm | None = page["form"]
    typed = Typed(position, form.typed if form else {}, sent.draft_revision.data or 0)
    try:
        return keep_draft(session, found, typed, now=utc_now())
    except StaleActionError as error:
        return _overtaken(found, page, error), error.status
    except StaleDraftError as error:
        return _changed(page, error), error.status
    except LongDraftError as error:
        return _too_long(page, error), error.status


def _shown_again(page: dict[str, Any], sent: DraftForm) -> ResponseReturnValue:
    """Show the scene as it was sent, where nothing but that was to happen."""
    form = page["form"]
    if form is None or not sent.shown_again:
        abort(400)
    form.shown_again = sent.shown_again
    return render_scene(page), 422


def _overtaken(
    found: PlayedAttempt, page: dict[str, Any], error: StaleActionError
) -> Any:
    if is_from_script():
        return {"text": _(error.template), "location": where(found)}
    return overtaken_page(found, page, error)


def _changed(page: dict[str, Any], error: StaleDraftError) -> Any:
    """Give both sides; what was typed may be saved again, knowingly."""
    stored = error.stored
    if not is_from_script():
        return changed_page(page, stored)
    return {
        "text": _(error.template),
        "fields": stored.fields,
        "revision": stored.revision,
        "saved": format_recent(stored.saved_at, utc_now()),
    }


def _too_long(page: dict[str, Any], error: LongDraftError) -> Any:
    text = _(error.template)
    if is_from_script():
        return {"text": text}
    page["form"].form_errors.append(text)
    return render_scene(page)


__all__ = ["bp", "keep"]
