"""S5 and S6: loops that nobody can leave, and loops that nothing bounds."""

from lms.simulation.content.checks.report import Report
from lms.simulation.domain.case import Case
from lms.simulation.domain.loops import group_of_each
from lms.simulation.domain.search import Graph


def check_loops(report: Report, case: Case, graph: Graph) -> None:
    """Report traps, then steps that lead back to the same state and cost nothing."""
    _check_traps(report, graph)
    _check_free_loops(report, case, graph)


def _check_traps(report: Report, graph: Graph) -> None:
    """S5: states from which neither an end nor a dead end (S4) can be reached."""
    behind: list[list[int]] = [[] for _ in graph.states]
    for number, row in enumerate(graph.edges):
        for edge in row:
            behind[edge.target].append(number)
    waiting = [number for number, row in enumerate(graph.edges) if not row]
    leaves = set(waiting)
    while waiting:
        for number in behind[waiting.pop()]:
            if number not in leaves:
                leaves.add(number)
                waiting.append(number)
    found: set[str] = set()
    for number, state in enumerate(graph.states):
        if number not in leaves and state.scene not in found:
            found |= _scenes_after(graph, number)
            report.error(
                "S5",
                ("scenes", state.scene),
                f"trap: from '{state.scene}' a play goes round for ever and reaches "
                "no end; give the loop a way out that is always allowed",
                play=graph.play_to(number),
            )


def _scenes_after(graph: Graph, number: int) -> set[str]:
    met, waiting = {number}, [number]
    while waiting:
        for edge in graph.edges[waiting.pop()]:
            if edge.target not in met:
                met.add(edge.target)
                waiting.append(edge.target)
    return {graph.states[one].scene for one in met}


def _check_free_loops(report: Report, case: Case, graph: Graph) -> None:
    """S6: steps that lead back to the same state and cost nothing."""
    minutes = {entry: case.preview_minutes(entry) for entry in report.acts}
    free = [
        [
            edge
            for edge in row
            if not minutes[edge.entry] and not _is_once(case, edge.entry)
        ]
        for row in graph.edges
    ]
    groups = group_of_each([[edge.target for edge in row] for row in free])
    found: set[str] = set()
    for number, row in enumerate(free):
        for edge in row:
            if groups[edge.target] == groups[number] and edge.entry not in found:
                # All steps of one loop are one fault: name it where it is met first.
                found |= {
                    other.entry
                    for source, others in enumerate(free)
                    if groups[source] == groups[number]
                    for other in others
                    if groups[other.target] == groups[number]
                }
                report.warn(
                    "S6",
                    report.acts[edge.entry],
                    f"'{edge.entry}' can be taken again and again: it costs no time, "
                    "is not once, and changes nothing; add 'clock' or 'once: true'",
                    play=(*graph.play_to(number), edge.entry),
                )


def _is_once(case: Case, entry: str) -> bool:
    choice = case.find_choice(entry)
    return choice is not None and choice.is_once
