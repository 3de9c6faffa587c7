"""All checks of a case, in the order in which they can be trusted."""

from lms.content.domain import Findings
from lms.content.kinds import ContentIndex, Draft
from lms.simulation.content.checks.evidence import (
    check_observable,
    check_rubric,
    check_scored,
)
from lms.simulation.content.checks.interpreters import check_interpreters
from lms.simulation.content.checks.names import check_names
from lms.simulation.content.checks.paths import check_paths
from lms.simulation.content.checks.plays import check_plays
from lms.simulation.content.checks.report import Report
from lms.simulation.content.checks.tasks import check_tasks
from lms.simulation.content.checks.texts import check_texts
from lms.simulation.content.checks.usage import check_usage
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
    check_scored(report)
    check_texts(report)
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
    check_paths(report, case, explored.graph)
    check_usage(report, case, explored.graph)
    check_interpreters(report, case, explored.graph)
    check_observable(report, explored)
    check_plays(report, case)
