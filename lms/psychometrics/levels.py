"""The level rule: from rows of evidence to a distribution over levels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from lms.psychometrics.claims import (
    Claim,
    LevelDistribution,
    distribute,
    judge_claims,
    open_claims,
)
from lms.psychometrics.estimate import LevelEstimate, UsedRow
from lms.psychometrics.evidence import KINDS, Evidence, Kind
from lms.psychometrics.kind_posteriors import ThetaSummary, kind_posteriors
from lms.psychometrics.rule import LevelRule
from lms.psychometrics.scale import Bank, LevelCuts
from lms.psychometrics.severity import SeverityPolicy
from lms.psychometrics.weights import (
    Selection,
    Showing,
    WeighedRow,
    select_rows,
    to_moment,
    weigh_rows,
)

# Patterns of evidence whose findings are kept: a few kilobytes each.
_KEPT_FINDINGS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """What a pattern of evidence says, whoever showed it.

    Attributes
    ----------
    weights, is_capped : tuple
        For each showing, in the posterior that is reported: per mille of its say, and
        whether the cap took something from it.
    """

    claims: tuple[Claim, ...]
    levels: LevelDistribution
    interval: tuple[int, int]
    theta: ThetaSummary
    weights: tuple[int, ...]
    is_capped: tuple[bool, ...]

    @property
    def attested_level(self) -> int:
        """Return the highest level reached."""
        return max((c.level for c in self.claims if c.is_reached), default=0)


def estimate_level(
    evidence: Iterable[Evidence],
    bank: Bank,
    cuts: LevelCuts,
    *,
    as_of: date,
    confidence: float = 0.8,
    weaker_kinds_cap: float = 2.0,
    episode_correlation: float = 0.3,
    half_life_days: Mapping[Kind, float] | None = None,
    nodes: int = 241,
    severity: SeverityPolicy | None = None,
) -> LevelEstimate:
    """Estimate one learner's level in one competency from everything shown by `as_of`.

    Each level is a claim with its own posterior (`kind_posteriors`): evidence of the
    kind that the level needs, or stronger, counts in full, weaker kinds as a capped
    prior. The chance of the claim is the posterior mass at or above the level's cut.
    A claim is **reached** when that chance is at least `confidence` and something was
    shown by the needed kind or a stronger one; a score of 0 shows nothing, so that a
    failed case cannot open a level to a knowledge test. The **attested level** is the
    highest level reached, 0 if none is.

    Reaching a level settles the lower ones: under the posterior that carries the
    higher claim, the lower cut is passed with at least the same chance, and kinds
    contain each other in the same order (Miller, 1990). So the distribution over
    levels is made monotone in two parts. Where the kind was shown, the chance of being
    at or above a level is the largest chance of the claims from it upwards; above,
    where nothing was shown, it is its claim's chance but no more than that of the level
    below. The attested level is then also the highest level, among those shown, whose
    chance in the distribution reaches the confidence.

    Raters are counted. Their severity enters, with its error, only where a `severity`
    policy is given and lets it. The age of the work widens the interval and moves no
    centre (`drift`), for the kinds that have a half-life.

    Parameters
    ----------
    evidence : iterable of Evidence
        Rows of one learner and one competency that are in force: superseded rows are
        the caller's to leave out. Their order does not matter.
    as_of : date or datetime
        Rows done or recorded later are ignored and listed. A datetime must be aware;
        its day is read in its own zone, so give it in the zone that `done_on` is kept
        in. A plain date lasts to its end in UTC.
    confidence, weaker_kinds_cap, episode_correlation, half_life_days, nodes, severity
        See `LevelRule`.

    Raises
    ------
    DataError
        A row does not fit the bank, or is there twice.
    PsychometricsError
        A setting is out of range, or `as_of` has no zone.
    """
    plain = _plain_rule(
        confidence,
        weaker_kinds_cap,
        episode_correlation,
        tuple(sorted((half_life_days or {}).items())),
        nodes,
    )
    rule = replace(plain, severity=severity) if severity else plain
    selection = select_rows(evidence, to_moment(as_of))
    facts = _count(selection)
    if not selection.rows:
        return LevelEstimate(rule=rule, scale=cuts, claims=open_claims(cuts), **facts)
    rows = weigh_rows(selection, bank, rule)
    # What is taken for a rater stands in the showings already.
    found = _find(tuple(row.showing for row in rows), cuts, plain)
    return LevelEstimate(
        rule=rule,
        scale=cuts,
        claims=found.claims,
        attested_level=found.attested_level,
        level_probabilities=found.levels.probabilities,
        p_at_or_above=found.levels.p_at_or_above,
        level_interval=found.interval,
        theta=found.theta,
        used=_list_used(rows, found),
        **facts,
    )


@lru_cache(maxsize=64)
def _plain_rule(
    confidence: float,
    weaker_kinds_cap: float,
    episode_correlation: float,
    half_life_days: tuple[tuple[Kind, float], ...],
    nodes: int,
) -> LevelRule:
    """Return the rule without a policy for severity; a record asks ten times."""
    return LevelRule(
        confidence=confidence,
        weaker_kinds_cap=weaker_kinds_cap,
        episode_correlation=episode_correlation,
        half_life_days=half_life_days,
        nodes=nodes,
    )


@lru_cache(maxsize=_KEPT_FINDINGS)
def _find(showings: tuple[Showing, ...], cuts: LevelCuts, rule: LevelRule) -> _Finding:
    """Compute what a pattern says; pages and exports meet the same ones often."""
    confidence = rule.confidence_per_mille
    posteriors = kind_posteriors(showings, cuts, rule)
    claims = judge_claims(showings, posteriors, cuts, confidence=confidence)
    reported = posteriors[_reported_kind(claims)]
    levels = distribute(claims)
    return _Finding(
        claims=claims,
        levels=levels,
        interval=levels.interval(confidence),
        theta=reported.summarise(confidence / 1000),
        weights=tuple(
            round(1000 * float(weight) * row.freshness)
            for weight, row in zip(reported.weights, showings, strict=True)
        ),
        is_capped=tuple(map(bool, reported.is_capped)),
    )


def _count(selection: Selection) -> dict[str, Any]:
    """Return what can be said before anything is computed."""
    rows = selection.rows
    kinds = [row.kind for row in rows]
    return {
        "as_of": selection.moment,
        "ignored": selection.ignored,
        "n_by_kind": tuple((kind, kinds.count(kind)) for kind in KINDS),
        "n_raters": len({row.rater for row in rows} - {None}),
        "n_episodes": len({row.episode for row in rows} - {None}),
        "critical_ids": tuple(row.id for row in rows if row.critical),
    }


def _reported_kind(claims: Sequence[Claim]) -> Kind:
    """Return the kind that the highest level shown needs, else the lowest level's."""
    shown = [claim for claim in claims if claim.is_shown]
    return (shown or claims)[-1 if shown else 0].needs


def _list_used(rows: Sequence[WeighedRow], found: _Finding) -> tuple[UsedRow, ...]:
    used = [
        UsedRow(
            id=row.id,
            kind=row.showing.kind,
            weight=weight,
            is_capped=is_capped,
            freshness=round(1000 * row.showing.freshness),
            severity=round(row.severity.severity, 3) if row.severity else None,
            severity_sd=round(row.severity.sd, 3) if row.severity else None,
        )
        for row, weight, is_capped in zip(
            rows, found.weights, found.is_capped, strict=True
        )
    ]
    return tuple(sorted(used, key=lambda row: row.id))
