"""How often intervals hold the true ability, and how well the rule sorts people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.learners import (
    HALF_LIVES,
    TODAY,
    Design,
    Learners,
    Work,
    learners_of_ability,
    simulate_learners,
)
from lms.psychometrics import (
    Bank,
    LevelRule,
    SeverityPolicy,
    estimate_level,
)
from lms.psychometrics.kind_posteriors import kind_posteriors
from lms.psychometrics.weights import select_rows, weigh_rows

Floats = NDArray[np.float64]

BANK = Bank(
    {
        "item-0": [-2.0],
        "item-1": [-1.0],
        "item-2": [0.0],
        "item-3": [1.0],
        "case-0": [-0.7, 0.5, 1.8],
        "case-1": [-1.2, 0.0, 1.0],
        "case-2": [-0.3, 0.8, 1.5],
        "sheet-0": [-0.5, 0.8, 1.5],
        "sheet-1": [-1.5, 0.0, 2.0],
    }
)
ITEMS = tuple(Work("knowledge", (f"item-{j}",)) for j in range(4))
CASE = Work("simulation", ("case-0", "case-1", "case-2"), is_rated=True)
SHEET = Work("practice", ("sheet-0", "sheet-1"), is_rated=True)
# Eight answers, three cases and two sheets, over two and a half years.
DESIGN = Design(works=(*ITEMS, *ITEMS, CASE, CASE, CASE, SHEET, SHEET), bank=BANK)
SEVERITY_SD = 0.6
RATERS = 200
NO_CAP = float("inf")
_AGES = tuple(sorted(HALF_LIVES.items()))


@dataclass(frozen=True, slots=True)
class World:
    """How learners are drawn, and by which rule they are estimated."""

    name: str
    design: Design
    rule: LevelRule
    is_drawn: bool = True


def worlds() -> tuple[World, ...]:
    """Return what the page shows: the model as it is, and with parts left out."""
    plain = LevelRule(weaker_kinds_cap=NO_CAP)
    drifting = replace(DESIGN, half_lives=HALF_LIVES)
    rated = replace(DESIGN, severity_sd=SEVERITY_SD, n_raters=RATERS)
    spread = SeverityPolicy([], spread=SEVERITY_SD)
    in_episodes = replace(DESIGN, has_episodes=True, episode_sd=0.5)
    hanging = replace(in_episodes, episode_sd=0.8)
    return (
        World("no drift", DESIGN, plain),
        World("drift, modelled", drifting, replace(plain, half_life_days=_AGES)),
        World("drift, left out", drifting, plain),
        World(
            "raters differ, spread in the policy",
            rated,
            replace(plain, severity=spread),
        ),
        World("raters differ, left out", rated, plain),
        World("criteria of an episode hang together", in_episodes, plain),
        World("they hang together more", hanging, plain, is_drawn=False),
        World(
            "they do, and are taken as apart",
            hanging,
            replace(plain, episode_correlation=0.0),
            is_drawn=False,
        ),
        World("weaker kinds capped", DESIGN, LevelRule(), is_drawn=False),
    )


def shares_below(learners: Learners, rule: LevelRule) -> Floats:
    """Return the mass of each learner's posterior below the true ability.

    With a true model these are even between 0 and 1, whatever the evidence was.
    """
    design, found = learners.design, np.empty(learners.theta.size)
    for i, theta in enumerate(learners.theta):
        selection = select_rows(learners.evidence(i), TODAY)
        rows = [row.showing for row in weigh_rows(selection, design.bank, rule)]
        own = kind_posteriors(rows, design.cuts, rule)["simulation"]
        found[i] = np.interp(theta, own.theta, own.mass_below)
    return found


def coverage(world: World, n: int, seed: int, levels: Floats) -> Floats:
    """Return the share of central intervals of each level that hold the truth."""
    learners = simulate_learners(world.design, n, np.random.default_rng(seed))
    distance = np.abs(shares_below(learners, world.rule) - 0.5)
    held: Floats = (distance[:, None] <= levels / 2).mean(axis=0)
    return held


@dataclass(frozen=True, slots=True)
class Sorting:
    """How decisions on one level turn out.

    Attributes
    ----------
    accuracy : float
        Share of learners on whom attested and true agree.
    consistency : float
        Share on whom two parallel sets of evidence agree.
    falsely_attested, missed : float
        Share of those below the level who are attested, and of those at it who are not.
    """

    accuracy: float
    consistency: float
    falsely_attested: float
    missed: float


def sort_by_cases(n_cases: int, n: int, seed: int, *, level: int = 3) -> Sorting:
    """Sort simulated learners by marked cases alone, twice."""
    design = replace(DESIGN, works=(CASE,) * n_cases, has_episodes=True, episode_sd=0.5)
    rng = np.random.default_rng(seed)
    theta = rng.normal(design.cuts.prior_mean + 1.0, design.cuts.prior_sd, n)
    design = replace(
        design, cuts=replace(design.cuts, prior_mean=design.cuts.prior_mean + 1.0)
    )
    first, second = (
        _attested(learners_of_ability(design, theta, rng), level) for _ in range(2)
    )
    is_there = theta >= design.cuts.cuts[level - 1]
    return Sorting(
        accuracy=float((first == is_there).mean()),
        consistency=float((first == second).mean()),
        falsely_attested=float(first[~is_there].mean()),
        missed=float(1 - first[is_there].mean()),
    )


def _attested(learners: Learners, level: int) -> NDArray[np.bool_]:
    design = learners.design
    settings: Mapping[str, Any] = {"as_of": TODAY}
    found = [
        estimate_level(learners.evidence(i), design.bank, design.cuts, **settings)
        for i in range(learners.theta.size)
    ]
    return np.array([(row.attested_level or 0) >= level for row in found])
