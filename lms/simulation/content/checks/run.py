"""All checks of a case, in the order in which they can be trusted."""

from lms.clock import utc_now
from lms.content.domain import Findings
from lms.content.kinds import ContentIndex, Draft
from lms.simulation.content.checks.craft import check_craft
from lms.simulation.content.checks.critical import check_critical, check_cues
from lms.simulation.content.checks.evidence import (
    check_observable,
    check_rubric,
    check_scored,
)
from lms.simulation.content.checks.flow import check_flow
from lms.simulation.content.checks.interpreters import check_interpreters
from lms.simulation.content.checks.length import check_length
from lms.simulation.content.checks.listed import check_listed
from lms.simulation.content.checks.loops import check_loops
from lms.simulation.content.checks.names import check_names
from lms.simulation.content.checks.pairs import check_pairs
from lms.simulation.content.checks.panels import check_panels
from lms.simulation.content.checks.paths import check_paths
from lms.simulation.content.checks.plays import check_plays
from lms.simulation.content.checks.report import Report
from lms.simulation.content.checks.scores import check_scores
from lms.simulation.content.checks.tasks import check_tasks
from lms.simulation.content.checks.telling import check_telling
from lms.simulation.content.checks.texts import check_texts
from lms.simulation.content.checks.truths import check_truths
from lms.simulation.content.checks.usage import check_usage
from lms.simulation.content.checks.values import check_values
from lms.simulation.content.checks.words import check_words
from lms.simulation.domain.document import case_from_document
from lms.simulation.domain.errors import BrokenCaseError
from lms.simulation.domain.explore import explore


def check_soundness(draft: Draft, findings: Findings) -> None:
    """Check only what a case needs to be played: its names."""
    _check_sound(Report(draft)).hand_over(findings)


def check_case(draft: Draft, index: ContentIndex, findings: Findings) -> None:
    """Check names first; search the states only of a case whose names hold."""
    report = _check_sound(Report(draft))
    is_sound = not report.is_broken
    check_rubric(report, index)
    check_listed(report, index)
    check_scored(report)
    check_texts(report)
    check_words(report, utc_now().date())
    check_craft(report)
    check_critical(report)
    check_panels(report)
    if is_sound:
        _check_states(report)
    report.hand_over(findings)


def _check_sound(report: Report) -> Report:
    check_names(report)
    check_tasks(report)
    return report


def _check_states(report: Report) -> None:
    case = case_from_document(report.document)
    try:
        explored = explore(case)
    except BrokenCaseError as error:
        report.error("S4", ("scenes", error.values["scene"]), str(error))
        return
    graph = explored.graph
    check_paths(report, case, graph)
    check_loops(report, case, graph)
    check_flow(report, case, explored)
    check_length(report, case, graph)
    check_truths(report, case, graph)
    check_usage(report, case, graph)
    check_values(report, case, graph)
    check_telling(report, case, graph)
    check_interpreters(report, case, graph)
    check_observable(report, explored)
    check_scores(report, explored)
    check_pairs(report, case, graph)
    check_cues(report, case, graph)
    check_plays(report, case)
