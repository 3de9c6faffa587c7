"""The level rule: from rows of evidence to a distribution over levels."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from lms.psychometrics.claims import Claim, distribute, judge_claims, open_claims
from lms.psychometrics.estimate import LevelEstimate, UsedRow
from lms.psychometrics.evidence import KINDS, Evidence, Kind
from lms.psychometrics.posterior import KindPosterior, kind_posteriors
from lms.psychometrics.scale import Bank, LevelCuts
from lms.psychometrics.weights import (
    LevelRule,
    Selection,
    WeighedRow,
    select_rows,
    to_moment,
    weigh_rows,
)


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

    Raters are counted, not adjusted for severity.

    Parameters
    ----------
    evidence : iterable of Evidence
        Rows of one learner and one competency that are in force: superseded rows are
        the caller's to leave out. Their order does not matter.
    as_of : date or datetime
        Rows done or recorded later are ignored and listed. A datetime must be aware;
        its day is read in its own zone, so give it in the zone that `done_on` is kept
        in. A plain date lasts to its end in UTC.
    confidence, weaker_kinds_cap, episode_correlation, half_life_days, nodes
        See `LevelRule`.

    Raises
    ------
    DataError
        A row does not fit the bank, or is there twice.
    PsychometricsError
        A setting is out of range, or `as_of` has no zone.
    """
    rule = LevelRule(
        confidence=confidence,
        weaker_kinds_cap=weaker_kinds_cap,
        episode_correlation=episode_correlation,
        half_life_days=tuple(sorted((half_life_days or {}).items())),
        nodes=nodes,
    )
    selection = select_rows(evidence, to_moment(as_of))
    blank = _without_estimate(selection, cuts, rule)
    if not selection.rows:
        return blank
    rows = weigh_rows(selection, bank, rule)
    posteriors = kind_posteriors(rows, cuts, rule)
    claims = judge_claims(
        selection.rows, posteriors, cuts, confidence=rule.confidence_per_mille
    )
    reported = posteriors[_reported_kind(claims)]
    levels = distribute(claims)
    return replace(
        blank,
        claims=claims,
        attested_level=max((c.level for c in claims if c.is_reached), default=0),
        level_probabilities=levels.probabilities,
        p_at_or_above=levels.p_at_or_above,
        level_interval=levels.interval(rule.confidence_per_mille),
        theta=reported.summarise(rule.confidence_per_mille / 1000),
        used=_list_used(rows, reported),
    )


def _without_estimate(
    selection: Selection, cuts: LevelCuts, rule: LevelRule
) -> LevelEstimate:
    """Return what can be said before anything is computed: inputs and counts."""
    rows = selection.rows
    counts = Counter(row.kind for row in rows)
    return LevelEstimate(
        as_of=selection.moment,
        rule=rule,
        scale=cuts,
        claims=open_claims(cuts),
        ignored=selection.ignored,
        n_by_kind=tuple((kind, counts[kind]) for kind in KINDS),
        n_raters=len({row.rater for row in rows} - {None}),
        n_episodes=len({row.episode for row in rows} - {None}),
        critical_ids=tuple(row.id for row in rows if row.critical),
    )


def _reported_kind(claims: Sequence[Claim]) -> Kind:
    """Return the kind that the highest level shown needs, else the lowest level's."""
    shown = [claim for claim in claims if claim.is_shown]
    return (shown or claims)[-1 if shown else 0].needs


def _list_used(
    rows: Sequence[WeighedRow], reported: KindPosterior
) -> tuple[UsedRow, ...]:
    used = [
        UsedRow(
            id=weighed.row.id,
            kind=weighed.row.kind,
            weight=round(1000 * float(weight)),
            is_capped=bool(is_capped),
        )
        for weighed, weight, is_capped in zip(
            rows, reported.weights, reported.is_capped, strict=True
        )
    ]
    return tuple(sorted(used, key=lambda row: row.id))
