"""Simulated learners, whose ability, drift and raters are known."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lms.psychometrics import Bank, Evidence, Kind, LevelCuts

TODAY = datetime(2026, 6, 30, 12, tzinfo=UTC)
CUTS = LevelCuts(
    cuts=(-1.5, -0.5, 0.5, 1.5, 2.5),
    needs=("knowledge", "knowledge", "simulation", "practice", "supervision"),
    prior_mean=-1.0,
    prior_sd=1.2,
)
HALF_LIVES: dict[Kind, float] = {
    "knowledge": 365.0,
    "simulation": 540.0,
    "practice": 900.0,
}

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work: its kind, its indicators, and whether a rater judges it."""

    kind: Kind
    indicators: tuple[str, ...]
    is_rated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What learners do, and how the world differs from a plain partial credit model.

    Attributes
    ----------
    half_lives : mapping
        Ability drifts for these kinds as `lms.psychometrics.drift` says.
    oldest_days : int
        Ages of works are drawn evenly up to here.
    episode_sd : float
        Standard deviation of what one piece of work adds to all its indicators, where
        it has more than one.
    severity_sd : float
        Standard deviation of the raters' severities, in logits.
    n_raters : int
    """

    works: tuple[Work, ...]
    bank: Bank
    cuts: LevelCuts = CUTS
    half_lives: dict[Kind, float] = field(default_factory=dict)
    oldest_days: int = 900
    episode_sd: float = 0.0
    severity_sd: float = 0.0
    n_raters: int = 6
    has_episodes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Learners:
    """What `n` learners can do and did.

    Attributes
    ----------
    theta : ndarray, shape (n,)
        Ability today.
    ages, raters : ndarray of int, shape (n, w)
        Days since each work, and who judged it.
    severity : ndarray, shape (r,)
    scores : list of ndarray, shape (n, indicators of the work)
    """

    design: Design
    theta: Floats
    ages: Ints
    raters: Ints
    severity: Floats
    scores: list[Ints]

    def evidence(self, i: int) -> list[Evidence]:
        """Return the rows of one learner."""
        return [
            Evidence(
                id=f"{w}/{j}",
                indicator=name,
                kind=work.kind,
                score=int(self.scores[w][i, j]),
                maximum=len(self.design.bank.steps[name]),
                rater=f"r-{self.raters[i, w]}" if work.is_rated else None,
                episode=f"work-{w}" if self.design.has_episodes else None,
                done_on=TODAY.date() - timedelta(days=int(self.ages[i, w])),
                recorded_at=TODAY,
            )
            for w, work in enumerate(self.design.works)
            for j, name in enumerate(work.indicators)
        ]


def simulate_learners(design: Design, n: int, rng: Generator) -> Learners:
    """Draw learners from the prior, and what they did."""
    theta = rng.normal(design.cuts.prior_mean, design.cuts.prior_sd, n)
    return learners_of_ability(design, theta, rng)


def learners_of_ability(design: Design, theta: Floats, rng: Generator) -> Learners:
    """Draw what learners of these abilities did."""
    n, n_works = theta.size, len(design.works)
    ages = rng.integers(0, design.oldest_days + 1, (n, n_works))
    raters = rng.integers(0, design.n_raters, (n, n_works))
    severity = rng.normal(0, design.severity_sd, design.n_raters)
    moved = _drift(design, ages, rng)
    scores = []
    for w, work in enumerate(design.works):
        shown = theta + moved[:, w]
        if len(work.indicators) > 1:
            shown = shown + rng.normal(0, design.episode_sd, n)
        if work.is_rated:
            shown = shown - severity[raters[:, w]]
        drawn = [draw_scores(shown, design.bank.steps[k], rng) for k in work.indicators]
        scores.append(np.column_stack(drawn))
    return Learners(design, theta, ages, raters, severity, scores)


def draw_scores(ability: Floats, steps: tuple[float, ...], rng: Generator) -> Ints:
    """Draw one partial credit score for each ability."""
    thresholds = np.array([*accumulate(steps, initial=0.0)])
    exponent = np.multiply.outer(ability, np.arange(thresholds.size)) - thresholds
    odds = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    below = np.cumsum(odds, axis=1) / odds.sum(axis=1, keepdims=True)
    scores: Ints = (rng.random((ability.size, 1)) > below[:, :-1]).sum(axis=1)
    return scores


def _drift(design: Design, ages: Ints, rng: Generator) -> Floats:
    """Draw how far the ability of each work's day lay from that of today."""
    moved = np.zeros(ages.shape)
    for kind, half_life in design.half_lives.items():
        own = np.array([work.kind == kind for work in design.works])
        if not own.any():
            continue
        clock = design.cuts.prior_sd**2 * (2.0 ** (ages[:, own] / half_life) - 1)
        order = np.argsort(clock, axis=1)
        gaps = np.diff(np.take_along_axis(clock, order, axis=1), axis=1, prepend=0.0)
        path = np.cumsum(rng.normal(0, np.sqrt(gaps)), axis=1)
        back = np.empty_like(path)
        np.put_along_axis(back, order, path, axis=1)
        moved[:, own] = back
    return moved
