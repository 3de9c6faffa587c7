"""Cases as an author writes them: findings, map, figures, and any scene in any state.

Pages are made from the files on disk; nothing is stored and nobody is observed. What
reads the files is imported by the first page that needs it: its parsers take 10 MiB,
and a process in which nobody writes cases does without.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.clock import local_day, utc_now
from lms.content.domain import Finding, Level
from lms.errors import NotFoundError
from lms.permissions import Permission
from lms.simulation.domain import Case
from lms.simulation.domain.errors import BrokenCaseError
from lms.simulation.domain.moves import Arrival
from lms.simulation.domain.standing import (
    Standing,
    list_ways,
    look,
    stand,
    standing_of,
)
from lms.simulation.forms.scene import make_scene_form
from lms.simulation.forms.standing import make_standing_form, to_query
from lms.simulation.map import draw_case
from lms.simulation.pages import Reader
from lms.simulation.standing_lines import (
    branch_lines,
    hidden_turns,
    kept_back,
    way_line,
)
from lms.web.access import requires
from lms.web.language import language

if TYPE_CHECKING:
    from lms.simulation.authoring.on_disk import CaseOnDisk, CheckedCase

bp = Blueprint("studio", __name__, template_folder="../templates")


def _root() -> Path:
    root: Path = current_app.config["LMS_SETTINGS"].content_root
    return root


@bp.get("/studio/cases/")
@requires(Permission.CASE_PREVIEW)
def cases() -> ResponseReturnValue:
    """List the cases of the content root, and which of them cannot be played."""
    from lms.simulation.authoring.on_disk import list_cases

    rows = [
        (row, Reader(row.case, language()) if row.case else None, _counts(row.findings))
        for row in list_cases(_root())
    ]
    return render_template("simulation/studio_cases.html", rows=rows)


@bp.get("/studio/cases/<slug>")
@requires(Permission.CASE_PREVIEW)
def case(slug: str) -> ResponseReturnValue:
    """Show what the checker finds, the map, and what the routes let a rater see."""
    from lms.simulation.authoring.on_disk import check_case_files, get_case

    found = get_case(_root(), slug)
    today = local_day(utc_now(), current_app.config["LMS_SETTINGS"].time_zone)
    kinds = current_app.extensions["lms_content_kinds"]()
    checked = check_case_files(_root(), slug, kinds, today=today)
    reader = Reader(found.case, language()) if found.case else None
    return render_template(
        "simulation/studio_case.html",
        slug=slug,
        title=reader.title if reader else slug,
        findings=checked.findings,
        counts=_counts(checked.findings),
        figures=checked.figures,
        named=checked.named,
        drawn=draw_case(reader) if reader else None,
        urls=_scene_urls(found, checked),
    )


@bp.get("/studio/cases/<slug>/scenes/<scene>")
@requires(Permission.CASE_PREVIEW)
def scene(slug: str, scene: str) -> ResponseReturnValue:
    """Show one scene as the player has it, in a state that the address chooses."""
    from lms.simulation.authoring.on_disk import get_case

    found = get_case(_root(), slug)
    if found.case is None:
        return render_template(
            "simulation/studio_broken.html", slug=slug, findings=found.findings
        )
    if scene not in found.case.scenes:
        raise NotFoundError
    reader = Reader(found.case, language())
    form = make_standing_form(reader, scene, request.args)
    is_valid = form.validate()
    page = _scene_page(reader, scene, form.to_standing() if is_valid else Standing())
    return render_template(
        "simulation/studio_scene.html", slug=slug, asked=scene, form=form, **page
    ), (200 if is_valid else 422)


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each level."""
    levels = [row.level for row in findings]
    return {level.value: levels.count(level) for level in Level}


def _scene_urls(found: "CaseOnDisk", checked: "CheckedCase") -> dict[str, str]:
    """Return the page of each scene, as the shortest play comes there if one does."""
    if found.case is None:
        return {}
    first = checked.figures.first_states if checked.figures else {}
    return {
        name: _url(found.case, Arrival(first[name], first[name], 0))
        if name in first
        else url_for(".scene", slug=found.slug, scene=name)
        for name in found.case.scenes
    }


def _url(case: Case, arrival: Arrival) -> str:
    query = to_query(standing_of(case, arrival))
    return url_for(".scene", slug=case.id, scene=arrival.state.scene, **query)


def _scene_page(reader: Reader, asked: str, given: Standing) -> dict[str, Any]:
    case = reader.case
    try:
        arrival = stand(case, asked, given)
    except BrokenCaseError as error:
        return {"reader": reader, "played": None, "broken": error}
    state, played = arrival.state, look(case, arrival)
    ways = [way_line(reader, state, way) for way in list_ways(case, state)]
    return {
        "reader": reader,
        "broken": None,
        "played": played,
        "scene": case.scenes[state.scene],
        "act": make_scene_form(reader, played),
        "facts": [replace(row, minute=None) for row in reader.facts(played)],
        "closing": reader.closing(state.scene),
        "ways": [
            (way, _url(case, way.arrival) if way.arrival else None) for way in ways
        ],
        "kept_back": kept_back(reader, played),
        "hidden_turns": hidden_turns(reader, arrival.heard),
        "branches": branch_lines(case, asked, state),
        "omissions": [reader.observation(row, {}) for row in played.observations],
    }
