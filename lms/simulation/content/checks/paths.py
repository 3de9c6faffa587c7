"""S2, S3 and S4: every scene can be reached, and every state leads on."""

from lms.content.domain import Level
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.domain.case import Case, EndScene, RouteScene
from lms.simulation.domain.search import Graph

SAMPLED = " (sampled, not proved: the case has more states than the search may visit)"


def check_paths(report: Report, case: Case, graph: Graph) -> None:
    """Report scenes without a link, scenes out of reach, and dead ends."""
    linked = {target for _, target in walk.links(report.document)}
    reached = _reached(case, graph)
    for name in case.scenes:
        place = ("scenes", name)
        if name not in linked:
            report.error(
                "S2", place, f"no link leads to '{name}'; add one or remove the scene"
            )
        elif name not in reached:
            report.add(
                "S3",
                Level.WARNING if graph.is_capped else Level.ERROR,
                place,
                f"'{name}' is linked, but no play reaches it; loosen a condition on "
                f"the way{SAMPLED if graph.is_capped else ''}",
            )
    _check_dead_ends(report, case, graph)


def _reached(case: Case, graph: Graph) -> set[str]:
    """Return the scenes that some play passes, route scenes included."""
    names = {state.scene for state in graph.states}
    return names | {
        name
        for name, scene in case.scenes.items()
        if isinstance(scene, RouteScene) and graph.seen_scenes & scene.bit
    }


def _check_dead_ends(report: Report, case: Case, graph: Graph) -> None:
    found: set[str] = set()
    for number, state in enumerate(graph.states[: graph.searched]):
        scene = case.scenes[state.scene]
        is_dead = not graph.edges[number] and not isinstance(scene, EndScene)
        if is_dead and scene.id not in found:
            found.add(scene.id)
            report.error(
                "S4",
                ("scenes", scene.id),
                f"dead end: '{scene.id}' can be reached with nothing allowed in it; "
                "give it a choice without condition",
                play=graph.play_to(number),
            )
