"""The pages of a case: list, start, one scene a page, and the debrief."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from lms.clock import local_day, utc_now
from lms.content.queries import Published
from lms.errors import NotFoundError
from lms.permissions import Permission
from lms.simulation.domain import PlayError
from lms.simulation.domain.tasks import AnswerFault
from lms.simulation.forms.acts import SceneForm, TalkForm
from lms.simulation.models import Attempt
from lms.simulation.pages import Reader
from lms.simulation.played import (
    PlayedAttempt,
    PlayedDraft,
    read_own_attempt,
)
from lms.simulation.queries import (
    list_attempts,
)
from lms.simulation.services import (
    Act,
    StaleActionError,
    act,
    start_attempt,
)
from lms.simulation.views.noting import keep_notes_along
from lms.simulation.views.scene import (
    changed_page,
    library,
    overtaken_page,
    render_scene,
    scene_page,
    where,
)
from lms.web.access import requires
from lms.web.forms import ActForm, require_act
from lms.web.language import language
from lms.web.session import before_writing, get_session, transaction

bp = Blueprint("simulation", __name__, template_folder="../templates")


@bp.get("/cases/")
@requires(Permission.CASE_READ)
def cases() -> ResponseReturnValue:
    """List the cases, and how far the learner has come with each."""
    session = get_session()
    attempts: dict[str, list[Attempt]] = {}
    for attempt in list_attempts(session, current_user.subject_id):
        attempts.setdefault(attempt.case_slug, []).append(attempt)
    rows = [
        (row, Reader(row.content, language()), attempts.get(row.slug, []))
        for row in library().list_current(session, "case")
    ]
    rows.sort(key=_shortest_first)
    return render_template("simulation/cases.html", rows=rows)


@bp.get("/cases/<slug>")
@requires(Permission.CASE_READ)
def case(slug: str) -> ResponseReturnValue:
    """Say what the case is about, and let the learner begin or go on."""
    session = get_session()
    version = library().get_current(session, "case", slug)
    mine = [
        row
        for row in list_attempts(session, current_user.subject_id)
        if row.case_slug == slug
    ]
    return render_template(
        "simulation/case.html",
        version=version,
        reader=Reader(version.content, language()),
        attempts=mine,
        running=next((row for row in mine if row.finished_at is None), None),
        form=ActForm(),
    )


@bp.post("/cases/<slug>/attempts")
@requires(Permission.ATTEMPT_PLAY)
def start(slug: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the one under way."""
    with transaction() as session:
        require_act()
        version = library().get_current(session, "case", slug)
        attempt = start_attempt(
            session, version, current_user.subject_id, now=utc_now()
        )
    return redirect(url_for(".attempt", public_id=attempt.public_id), 303)


@bp.get("/attempts/<uuid:public_id>")
@requires(Permission.ATTEMPT_PLAY)
def attempt(public_id: UUID) -> ResponseReturnValue:
    """Lead to where the attempt stands."""
    found = read_own_attempt(get_session(), current_user.subject_id, public_id)
    return redirect(where(found), 303)


@bp.get("/attempts/<uuid:public_id>/<int:position>")
@requires(Permission.ATTEMPT_PLAY)
def scene(public_id: UUID, position: int) -> ResponseReturnValue:
    """Show one scene; an earlier one can be read but not chosen again."""
    found = read_own_attempt(get_session(), current_user.subject_id, public_id)
    if position > len(found.actions):
        return redirect(where(found), 303)
    if position == len(found.actions) and found.finished_at is not None:
        return redirect(url_for(".result", public_id=public_id), 303)
    return render_scene(scene_page(found, position))


@bp.post("/attempts/<uuid:public_id>/<int:position>")
@requires(Permission.ATTEMPT_PLAY)
def choose(public_id: UUID, position: int) -> ResponseReturnValue:
    """Take one action, then show where it leads.

    Nothing is locked: of two actions at one place the database takes one, and the
    other looks again at what that one left. Notes that came along are kept first.
    """
    if "notes" in request.form:
        with transaction() as session:
            refusal = keep_notes_along(session, public_id)
        if refusal is not None:
            return refusal
    try:
        return _choose(public_id, position)
    except IntegrityError:
        return _choose(public_id, position)


def _choose(public_id: UUID, position: int) -> ResponseReturnValue:
    """Take the action, if it is still its turn.

    A click that was already recorded leads to its result. A click from a page that
    has been overtaken is answered with both sides: what was sent, and where the
    attempt stands.
    """
    with before_writing() as session:
        found = read_own_attempt(session, current_user.subject_id, public_id)
    page = scene_page(found, min(position, len(found.actions)), request.form)
    form: SceneForm | None = page["form"]
    if form is None:
        return redirect(where(found), 303)
    if not form.validate():
        return render_scene(page), 422
    other = _written_elsewhere(found, form, position)
    if other is not None:
        return changed_page(page, other), 409
    try:
        with transaction() as session:
            played = act(session, library(), found, _to_act(form, position))
    except StaleActionError as error:
        return overtaken_page(found, page, error), 409
    except PlayError as error:
        page["refusal"] = _what_to_mend(error)
        return render_scene(page), 422
    return redirect(where(found, played), 303)


def _written_elsewhere(
    found: PlayedAttempt, form: SceneForm, position: int
) -> PlayedDraft | None:
    """Return what another window has saved that acting would delete unseen.

    What is chosen in a talk is no writing: the answer that is sent stands for it.
    """
    draft = found.find_draft(position)
    if draft is None or isinstance(form, TalkForm) or draft.fields == form.typed:
        return None
    return draft if draft.revision != form.draft_revision.data else None


def _shortest_first(row: tuple[Published, Reader, list[Attempt]]) -> Any:
    """Put the cases to begin with before the long ones."""
    return (row[0].content.minutes_expected or 0, row[0].slug)


def _what_to_mend(error: PlayError) -> str:
    """Say in the reader's words what can be put right on the page."""
    fault = error.__cause__
    if isinstance(fault, AnswerFault) and fault.remedy is not None:
        return str(_(fault.remedy.template, **fault.remedy.values))
    return str(_("The case does not offer this here. Open the page anew and choose."))


def _to_act(form: SceneForm, position: int) -> Act:
    if form.position.data != position:
        raise NotFoundError
    now = utc_now()
    zone = current_app.config["LMS_SETTINGS"].time_zone
    return Act(
        position=position,
        action_id=form.action,
        action=form.to_action(),
        language=language(),
        now=now,
        day=local_day(now, zone),
    )
