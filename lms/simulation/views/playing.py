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
from lms.framework.domain import Rubric
from lms.permissions import Permission
from lms.simulation.debrief import review_turns, weak_competencies
from lms.simulation.domain import Case, PlayError
from lms.simulation.domain.tallies import tally_scenes
from lms.simulation.domain.tasks import AnswerFault
from lms.simulation.forms.acts import SceneForm, TalkForm
from lms.simulation.map import draw_case
from lms.simulation.models import Attempt
from lms.simulation.pages import Reader
from lms.simulation.played import (
    PlayedAttempt,
    PlayedDraft,
    read_own_attempt,
)
from lms.simulation.queries import (
    list_attempts,
    list_choice_counts,
)
from lms.simulation.replaying import recorded_actions, replay
from lms.simulation.services import (
    Act,
    StaleActionError,
    act,
    rehearse_from,
    rubric_of,
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


@bp.get("/attempts/<uuid:public_id>/result")
@requires(Permission.ATTEMPT_PLAY)
def result(public_id: UUID) -> ResponseReturnValue:
    """Show the finished attempt: the route, and what it showed once it is marked."""
    found = read_own_attempt(get_session(), current_user.subject_id, public_id)
    if found.finished_at is None:
        return redirect(where(found), 303)
    page = route_page(found, language())
    opened = _opened(found, page) if page["is_open"] else {}
    return render_template("simulation/result.html", **page, **opened)


def _opened(found: PlayedAttempt, page: dict[str, Any]) -> dict[str, Any]:
    """Return what a debrief shows once nothing it tells can help the attempt."""
    reader, played = page["reader"], page["played"]
    rubric = page["rubric"]
    names = criteria_names(rubric, reader.language)
    session = get_session()
    counts = list_choice_counts(session, found.case_version_id)
    reviews = review_turns(
        reader,
        played,
        recorded_actions(found),
        names=names,
        tallies=tally_scenes(counts),
    )
    lessons_for = current_app.extensions["lms_lessons_for"]
    return {
        "drawn": draw_case(reader, played),
        "reviews": reviews,
        "lessons": lessons_for(session, weak_competencies(played, rubric)),
    }


@bp.post("/attempts/<uuid:public_id>/<int:position>/rehearse")
@requires(Permission.ATTEMPT_PLAY)
def rehearse(public_id: UUID, position: int) -> ResponseReturnValue:
    """Go back to one turn of a finished attempt and go on from there, for practice."""
    with transaction() as session:
        require_act()
        found = read_own_attempt(session, current_user.subject_id, public_id)
        if position >= len(found.actions):
            raise NotFoundError
        attempt = rehearse_from(session, library(), found, position, now=utc_now())
    return redirect(url_for(".attempt", public_id=attempt.public_id), 303)


def criteria_names(rubric: Rubric, page_language: str) -> dict[str, str]:
    """Return the criteria of a rubric by slug, in the reader's language."""
    return {row.slug: row.name.in_language(page_language) for row in rubric.criteria}


def route_page(found: PlayedAttempt, page_language: str) -> dict[str, Any]:
    """Return what the route of an attempt needs, for its learner and for raters."""
    session = get_session()
    version = library().get(session, found.case_version_id)
    case: Case = version.content
    reader = Reader(case, page_language)
    played = replay(case, found)
    rubric = rubric_of(session, library(), version).content
    names = criteria_names(rubric, page_language)
    is_marked = current_app.extensions["lms_is_marked"](session, found.public_id)
    # Roads not taken would tell too much before a supervisor has judged the play.
    is_open = is_marked or found.is_rehearsal
    closing, later = reader.closing(played.scene)
    return {
        "attempt": found,
        "version": version,
        "reader": reader,
        "played": played,
        "route": reader.route(played, names, shows_comments=is_open, is_over=True),
        "omissions": [
            reader.observation(row, names)
            for row in played.observations
            if row.source == "omission"
        ],
        "closing": closing,
        "later": later,
        "is_marked": is_marked,
        "is_open": is_open,
        "rubric": rubric,
        "sheets": current_app.extensions["lms_sheets_of"](session, found.public_id),
    }


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
