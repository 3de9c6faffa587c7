"""E3, E4 and E5: what the routes let a rater tell apart."""

from collections import deque

from lms.content.yaml_reader import Place
from lms.simulation.content import walk
from lms.simulation.content.checks.report import Report
from lms.simulation.domain.explore import ExploreResult
from lms.simulation.domain.observations import Seen
from lms.simulation.domain.search import Edge, Graph

PASSES = 0.8  # share of the best score: the cut from which a task is met
_FEW_CRITERIA = 3  # with two, one of them nearly always carries more than half


def check_scores(report: Report, explored: ExploreResult) -> None:
    """Report criteria whose scores say little, or that are seen by some only."""
    if not explored.graph.is_capped:
        _check_ranges(report, explored)
        _check_chances(report, explored)
        _check_weights(report, explored)


def _place_of(report: Report, criterion: str) -> Place:
    """Return where a criterion is promised, else where it is named first."""
    for place, row in walk.rows_of(report.document, "blueprint"):
        if row["criterion"] == criterion:
            return place
    for place, row in walk.evidence(report.document):
        if row["for"] == criterion:
            return place
    return next(
        place
        for place, row in walk.scenes(report.document, "task")
        if criterion in row.get("scores", ())
    )


def _check_ranges(report: Report, explored: ExploreResult) -> None:
    """E4: the best can be reached, the worst too, and the worst route does not pass."""
    for criterion, (low, high) in _extremes(explored.graph).items():
        figures = explored.criteria.get(criterion)
        if figures is None or figures.low is None or figures.high is None:
            continue
        if high < Seen.MET.score:
            text = f"'{criterion}' can never be met; give a way to do it well"
        elif low > 0:
            text = f"'{criterion}' can only be met in part or whole; let it be missed"
        elif figures.low >= PASSES * figures.high:
            text = (
                f"even the worst route reaches {figures.low} of {figures.high} for "
                f"'{criterion}'; let weaker conduct show"
            )
        else:
            continue
        report.error("E4", _place_of(report, criterion), text)


def _extremes(graph: Graph) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest score that one act shows, by criterion."""
    found: dict[str, tuple[int, int]] = {}
    for row in graph.edges:
        for edge in row:
            for criterion, gain in edge.gains.items():
                low, high = found.get(criterion, (gain.low, gain.high))
                found[criterion] = (min(low, gain.low), max(high, gain.high))
    return found


def _check_chances(report: Report, explored: ExploreResult) -> None:
    """E3: a criterion is seen neither only after a mistake nor only without any."""
    graph = explored.graph
    clean = _reachable(graph, may_err=False)
    erred = _reachable(graph, may_err=True)
    for number, promise in enumerate(report.document.get("blueprint", ())):
        criterion = promise["criterion"]
        figures = explored.criteria[criterion]
        if figures.most_chances == 0:
            continue
        place = ("blueprint", number)
        if not _has_chance(graph, clean, criterion):
            report.warn(
                "E3",
                place,
                f"'{criterion}' can be seen only after a mistake; give those who make "
                "none a chance too",
            )
        elif figures.observable_share < 1 and not _has_chance(graph, erred, criterion):
            report.warn(
                "E3",
                place,
                f"'{criterion}' can be seen only where nothing went wrong before; "
                "give the others a chance too",
            )


def _is_mistake(edge: Edge) -> bool:
    return any(gain.low == 0 for gain in edge.gains.values())


def _can_be_right(edge: Edge) -> bool:
    return all(gain.high > 0 for gain in edge.gains.values())


def _reachable(graph: Graph, *, may_err: bool) -> set[int]:
    """Return the states reached without a mistake, or after at least one."""
    start = (0, False)
    met, waiting = {start}, deque([start])
    while waiting:
        number, has_erred = waiting.popleft()
        for edge in graph.edges[number]:
            ways = set()
            if has_erred or _can_be_right(edge):
                ways.add((edge.target, has_erred))
            if may_err and _is_mistake(edge):
                ways.add((edge.target, True))
            for way in ways - met:
                met.add(way)
                waiting.append(way)
    return {number for number, has_erred in met if has_erred is may_err}


def _has_chance(graph: Graph, states: set[int], criterion: str) -> bool:
    return any(
        criterion in edge.gains for number in states for edge in graph.edges[number]
    )


def _check_weights(report: Report, explored: ExploreResult) -> None:
    """E5: no criterion carries more than half of all that can be reached."""
    highest = {
        criterion: figures.high
        for criterion, figures in explored.criteria.items()
        if figures.high
    }
    total = sum(highest.values())
    for criterion, high in highest.items():
        if len(highest) >= _FEW_CRITERIA and high * 2 > total:
            report.warn(
                "E5",
                _place_of(report, criterion),
                f"'{criterion}' carries {high} of {total} points, more than half; "
                "lower its weights or give the others more",
            )
