"""Levels as claims: which are reached, and the one distribution they agree on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from lms.psychometrics.evidence import Kind, strength
from lms.psychometrics.kind_posteriors import KindPosterior
from lms.psychometrics.scale import LevelCuts
from lms.psychometrics.weights import Showing


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One level as a claim about the learner, and how far the evidence carries it.

    Attributes
    ----------
    chance : int or None
        Per mille; None without evidence.
    is_shown : bool
        Something was shown by evidence of the needed kind or stronger: at least one
        such row scored above 0.
    is_reached : bool
        It was shown, and its chance reaches the confidence.
    """

    level: int
    needs: Kind
    cut: float
    chance: int | None = None
    is_shown: bool = False
    is_reached: bool = False


@dataclass(frozen=True, slots=True)
class LevelDistribution:
    """Chances of the levels from 0, in whole per mille.

    Attributes
    ----------
    p_at_or_above : tuple of int
        Begins with 1000 and never rises.
    """

    p_at_or_above: tuple[int, ...]

    @property
    def probabilities(self) -> tuple[int, ...]:
        """Return the chance of each level; as differences they sum to 1000 exactly."""
        return tuple(a - b for a, b in pairwise((*self.p_at_or_above, 0)))

    def interval(self, confidence: int) -> tuple[int, int]:
        """Return the lowest and highest level of the central interval.

        Parameters
        ----------
        confidence : int
            Per mille.
        """
        tail = (1000 - confidence) / 2
        reached = [1000 - above for above in (*self.p_at_or_above[1:], 0)]
        low = next(level for level, p in enumerate(reached) if p >= tail)
        high = next(level for level, p in enumerate(reached) if p >= 1000 - tail)
        return low, high


@lru_cache(maxsize=16)  # the scales of a few frameworks; a claim never changes
def open_claims(cuts: LevelCuts) -> tuple[Claim, ...]:
    """Return the claim of every level from 1, with nothing known of any."""
    levels = zip(cuts.needs, cuts.cuts, strict=True)
    return tuple(
        Claim(level=level, needs=needs, cut=cut)
        for level, (needs, cut) in enumerate(levels, start=1)
    )


def judge_claims(
    rows: Iterable[Showing],
    posteriors: Mapping[Kind, KindPosterior],
    cuts: LevelCuts,
    *,
    confidence: int,
) -> tuple[Claim, ...]:
    """Say for every level how likely it is, and whether it is shown and reached.

    Parameters
    ----------
    confidence : int
        Per mille. Chances are rounded before they are compared, so that no reader
        meets a chance of 800 that missed 800.
    """
    strongest = max((strength(r.kind) for r in rows if r.score > 0), default=-1)
    claims = []
    for claim in open_claims(cuts):
        chance = round(1000 * posteriors[claim.needs].chances[claim.level - 1])
        is_shown = strongest >= strength(claim.needs)
        judged = Claim(
            level=claim.level,
            needs=claim.needs,
            cut=claim.cut,
            chance=chance,
            is_shown=is_shown,
            is_reached=is_shown and chance >= confidence,
        )
        claims.append(judged)
    return tuple(claims)


def distribute(claims: Sequence[Claim]) -> LevelDistribution:
    """Bring the claims, each from its own posterior, into one distribution.

    Among the levels shown, a claim lends its chance to all below it, which it entails.
    Above them a claim may not exceed the level below. Needs never weaken as levels
    rise (`LevelCuts`), so that the levels shown are the lowest ones.
    """
    shown = [claim.chance or 0 for claim in claims if claim.is_shown]
    others = [claim.chance or 0 for claim in claims if not claim.is_shown]
    entailed = [*accumulate(reversed(shown), max)][::-1]
    limit = entailed[-1] if entailed else 1000
    limited = [*accumulate(others, min, initial=limit)][1:]
    return LevelDistribution((1000, *entailed, *limited))
