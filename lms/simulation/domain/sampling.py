"""Seeded random plays, for cases with more states than the search may visit."""

from random import Random

from lms.simulation.domain import moves
from lms.simulation.domain.case import Case, EndScene
from lms.simulation.domain.figures import Cell, Figures, summarise
from lms.simulation.domain.gains import Gain
from lms.simulation.domain.search import Walker

SAMPLE_PLAYS = 2_000
SAMPLE_SEED = 20_261_123
_LONGEST_SAMPLE = 1_000
"""Steps after which a random play is given up; it may be caught in a loop."""

Route = tuple[str, ...]


def sample_routes(case: Case, needs: dict[str, int]) -> Figures:
    """Return the figures of the different routes that random plays find."""
    random = Random(SAMPLE_SEED)  # noqa: S311  # a sample, no secret
    walker = Walker(case)
    routes: dict[Route, tuple[str, dict[str, Gain]]] = {}
    for _ in range(SAMPLE_PLAYS):
        found = _random_play(case, walker, random)
        if found is not None:
            routes.setdefault(found[0], found[1:])
    ends = [s.id for s in case.scenes.values() if isinstance(s, EndScene)]
    endings = dict.fromkeys(ends, 0)
    for end, _ in routes.values():
        endings[end] += 1
    return Figures(
        routes=len(routes),
        endings=endings,
        criteria={
            criterion: summarise(_tally(routes, criterion, need))
            for criterion, need in needs.items()
        },
        longest_play=max(routes, key=len, default=()),
        has_loops=False,
    )


def _random_play(
    case: Case, walker: Walker, random: Random
) -> tuple[Route, str, dict[str, Gain]] | None:
    state = moves.begin(case).state
    entries: list[str] = []
    total: dict[str, Gain] = {}
    while not isinstance(case.scenes[state.scene], EndScene):
        steps = list(walker.steps(state))
        if not steps or len(entries) == _LONGEST_SAMPLE:
            return None
        step = random.choice(steps)
        for criterion, gain in step.gains.items():
            known = total.get(criterion)
            total[criterion] = gain.plus(known) if known else gain
        entries.append(step.entry)
        state = step.state
    return tuple(entries), state.scene, total


def _tally(
    routes: dict[Route, tuple[str, dict[str, Gain]]], criterion: str, need: int
) -> list[Cell]:
    cells: list[Cell | None] = [None] * (need + 1)
    for _, gains in routes.values():
        low, high, chances = gains.get(criterion, Gain(0, 0, 0))
        count = min(need, chances)
        known = cells[count]
        cells[count] = (
            (known[0] + 1, min(known[1], low), max(known[2], high))
            if known
            else (1, low, high)
        )
    return [cell or (0, 0, 0) for cell in cells]
