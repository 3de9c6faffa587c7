"""The pages of a case: list, start, one scene a page, and the debrief."""

from typing import Any
from uuid import UUID, uuid4

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.clock import local_day, utc_now
from lms.content.queries import Library
from lms.errors import LmsError, NotFoundError
from lms.permissions import Permission
from lms.simulation.domain import Case, PlayError
from lms.simulation.forms import SceneForm, StartForm, make_scene_form
from lms.simulation.models import Attempt
from lms.simulation.pages import Reader
from lms.simulation.queries import get_attempt, get_own_attempt, list_attempts
from lms.simulation.services import (
    Act,
    StaleActionError,
    act,
    replay,
    rubric_of,
    start_attempt,
)
from lms.web.access import requires
from lms.web.language import language
from lms.web.session import get_session, transaction

bp = Blueprint("simulation", __name__, template_folder="templates")


def _library() -> Library:
    library: Library = current_app.extensions["lms_library"]
    return library


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
        for row in _library().list_current(session, "case")
    ]
    return render_template("simulation/cases.html", rows=rows)


@bp.get("/cases/<slug>")
@requires(Permission.CASE_READ)
def case(slug: str) -> ResponseReturnValue:
    """Say what the case is about, and let the learner begin or go on."""
    session = get_session()
    version = _library().get_current(session, "case", slug)
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
        form=StartForm(),
    )


@bp.post("/cases/<slug>/attempts")
@requires(Permission.ATTEMPT_PLAY)
def start(slug: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the one under way."""
    with transaction() as session:
        StartForm().validate()
        version = _library().get_current(session, "case", slug)
        attempt = start_attempt(
            session, version, current_user.subject_id, now=utc_now()
        )
    return redirect(url_for(".attempt", public_id=attempt.public_id), 303)


@bp.get("/attempts/<uuid:public_id>")
@requires(Permission.ATTEMPT_PLAY)
def attempt(public_id: UUID) -> ResponseReturnValue:
    """Lead to where the attempt stands."""
    found = get_own_attempt(get_session(), current_user.subject_id, public_id)
    return redirect(_where(found), 303)


@bp.get("/attempts/<uuid:public_id>/<int:position>")
@requires(Permission.ATTEMPT_PLAY)
def scene(public_id: UUID, position: int) -> ResponseReturnValue:
    """Show one scene; an earlier one can be read but not chosen again."""
    found = get_own_attempt(get_session(), current_user.subject_id, public_id)
    if position > len(found.actions):
        return redirect(_where(found), 303)
    if position == len(found.actions) and found.finished_at is not None:
        return redirect(url_for(".result", public_id=public_id), 303)
    return render_template("simulation/scene.html", **_scene(found, position))


@bp.post("/attempts/<uuid:public_id>/<int:position>")
@requires(Permission.ATTEMPT_PLAY)
def choose(public_id: UUID, position: int) -> ResponseReturnValue:
    """Take one action, then show where it leads.

    A click that was already recorded leads to its result. A click from a page that
    has been overtaken is answered with both sides: what was sent, and where the
    attempt stands.
    """
    with transaction() as session:
        found = get_own_attempt(
            session, current_user.subject_id, public_id, for_update=True
        )
        page = _scene(found, min(position, len(found.actions)), request.form)
        form: SceneForm | None = page["form"]
        if form is None:
            return redirect(_where(found), 303)
        if not form.validate():
            return render_template("simulation/scene.html", **page), 422
        try:
            act(session, _library(), found, _to_act(form, position))
        except StaleActionError as error:
            return _overtaken(found, page, error), 409
        except PlayError as error:
            page["refusal"] = error
            return render_template("simulation/scene.html", **page), 422
    return redirect(_where(found), 303)


@bp.get("/attempts/<uuid:public_id>/result")
@requires(Permission.ATTEMPT_PLAY)
def result(public_id: UUID) -> ResponseReturnValue:
    """Show the finished attempt: the route, and what it showed once it is marked."""
    found = get_own_attempt(get_session(), current_user.subject_id, public_id)
    if found.finished_at is None:
        return redirect(_where(found), 303)
    return render_template("simulation/result.html", **route_page(found, language()))


def route_page(found: Attempt, page_language: str) -> dict[str, Any]:
    """Return what the route of an attempt needs, for its learner and for raters."""
    session = get_session()
    version = _library().get(session, found.case_version_id)
    case: Case = version.content
    reader = Reader(case, page_language)
    played = replay(case, found)
    rubric = rubric_of(session, _library(), version).content
    names = {row.slug: row.name.in_language(page_language) for row in rubric.criteria}
    is_marked = current_app.extensions["lms_is_marked"](session, found.public_id)
    closing, later = reader.closing(played.scene)
    return {
        "attempt": found,
        "version": version,
        "reader": reader,
        "played": played,
        "route": reader.route(played, names, shows_comments=is_marked),
        "omissions": [
            reader.observation(row, names)
            for row in played.observations
            if row.source == "omission"
        ],
        "closing": closing,
        "later": later,
        "is_marked": is_marked,
        "sheets": current_app.extensions["lms_sheets_of"](session, found.public_id),
    }


def _scene(found: Attempt, position: int, formdata: Any = None) -> dict[str, Any]:
    version = _library().get(get_session(), found.case_version_id)
    case: Case = version.content
    reader = Reader(case, language())
    played = replay(case, found, length=position)
    is_current = position == len(found.actions)
    form = make_scene_form(reader, played, formdata)
    if form is not None and formdata is None:
        form.position.data = position
        form.action_id.data = str(uuid4())
        if "scene" in form:
            form["scene"].data = played.scene
    return {
        "attempt": found,
        "version": version,
        "reader": reader,
        "played": played,
        "scene": case.scenes[played.scene],
        "position": position,
        "is_current": is_current,
        "form": form,
        "turns": [reader.turn(view) for view in played.turns],
        "facts": reader.facts(played),
        "talk_path": reader.talk_path(played),
        "refusal": None,
    }


def _overtaken(found: Attempt, page: dict[str, Any], error: LmsError) -> str:
    reader: Reader = page["reader"]
    now = _scene(found, len(found.actions))
    last = now["played"].steps[-1] if now["played"].steps else None
    return render_template(
        "simulation/overtaken.html",
        attempt=found,
        reader=reader,
        sent_lines=_sent_lines(page["form"]),
        recorded=reader.route(now["played"], {}, shows_comments=False)[-1]
        if last
        else None,
        error=error,
        current_url=_where(found),
    )


def _sent_lines(form: SceneForm) -> list[tuple[str, str]]:
    """Return what was sent in words, so that it can be copied."""
    lines = []
    for field in form:
        if field.type in ("HiddenField", "IntegerField", "CSRFTokenField"):
            continue
        choices = getattr(field, "choices", None) or []
        labels = {choice.value: choice.label for choice in choices}
        given = field.data if isinstance(field.data, list) else [field.data]
        words = [str(labels.get(value, value)) for value in given if value]
        if words:
            lines.append((str(field.label.text), "\n".join(words)))
    return lines


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


def _where(found: Attempt) -> str:
    """Return the address at which an attempt stands."""
    if found.finished_at is not None:
        return url_for("simulation.result", public_id=found.public_id)
    return url_for(
        "simulation.scene", public_id=found.public_id, position=len(found.actions)
    )


__all__ = ["bp", "get_attempt", "route_page"]
