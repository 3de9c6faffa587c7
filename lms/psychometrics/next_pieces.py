"""Which piece of work would tell most about a claim that is still open."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from lms.psychometrics.claims import judge_claims
from lms.psychometrics.errors import DataError, PsychometricsError
from lms.psychometrics.evidence import KINDS, Evidence, Kind, strength
from lms.psychometrics.kind_posteriors import kind_posteriors, prior_on_grid
from lms.psychometrics.partial_credit import ITEM_INFORMATION, Floats, row_curves
from lms.psychometrics.piece_outcomes import PieceCurves, Scenarios, piece_curves
from lms.psychometrics.rule import LevelRule
from lms.psychometrics.scale import Bank, LevelCuts
from lms.psychometrics.weights import Showing, select_rows, to_moment, weigh_rows


@dataclass(frozen=True, slots=True)
class Piece:
    """Work that could be done next: an item, a case to be marked, a practice sheet.

    Attributes
    ----------
    id : str
        Names the piece in the result.
    kind : Kind
    indicators : tuple of str
        What it would be judged by, keys of the `Bank`; together they are one episode.
    """

    id: str
    kind: Kind
    indicators: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "indicators", tuple(self.indicators))
        if not self.indicators:
            raise DataError(f"piece {self.id!r}: names no indicator")
        if self.kind not in KINDS:
            raise DataError(f"piece {self.id!r}: unknown kind {self.kind!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEvidence:
    """A piece of work, and what it is expected to settle.

    Attributes
    ----------
    level : int
        The claim that it is about.
    narrowing : int
        Per mille by which this piece, with those named before it, is expected to lower
        the variance ``p (1 - p)`` of the claim: 0 tells nothing, 1000 all.
    can_settle : bool
        With it the claim can be reached; if not, evidence of the kind that the level
        needs stays missing, however this piece turns out.
    """

    id: str
    kind: Kind
    level: int
    narrowing: int
    can_settle: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-safe data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class _Claim:
    """The claim to settle, as it stands."""

    level: int
    needs: Kind
    is_shown: bool
    scenarios: Scenarios


def next_evidence(
    evidence: Iterable[Evidence],
    bank: Bank,
    cuts: LevelCuts,
    pieces: Iterable[Piece],
    *,
    as_of: date,
    level: int | None = None,
    count: int = 2,
    rule: LevelRule | None = None,
) -> tuple[NextEvidence, ...]:
    """Name the pieces of work that would tell most about a level, the best first.

    Each piece is taken to turn out in every way that it can, with the chances that the
    evidence at hand gives them. The one that leaves the least expected variance of
    ``theta >= cut`` is best: the expected quadratic loss of a decision (Bayesian
    experimental design [1]_). The next is the one that does so after it, whichever way
    the first turned out.

    Where nothing was shown of the kind that the level needs, only pieces of that kind
    or a stronger one are named if there are any: no other can settle the claim. A
    weaker kind adds only what the cap leaves room for, and the scores of one piece
    depend on one another as those of any episode do. Who will rate a piece is not
    known: its raters are taken as average ones.

    Parameters
    ----------
    evidence, bank, cuts, as_of
        As for `estimate_level`; the bank has the indicators of the pieces too.
    pieces : iterable of Piece
        What is to be had and was not done yet.
    level : int, optional
        Claim to settle; the lowest one that is not reached if left out (the highest
        one when all are).
    count : int
        How many to name at most.
    rule : LevelRule, optional
        That of the estimate (`LevelEstimate.rule`).

    Returns
    -------
    tuple of NextEvidence
        Fewer than `count` where no further piece tells anything.

    Raises
    ------
    DataError
        A row or piece does not fit the bank, or a piece is there twice.
    PsychometricsError
        The scale has no such level.

    References
    ----------
    .. [1] Chaloner, K., & Verdinelli, I. (1995). Bayesian experimental design: a
       review. Statistical Science, 10(3), 273-304. doi:10.1214/ss/1177009939

    Examples
    --------
    >>> from datetime import date
    >>> cuts = LevelCuts(
    ...     cuts=(-1.0, 0.0), needs=("knowledge", "simulation"),
    ...     prior_mean=0.0, prior_sd=1.0,
    ... )
    >>> bank = Bank({"easy": [-3.0], "fit": [-1.0], "case": [-0.5, 0.5]})
    >>> pieces = [
    ...     Piece("easy item", "knowledge", ["easy"]),
    ...     Piece("fitting item", "knowledge", ["fit"]),
    ...     Piece("case", "simulation", ["case"]),
    ... ]
    >>> day = date(2026, 4, 1)
    >>> [p.id for p in next_evidence([], bank, cuts, pieces, as_of=day, level=1)]
    ['case', 'fitting item']
    >>> [p.id for p in next_evidence([], bank, cuts, pieces, as_of=day, level=2)]
    ['case']
    """
    rule = rule or LevelRule()
    selection = select_rows(evidence, to_moment(as_of))
    rows = [row.showing for row in weigh_rows(selection, bank, rule)]
    claim = _find_claim(rows, cuts, rule, level)
    choice = _open_pieces(pieces, claim)
    curves = {
        piece.id: _read(piece, bank, claim, rule, claim.scenarios.theta)
        for piece in choice
    }
    return _choose(choice, curves, claim, count)


def _find_claim(
    rows: Sequence[Showing], cuts: LevelCuts, rule: LevelRule, level: int | None
) -> _Claim:
    if level is not None and not 1 <= level <= cuts.top_level:
        raise PsychometricsError(f"the scale has no level {level!r} to settle")
    allowed = rule.weaker_kinds_cap * ITEM_INFORMATION
    if not rows:
        level = level or 1
        theta, density = prior_on_grid(cuts, rule.nodes)
        needs, is_shown, room = cuts.needs[level - 1], False, allowed
    else:
        posteriors = kind_posteriors(rows, cuts, rule)
        claims = judge_claims(
            rows, posteriors, cuts, confidence=rule.confidence_per_mille
        )
        reached = max((c.level for c in claims if c.is_reached), default=0)
        level = level or min(reached + 1, cuts.top_level)
        needs, is_shown = claims[level - 1].needs, claims[level - 1].is_shown
        found = posteriors[needs]
        theta, density = found.theta, found.density
        room = allowed - _weaker_information(rows, needs, theta, found.weights)
    scenarios = Scenarios.only(theta, density, cuts.cuts[level - 1], max(room, 0.0))
    return _Claim(level, needs, is_shown, scenarios)


def _weaker_information(
    rows: Sequence[Showing], needs: Kind, theta: Floats, weights: Floats
) -> float:
    """Return the most that the weaker kinds say anywhere on the scale."""
    is_weaker = np.array([strength(row.kind) < strength(needs) for row in rows])
    curves = row_curves([r.steps for r in rows], [r.score for r in rows], theta)
    return float(((weights * is_weaker) @ curves.information).max())


def _open_pieces(pieces: Iterable[Piece], claim: _Claim) -> list[Piece]:
    """Return the pieces to choose from, in the order of their ids."""
    given = sorted(pieces, key=lambda piece: piece.id)
    for first, second in pairwise(given):
        if first.id == second.id:
            raise DataError(f"piece {first.id!r} is there twice")
    if claim.is_shown:
        return given
    fitting = [p for p in given if strength(p.kind) >= strength(claim.needs)]
    return fitting or given


def _read(
    piece: Piece, bank: Bank, claim: _Claim, rule: LevelRule, theta: Floats
) -> PieceCurves:
    unknown = [name for name in piece.indicators if name not in bank.steps]
    if unknown:
        raise DataError(
            f"piece {piece.id!r}: indicator {unknown[0]!r} is not in the bank"
        )
    steps = [bank.steps[name] for name in piece.indicators]
    weight = 1 / (1 + (len(steps) - 1) * rule.episode_correlation)
    is_weaker = strength(piece.kind) < strength(claim.needs)
    return piece_curves(steps, weight, theta, is_weaker=is_weaker)


def _choose(
    choice: list[Piece], curves: dict[str, PieceCurves], claim: _Claim, count: int
) -> tuple[NextEvidence, ...]:
    """Take the best, then the best after it, while there is something to gain."""
    scenarios, left = claim.scenarios, choice
    before, doubt = scenarios.variance(), scenarios.variance()
    chosen: list[NextEvidence] = []
    while left and len(chosen) < count and before > 0:
        after = [scenarios.variance_after(curves[piece.id]) for piece in left]
        best = int(np.argmin(after))
        if not doubt - after[best] > 1e-6 * before:
            break
        piece, doubt = left[best], after[best]
        chosen.append(
            NextEvidence(
                id=piece.id,
                kind=piece.kind,
                level=claim.level,
                narrowing=round(1000 * (1 - doubt / before)),
                can_settle=claim.is_shown
                or strength(piece.kind) >= strength(claim.needs),
            )
        )
        if len(chosen) < count:
            scenarios = scenarios.after(curves[piece.id])
        left = [other for other in left if other is not piece]
    return tuple(chosen)
