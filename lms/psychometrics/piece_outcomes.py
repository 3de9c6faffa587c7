"""The ways in which a piece of work can turn out, and what would be believed then."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

import numpy as np

from lms.psychometrics.partial_credit import Floats

# Outcomes less likely than this sway no choice.
_LEAST_CHANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class PieceCurves:
    """A piece of work along the scale, with its total score from 0 to `m`.

    In the partial credit model the total says all that the scores say of the ability.

    Attributes
    ----------
    chances : ndarray, shape (m + 1, q)
        Chance of each total.
    log_likelihood : ndarray, shape (m + 1, q)
        What each total would say, less a constant, with the weight of an episode.
    peak : float
        Information where it is largest, with that weight.
    is_weaker : bool
        Of a weaker kind than the claim needs: it says no more than there is room for.
    """

    chances: Floats
    log_likelihood: Floats
    peak: float
    is_weaker: bool


def piece_curves(
    steps: Sequence[Sequence[float]], weight: float, theta: Floats, *, is_weaker: bool
) -> PieceCurves:
    """Evaluate a piece whose indicators have these steps, at every point of `theta`.

    The chances of totals follow from those of the scores by the recursion of Lord and
    Wingersky [1]_.

    References
    ----------
    .. [1] Lord, F. M., & Wingersky, M. S. (1984). Comparison of IRT true-score and
       equipercentile observed-score "equatings". Applied Psychological Measurement,
       8(4), 453-461. doi:10.1177/014662168400800409
    """
    chances = np.ones((1, theta.size))
    log_total = np.zeros(theta.size)
    information = np.zeros(theta.size)
    for own in steps:
        scores = np.arange(len(own) + 1.0)[:, None]
        exponent = scores * theta - np.array([*accumulate(own, initial=0.0)])[:, None]
        highest = exponent.max(axis=0)
        odds = np.exp(exponent - highest)
        sums = odds.sum(axis=0)
        shares = odds / sums
        log_total += highest + np.log(sums)
        mean = (scores * shares).sum(axis=0)
        information += ((scores - mean) ** 2 * shares).sum(axis=0)
        longer = np.zeros((chances.shape[0] + len(own), theta.size))
        for score, share in enumerate(shares):
            longer[score : score + chances.shape[0]] += chances * share
        chances = longer
    totals = np.arange(chances.shape[0])[:, None]
    return PieceCurves(
        chances=chances,
        log_likelihood=weight * (totals * theta - log_total),
        peak=float(weight * information.max()),
        is_weaker=is_weaker,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Scenarios:
    """What may be believed after some pieces, each way with its chance.

    Attributes
    ----------
    theta, above : ndarray, shape (q,)
        The grid, and the share of each point's mass that lies above the claim's cut.
    chance : ndarray, shape (s,)
    shares : ndarray, shape (s, q)
        Mass at each point of the grid; sums to 1.
    room : float
        Information that weaker kinds may still add.
    """

    theta: Floats
    above: Floats
    chance: Floats
    shares: Floats
    room: float

    @classmethod
    def only(cls, theta: Floats, density: Floats, cut: float, room: float) -> Self:
        """Return the one scenario of what is believed now."""
        gap = theta[1] - theta[0]
        above = np.clip((theta - cut) / gap + 0.5, 0.0, 1.0)
        return cls(theta, above, np.ones(1), (density / density.sum())[None, :], room)

    def variance(self) -> float:
        """Return the expected variance of the claim."""
        return float(self.chance @ _variance(self.shares @ self.above))

    def variance_after(self, piece: PieceCurves) -> float:
        """Return the expected variance of the claim once a piece was done."""
        chance, shares = self._outcomes(piece)
        return float((chance * _variance(shares @ self.above)).sum())

    def after(self, piece: PieceCurves) -> "Scenarios":
        """Return the scenarios once a piece was done."""
        chance, shares = self._outcomes(piece)
        is_kept = chance.ravel() > _LEAST_CHANCE
        kept = chance.ravel()[is_kept]
        return Scenarios(
            self.theta,
            self.above,
            kept / kept.sum(),
            shares.reshape(-1, self.theta.size)[is_kept],
            self.room - self._share(piece) * piece.peak
            if piece.is_weaker
            else self.room,
        )

    def _share(self, piece: PieceCurves) -> float:
        """Return how much of what the piece says there is room for."""
        return min(1.0, self.room / piece.peak) if piece.is_weaker else 1.0

    def _outcomes(self, piece: PieceCurves) -> tuple[Floats, Floats]:
        """Return chances, shape (s, m + 1), and beliefs, shape (s, m + 1, q)."""
        chance = self.chance[:, None] * (self.shares @ piece.chances.T)
        said = self._share(piece) * piece.log_likelihood
        likelihood = np.exp(said - said.max(axis=1, keepdims=True))
        believed = self.shares[:, None, :] * likelihood
        total = believed.sum(axis=2, keepdims=True)
        shares: Floats = believed / np.maximum(total, 1e-300)
        return chance, shares


def _variance(p: Floats) -> Floats:
    return p * (1 - p)
