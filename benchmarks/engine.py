"""Measure engine and search in processor time: ``python -m benchmarks.engine``."""

import time
from itertools import cycle

import click

from benchmarks.reference_case import make_reference_case
from lms.content.services import read_content
from lms.demo.acts import CASE, recorded_play
from lms.kinds import content_kinds
from lms.settings import default_content_root
from lms.simulation.domain import Case, play
from lms.simulation.domain.document import case_from_document
from lms.simulation.domain.explore import explore

MAX_SECONDS = 0.5
MAX_SEARCH_SECONDS = 2.0
_ACTIONS = 10_000
_REPEATS = 5


@click.command()
def main() -> None:
    """Play ten thousand recorded actions, then search every state of the case."""
    case = _shipped_case()
    best = min(_time_plays(case) for _ in range(_REPEATS))
    verdict = "reached" if best < MAX_SECONDS else "MISSED"
    click.echo(f"engine: {_ACTIONS:,} recorded actions in {best:.3f} s", nl=False)
    click.echo(f" (aim: under {MAX_SECONDS} s): {verdict}")
    _tell_search("shipped case", case)
    took = _tell_search("reference case", make_reference_case())
    verdict = "reached" if took < MAX_SEARCH_SECONDS else "MISSED"
    click.echo(f"  (aim: under {MAX_SEARCH_SECONDS} s, whole): {verdict}")


def _tell_search(name: str, case: Case) -> float:
    began = time.process_time()
    found = explore(case)
    took = time.process_time() - began
    proof = "whole" if found.is_complete else "sampled"
    click.echo(
        f"search of the {name}: {found.states:,} states ({len(found.graph.states):,} "
        f"merged), {found.routes:,} routes in {took:.2f} s, {proof}"
    )
    return took


def _shipped_case() -> Case:
    index, _findings = read_content(default_content_root(), content_kinds())
    draft = index.drafts["case", CASE]
    return case_from_document(draft.document)


def _time_plays(case: Case) -> float:
    """Play each named play of the case in turn, until enough actions were played."""
    plays = cycle([recorded_play(case, row.name) for row in case.tests])
    played = 0
    began = time.process_time()
    while played < _ACTIONS:
        actions = next(plays)
        play(case, actions)
        played += len(actions)
    return time.process_time() - began


if __name__ == "__main__":
    main()
