"""How many pieces of work it takes to decide a claim, by who chooses the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from benchmarks.learners import CUTS, TODAY, draw_scores
from lms.psychometrics import (
    Bank,
    Evidence,
    Kind,
    LevelEstimate,
    LevelRule,
    Piece,
    estimate_level,
    next_evidence,
)

LEVEL = 3
MOST_PIECES = 30
# Candidates about the cut, where it matters who chooses; nine in ten to decide.
SCALE = replace(CUTS, prior_mean=CUTS.cuts[LEVEL - 1])
RULE = LevelRule(confidence=0.9)


def _pool() -> tuple[Bank, dict[Kind, tuple[Piece, ...]]]:
    """Make cases, practice sheets and items about every cut of the scale."""
    steps: dict[str, list[float]] = {}
    pieces: dict[Kind, list[Piece]] = {
        "knowledge": [],
        "simulation": [],
        "practice": [],
    }
    for place, cut in enumerate(CUTS.cuts):
        for n in range(6):
            steps[f"item-{place}-{n}"] = [cut]
            item = f"item-{place}-{n}"
            pieces["knowledge"].append(Piece(item, "knowledge", (item,)))
        for n in range(6):
            kind: Kind = "simulation" if n < 4 else "practice"
            name = f"{kind}-{place}-{n}"
            own = {f"{name}/{j}": [cut - 0.8, cut, cut + 0.8] for j in range(2)}
            steps |= own
            pieces[kind].append(Piece(name, kind, tuple(own)))
    return Bank(steps), {kind: tuple(own) for kind, own in pieces.items()}


BANK, PIECES = _pool()
ALL_PIECES = tuple(piece for own in PIECES.values() for piece in own)

Chooser = Callable[[list[Evidence], list[Piece], Generator], Piece]


@dataclass(frozen=True, slots=True)
class Decided:
    """How one learner's route ended."""

    pieces: int
    is_decided: bool
    is_right: bool


def at_random(rows: list[Evidence], left: list[Piece], rng: Generator) -> Piece:
    """Take any piece."""
    del rows
    return left[int(rng.integers(len(left)))]


def as_advised(rows: list[Evidence], left: list[Piece], rng: Generator) -> Piece:
    """Take the piece that `next_evidence` names first."""
    named = next_evidence(
        rows, BANK, SCALE, left, as_of=TODAY, level=LEVEL, count=1, rule=RULE
    )
    if not named:
        return at_random(rows, left, rng)
    return next(piece for piece in left if piece.id == named[0].id)


def decide(
    theta: float, pool: Sequence[Piece], choose: Chooser, rng: Generator
) -> Decided:
    """Add pieces until the claim is likely or unlikely enough, or none is left."""
    rows: list[Evidence] = []
    left = list(pool)
    for done in range(1, MOST_PIECES + 1):
        piece = choose(rows, left, rng)
        left.remove(piece)
        rows += [_row(piece, name, theta, rng) for name in piece.indicators]
        says = _says(
            estimate_level(rows, BANK, SCALE, as_of=TODAY, confidence=RULE.confidence)
        )
        if says is not None:
            return Decided(done, True, says == (theta >= SCALE.cuts[LEVEL - 1]))
        if not left:
            break
    return Decided(done, False, False)


def _row(piece: Piece, name: str, theta: float, rng: Generator) -> Evidence:
    return Evidence(
        id=name,
        indicator=name,
        kind=piece.kind,
        score=int(draw_scores(np.array([theta]), BANK.steps[name], rng)[0]),
        maximum=len(BANK.steps[name]),
        episode=piece.id,
        done_on=TODAY.date(),
        recorded_at=TODAY,
    )


def _says(found: LevelEstimate) -> bool | None:
    """Return whether the level is held, or None while neither is sure enough."""
    claim = found.claims[LEVEL - 1]
    chance = claim.chance or 0
    if claim.is_reached:
        return True
    return False if chance <= 1000 - found.rule.confidence_per_mille else None


def compare(
    n: int, seed: int, pool: Sequence[Piece] = ALL_PIECES
) -> dict[str, list[Decided]]:
    """Send `n` learners who are near the cut down both routes."""
    rng = np.random.default_rng(seed)
    thetas = rng.normal(SCALE.prior_mean, SCALE.prior_sd, n)
    return {
        name: [decide(float(theta), pool, choose, rng) for theta in thetas]
        for name, choose in (("advised", as_advised), ("random", at_random))
    }


def mean_pieces(routes: Sequence[Decided]) -> float:
    """Return how many pieces a route took on average."""
    return float(np.mean([route.pieces for route in routes]))
