"""S7 and S9: how routes end, and what a page asks at once."""

from statistics import median

from lms.simulation.content.checks.report import Report
from lms.simulation.domain.case import Case, EndScene, TalkScene
from lms.simulation.domain.explore import ExploreResult
from lms.simulation.domain.search import Graph

MOST_CHOICES = 7
_FEW_ENDS = 3  # a median of two says nothing


def check_flow(report: Report, case: Case, explored: ExploreResult) -> None:
    """Report endings that are all alike or never reached, and pages too full."""
    graph = explored.graph
    _check_endings(report, explored)
    _check_pages(report, case, graph)
    _check_depths(report, case, graph)


def _check_endings(report: Report, explored: ExploreResult) -> None:
    """S7: ends that no route reaches, and cases in which all routes end alike."""
    if explored.graph.is_capped or not explored.routes:
        return
    reached = [name for name, routes in explored.endings.items() if routes]
    for name, routes in explored.endings.items():
        if not routes:
            text = f"no route ends in '{name}'; loosen a condition on the way to it"
            report.warn("S7", ("scenes", name), text)
    if len(reached) == 1:
        report.warn(
            "S7",
            ("scenes", reached[0]),
            f"all routes end in '{reached[0]}', whatever is done; let the ending "
            "depend on it",
        )


def _check_pages(report: Report, case: Case, graph: Graph) -> None:
    """S9: pages with too many choices, and pages one after another with one each."""
    fullest: dict[str, tuple[int, int]] = {}
    for number, state in enumerate(graph.states):
        scene = case.scenes[state.scene]
        if isinstance(scene, TalkScene):
            count = len(graph.edges[number])
            if count > fullest.get(scene.id, (0, 0))[0]:
                fullest[scene.id] = (count, number)
    for name, (count, number) in fullest.items():
        if count > MOST_CHOICES:
            report.hint(
                "S9",
                ("scenes", name),
                f"'{name}' offers {count} choices at once, more than {MOST_CHOICES}; "
                "let some depend on others, or part the scene",
                play=graph.play_to(number),
            )
    for name, scene in case.scenes.items():
        following = _only_target(case, name)
        if isinstance(scene, TalkScene) and following and _only_target(case, following):
            report.hint(
                "S9",
                ("scenes", following),
                f"'{name}' and '{following}' offer one choice each, one after the "
                "other; join them, or give something to decide",
            )


def _only_target(case: Case, name: str) -> str | None:
    """Return where the one choice of a talk leads, another scene than itself."""
    scene = case.scenes[name]
    if not isinstance(scene, TalkScene) or len(scene.choices) != 1:
        return None
    target = next(iter(scene.choices.values())).to
    return target if target != name else None


def _check_depths(report: Report, case: Case, graph: Graph) -> None:
    """S9: an end much nearer or farther than the others; the limit's apart."""
    late = case.clock.on_limit if case.clock else None
    depths: dict[str, int] = {}
    for number, state in enumerate(graph.states):
        is_end = isinstance(case.scenes[state.scene], EndScene)
        if is_end and state.scene != late and state.scene not in depths:
            depths[state.scene] = len(graph.play_to(number))
    if len(depths) < _FEW_ENDS:
        return
    middle = median(depths.values())
    for name, depth in depths.items():
        if depth * 2 < middle or depth > middle * 2:
            report.hint(
                "S9",
                ("scenes", name),
                f"'{name}' is reached after {depth} acts, the ends in the middle after "
                f"{middle:g}; see whether the way there is what you want",
            )
