"""After the end of an attempt: its route, its debrief, and going on from a turn."""

from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.clock import utc_now
from lms.errors import NotFoundError
from lms.framework.domain import Rubric
from lms.permissions import Permission
from lms.simulation.debrief import review_turns, weak_competencies
from lms.simulation.domain import Case
from lms.simulation.domain.tallies import tally_scenes
from lms.simulation.map import draw_case
from lms.simulation.pages import Reader
from lms.simulation.played import PlayedAttempt, read_own_attempt
from lms.simulation.queries import list_choice_counts
from lms.simulation.replaying import recorded_actions, replay
from lms.simulation.services import rehearse_from, rubric_of
from lms.simulation.views.playing import bp
from lms.simulation.views.scene import library, where
from lms.web.access import requires
from lms.web.forms import require_act
from lms.web.language import language
from lms.web.session import get_session, transaction


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


__all__ = ["bp", "result"]
