"""What a step of a route shows of each criterion, as bounds."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lms.simulation.domain.observations import Evidence


class Gain(NamedTuple):
    """What one step shows of one criterion.

    Attributes
    ----------
    low, high : int
        Bounds of the weighted score; they differ where an answer or a rater decides.
    chances : int
        Acts of the step that let a rater see the criterion.
    """

    low: int
    high: int
    chances: int

    def plus(self, other: "Gain") -> "Gain":
        """Return both together."""
        return Gain(
            self.low + other.low,
            self.high + other.high,
            self.chances + other.chances,
        )

    def either(self, other: "Gain") -> "Gain":
        """Return the bounds of one or the other."""
        return Gain(
            min(self.low, other.low),
            max(self.high, other.high),
            max(self.chances, other.chances),
        )


Gains = Mapping[str, Gain]


def gains_of(evidence: Iterator[Evidence] | tuple[Evidence, ...]) -> dict[str, Gain]:
    """Return what one act shows; it is one chance, however many its entries."""
    scores: dict[str, int] = {}
    for row in evidence:
        scores[row.criterion] = (
            scores.get(row.criterion, 0) + row.seen.score * row.weight
        )
    return {name: Gain(score, score, 1) for name, score in scores.items()}


def together(first: Gains, second: Gains) -> Gains:
    """Return what two acts show, done in one step."""
    both = dict(first)
    for criterion, gain in second.items():
        both[criterion] = gain.plus(both[criterion]) if criterion in both else gain
    return both
