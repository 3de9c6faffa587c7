"""E5 and E7: evidence that counts twice, and choices that give themselves away."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from lms.simulation.content.checks.report import Report
from lms.simulation.domain import moves
from lms.simulation.domain.case import Case, Choice, TalkScene
from lms.simulation.domain.search import Graph
from lms.simulation.domain.state import State

_NEITHER = 0.5
"""What shows nothing stands between badly done and well done."""


def check_pairs(report: Report, case: Case, graph: Graph) -> None:
    """Hold the choices of each page against themselves and one another."""
    seen = _Pages(report, case)
    for number, state in enumerate(graph.states):
        scene = case.scenes[state.scene]
        if isinstance(scene, TalkScene):
            allowed = [c for c in scene.choices.values() if moves.is_allowed(c, state)]
            seen.note_doubled(allowed, state, graph, number)
            seen.compare(scene, allowed, state)
    seen.tell_given_away()


class _Pages:
    """What the pages seen so far have shown about pairs of choices."""

    def __init__(self, report: Report, case: Case) -> None:
        self._report = report
        self._pairs = {n: list(_candidates(s)) for n, s in case.scenes.items()}
        self._always_better: dict[tuple[str, str], bool] = {}
        self._doubled: set[tuple[str, str]] = set()

    def note_doubled(
        self, allowed: list[Choice], state: State, graph: Graph, number: int
    ) -> None:
        """E5: two entries for one criterion hold at once."""
        for choice in allowed:
            for criterion in _counted_twice(choice, state):
                if (choice.id, criterion) not in self._doubled:
                    self._doubled.add((choice.id, criterion))
                    self._report.warn(
                        "E5",
                        self._report.acts[choice.id],
                        f"choice '{choice.id}' counts twice for '{criterion}'; keep "
                        "one, or give each a 'when'",
                        play=graph.play_to(number),
                    )

    def compare(self, scene: TalkScene, allowed: list[Choice], state: State) -> None:
        """Note which of two choices on one page is the better one."""
        here = {choice.id for choice in allowed}
        for better, other in self._pairs[scene.id]:
            pair = (better.id, other.id)
            if here.issuperset(pair) and self._always_better.get(pair, True):
                self._always_better[pair] = _is_better(better, other, state)

    def tell_given_away(self) -> None:
        """E7: one is better wherever both are offered, and costs no more."""
        for (better, other), is_given_away in self._always_better.items():
            if is_given_away:
                self._report.warn(
                    "E7",
                    self._report.acts[other],
                    f"'{better}' is better than '{other}' in evidence, costs no more "
                    "and does as much: it gives itself away; let good conduct cost "
                    "time, or let the effects differ",
                )


def _counted_twice(choice: Choice, state: State) -> Iterator[str]:
    seen: set[str] = set()
    for row in moves.evidence_of(choice, state):
        if row.criterion in seen:
            yield row.criterion
        seen.add(row.criterion)


def _candidates(scene: object) -> Iterator[tuple[Choice, Choice]]:
    """Return pairs of which the first costs no more and does at least as much."""
    if not isinstance(scene, TalkScene):
        return
    for better, other in permutations(scene.choices.values(), 2):
        one, two = better.effects, other.effects
        if (
            better.to == other.to
            and one.minutes <= two.minutes
            and one.changes == two.changes
            and one.shares == two.shares
            and one.reveal_mask | two.reveal_mask == one.reveal_mask
            and (better.evidence or other.evidence)
        ):
            yield better, other


def _is_better(better: Choice, other: Choice, state: State) -> bool:
    """Say whether the evidence of one choice is above the other's."""
    one, two = _scores(better, state), _scores(other, state)
    has_more = False
    for criterion in {**one, **two}:
        left, right = one.get(criterion, _NEITHER), two.get(criterion, _NEITHER)
        if left < right:
            return False
        has_more |= left > right
    return has_more


def _scores(choice: Choice, state: State) -> Mapping[str, float]:
    scores: dict[str, float] = {}
    for row in moves.evidence_of(choice, state):
        gained = row.seen.score * row.weight
        scores[row.criterion] = scores.get(row.criterion, 0) + gained
    return scores
