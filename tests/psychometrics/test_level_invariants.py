"""What holds for any evidence: bounds, monotony, and blindness to names and order."""

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.psychometrics import KINDS, Bank, LevelCuts, SeverityPolicy
from tests.psychometrics.evidence_factory import (
    AS_OF,
    NEEDS,
    SCALE,
    estimate,
    make_row,
)

pytestmark = pytest.mark.long  # many tables for each law

STEPS = {
    "easy": [-4.0],
    "item": [-0.4],
    "hard": [3.0],
    "case": [-0.3, 1.0],
    "disordered": [1.5, -0.5],
    "criterion": [-0.7, 0.5, 1.8],
}
BANK = Bank(STEPS)


@st.composite
def evidence_rows(draw):
    indicator = draw(st.sampled_from(sorted(STEPS)))
    maximum = len(STEPS[indicator])
    return make_row(
        indicator=indicator,
        maximum=maximum,
        score=draw(st.integers(0, maximum)),
        kind=draw(st.sampled_from(KINDS)),
        episode=draw(st.sampled_from([None, "attempt-1", "attempt-2"])),
        rater=draw(st.sampled_from([None, "rater-1", "rater-2"])),
        help_given=draw(st.integers(0, 2)),
        done_on=AS_OF.date() - timedelta(days=draw(st.integers(0, 900))),
        recorded_at=AS_OF - timedelta(days=draw(st.integers(0, 900))),
    )


# A busy machine is no fault of the rule.
unhurried = settings(deadline=None)

evidence_lists = st.lists(evidence_rows(), min_size=1, max_size=12)
rules = st.fixed_dictionaries(
    {
        "confidence": st.sampled_from([0.5, 0.8, 0.95]),
        "weaker_kinds_cap": st.sampled_from([0.0, 2.0, 20.0]),
        "episode_correlation": st.sampled_from([0.0, 0.3, 1.0]),
        "half_life_days": st.sampled_from(
            [None, {"knowledge": 180.0}, {"simulation": 20.0, "practice": 700.0}]
        ),
        "severity": st.sampled_from([None, SeverityPolicy([], spread=0.6)]),
    }
)
scales = st.builds(
    LevelCuts,
    cuts=st.just(SCALE.cuts),
    needs=st.just(NEEDS),
    prior_mean=st.floats(-3, 3),
    prior_sd=st.floats(0.3, 4),
)


@unhurried
@given(evidence_lists, rules, scales)
def test_distribution_is_one_and_monotone_and_agrees_with_the_attested_level(
    rows, rule, scale
):
    with np.errstate(all="raise", under="ignore"):
        result = estimate(rows, bank=BANK, scale=scale, **rule)
    levels, above = result.level_probabilities, result.p_at_or_above
    assert sum(levels) == 1000
    assert min(levels) >= 0
    assert above[0] == 1000
    assert list(above) == sorted(above, reverse=True)
    confidence = result.rule.confidence_per_mille
    reached = [c.level for c in result.claims if c.is_shown]
    attested = max((k for k in reached if above[k] >= confidence), default=0)
    assert result.attested_level == attested


@unhurried
@given(evidence_lists, rules)
def test_intervals_are_in_order_and_hold_their_mass(rows, rule):
    result = estimate(rows, bank=BANK, **rule)
    low, high = result.level_interval
    held = sum(result.level_probabilities[low : high + 1])
    assert held >= result.rule.confidence_per_mille
    theta = result.theta
    assert theta.low < theta.median < theta.high
    assert theta.sd > 0


@unhurried
@given(evidence_lists)
def test_no_level_is_attested_without_something_shown_by_its_kind(rows):
    result = estimate(rows, bank=BANK)
    if result.attested_level:
        need = KINDS.index(NEEDS[result.attested_level - 1])
        assert any(KINDS.index(row.kind) >= need and row.score > 0 for row in rows)
    assert result.missing_kinds(result.attested_level) == ()


@unhurried
@given(evidence_lists, st.randoms(use_true_random=False), rules)
def test_order_of_the_rows_changes_no_byte(rows, random, rule):
    shuffled = random.sample(rows, len(rows))
    first, second = (estimate(r, bank=BANK, **rule) for r in (rows, shuffled))
    assert first == second
    assert json.dumps(first.to_dict()) == json.dumps(second.to_dict())


@unhurried
@given(evidence_lists, st.randoms(use_true_random=False))
def test_names_of_rows_indicators_raters_and_episodes_change_no_figure(rows, random):
    names = random.sample(range(1000), len(rows))
    renamed = [
        replace(
            row,
            id=f"other-{name}",
            indicator=f"other-{row.indicator}",
            rater=row.rater and f"other-{row.rater}",
            episode=row.episode and f"other-{row.episode}",
        )
        for row, name in zip(rows, names, strict=True)
    ]
    bank = Bank({f"other-{name}": steps for name, steps in STEPS.items()})
    first, second = estimate(rows, bank=BANK), estimate(renamed, bank=bank)
    blank = {"used": (), "critical_ids": ()}
    assert replace(first, **blank) == replace(second, **blank)


@unhurried
@given(evidence_lists, rules, st.data())
def test_better_score_never_lowers_a_chance_or_the_attested_level(rows, rule, data):
    index = data.draw(st.integers(0, len(rows) - 1))
    row = rows[index]
    better = data.draw(st.integers(row.score, row.maximum))
    raised = [*rows[:index], replace(row, score=better), *rows[index + 1 :]]
    before, after = (estimate(r, bank=BANK, **rule) for r in (rows, raised))
    assert after.attested_level >= before.attested_level
    pairs = zip(before.p_at_or_above, after.p_at_or_above, strict=True)
    assert all(old <= new for old, new in pairs)


@unhurried
@given(evidence_lists, rules)
def test_mirrored_evidence_keeps_its_centre_whatever_it_weighs(rows, rule):
    mirror = [
        replace(
            row,
            id=f"mirror-{row.id}",
            indicator=f"mirror-{row.indicator}",
            score=row.maximum - row.score,
            episode=row.episode and f"mirror-{row.episode}",
        )
        for row in rows
    ]
    turned = {f"mirror-{k}": [-s for s in reversed(v)] for k, v in STEPS.items()}
    bank = Bank({**STEPS, **turned})
    result = estimate([*rows, *mirror], bank=bank, **rule)
    assert abs(result.theta.mean) <= 0.001
    assert abs(result.theta.median) <= 0.001


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 200), st.sampled_from(["easy", "item", "hard"]))
def test_information_of_weaker_kinds_stays_under_the_cap(n_items, indicator):
    rows = [make_row(indicator=indicator) for _ in range(n_items)]
    case = make_row(kind="simulation", indicator="case", maximum=2)
    result = estimate([*rows, case], bank=BANK)
    counted = sum(row.weight for row in result.used if row.kind == "knowledge")
    # Each weight is rounded to a whole per mille.
    assert counted <= 2000 + n_items / 2
