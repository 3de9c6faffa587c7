"""Mantel-Haenszel DIF against tables worked by hand, identities and simulation."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency

from lms.psychometrics import DataError, mantel_haenszel_dif
from tests.psychometrics.dif.samples import draw_groups, persons_of


def test_two_strata_worked_by_hand():
    # Right and wrong of the reference, then of the focal group, at two levels:
    #   30 20 / 15 25 (n 90) and 40 10 / 30 20 (n 100).
    # Odds ratio (30 25/90 + 40 20/100) / (20 15/90 + 10 30/100) = 16.333 / 6.333.
    # Expected right of the reference 50 45/90 = 25, 50 70/100 = 35: 70 found, 60.
    # Variances 50 40 45 45 / (90^2 89) = 5.6180, 50 50 70 30 / (100^2 99) = 5.3030.
    answers, group, level = persons_of([(30, 20, 15, 25), (40, 10, 30, 20)])
    result = mantel_haenszel_dif(answers, group, focal="f", match=level)
    assert result.odds_ratio[0] == pytest.approx(16.33333 / 6.33333, rel=1e-5)
    assert result.statistic[0] == pytest.approx(9.5**2 / 10.92101, rel=1e-5)
    assert result.p[0] == pytest.approx(chi2.sf(9.5**2 / 10.92101, 1), rel=1e-4)
    assert result.delta[0] == pytest.approx(-2.35 * np.log(16.33333 / 6.33333))
    plain = mantel_haenszel_dif(
        answers, group, focal="f", match=level, continuity=False
    )
    assert plain.statistic[0] == pytest.approx(100 / 10.92101, rel=1e-5)
    assert result.n_strata[0] == 2


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.integers(1, 40)] * 4))
def test_one_stratum_is_the_fourfold_table(cells):
    """Identities: odds ratio, Woolf's error, and Pearson's chi-square (n - 1) / n."""
    answers, group, level = persons_of([cells])
    result = mantel_haenszel_dif(
        answers, group, focal="f", match=level, continuity=False
    )
    a, b, c, d = cells
    assert result.odds_ratio[0] == pytest.approx(a * d / (b * c))
    woolf = np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    assert result.delta_se[0] == pytest.approx(2.35 * woolf)
    pearson = chi2_contingency([[a, b], [c, d]], correction=False).statistic
    n = sum(cells)
    assert result.statistic[0] == pytest.approx(pearson * (n - 1) / n, abs=1e-9)


def test_strata_with_one_group_only_say_nothing():
    tables = [(30, 20, 15, 25), (40, 10, 30, 20)]
    answers, group, level = persons_of(tables)
    with_more = persons_of([*tables, (7, 3, 0, 0), (0, 0, 2, 5)])
    here = mantel_haenszel_dif(answers, group, focal="f", match=level)
    there = mantel_haenszel_dif(
        with_more[0], with_more[1], focal="f", match=with_more[2]
    )
    assert there.statistic == pytest.approx(here.statistic)
    assert there.delta_se == pytest.approx(here.delta_se)
    assert there.n_strata[0] == 2


def test_exchanged_groups_turn_the_sign_alone():
    answers, group, _ = draw_groups(seed=1, shift={0: 0.8})
    here = mantel_haenszel_dif(answers, group, focal="f")
    there = mantel_haenszel_dif(answers, group, focal="r")
    assert there.delta == pytest.approx(-here.delta)
    assert there.statistic == pytest.approx(here.statistic)
    assert there.ets_class == here.ets_class
    assert (there.n_focal, there.n_reference) == (here.n_reference, here.n_focal)


def test_order_of_persons_and_items_does_not_matter():
    answers, group, _ = draw_groups(seed=2, shift={3: 0.8})
    rng = np.random.default_rng(0)
    rows, items = rng.permutation(len(answers)), rng.permutation(answers.shape[1])
    here = mantel_haenszel_dif(answers, group, focal="f")
    there = mantel_haenszel_dif(answers[rows][:, items], group[rows], focal="f")
    assert there.delta == pytest.approx(here.delta[items])
    assert there.p == pytest.approx(here.p[items])


def test_harder_item_is_found_and_fair_items_are_not():
    # Rasch items, so that the sum is a fair match; 0.7 logits are 1.65 on delta.
    answers, group, _ = draw_groups(seed=3, n=6000, shift={0: 0.7}, gap=0.5)
    result = mantel_haenszel_dif(answers, group, focal="f")
    assert result.delta[0] == pytest.approx(-2.35 * 0.7, abs=0.35)
    assert result.ets_class[0] in {"B", "C"}
    assert set(result.ets_class[1:]) == {"A"}
    assert result.ci[0, 0] > 1


def test_purification_takes_unfair_items_out_of_the_match():
    shift = dict.fromkeys(range(5), 1.0)
    answers, group, _ = draw_groups(seed=4, n=6000, shift=shift)
    plain = mantel_haenszel_dif(answers, group, focal="f")
    pure = mantel_haenszel_dif(answers, group, focal="f", purify=True)
    assert plain.anchors.all()
    assert plain.n_rounds == 0
    assert not pure.anchors[:5].any()
    assert pure.anchors[5:].sum() >= 12
    assert pure.converged
    # Five of twenty unfair items make the others look fair the other way round.
    assert plain.delta[5:].mean() > pure.delta[5:].mean() + 0.2
    assert pure.delta[5:].mean() == pytest.approx(0, abs=0.15)


def test_purified_match_still_holds_the_item_itself():
    """By hand: an item that is out of the match is added to its own total."""
    answers, group, _ = draw_groups(seed=4, n=3000, shift={0: 1.2})
    pure = mantel_haenszel_dif(answers, group, focal="f", purify=True)
    assert not pure.anchors[0]
    total = answers[:, pure.anchors].sum(axis=1) + answers[:, 0]
    by_hand = mantel_haenszel_dif(answers, group, focal="f", match=total)
    assert pure.odds_ratio[0] == pytest.approx(by_hand.odds_ratio[0])


def test_missing_answers_need_a_match_and_then_are_left_out():
    answers, group, ability = draw_groups(seed=5, n=5000, shift={0: 0.8})
    holes = answers.copy()
    holes[np.random.default_rng(1).random(holes.shape) < 0.3] = np.nan
    with pytest.raises(DataError, match="give match"):
        mantel_haenszel_dif(holes, group, focal="f")
    result = mantel_haenszel_dif(holes, group, focal="f", match=ability)
    assert result.delta[0] == pytest.approx(-2.35 * 0.8, abs=0.5)
    assert np.abs(result.delta[1:]).max() < 0.8
    assert result.n_strata.max() <= 20


def test_item_that_all_answered_alike_has_no_class():
    answers, group, _ = draw_groups(seed=6)
    answers[:, 2] = 1
    result = mantel_haenszel_dif(answers, group, focal="f")
    assert np.isnan(result.odds_ratio[2])
    assert result.ets_class[2] == ""
    held = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert held["delta"][2] is None
    assert len(repr(result).splitlines()) < 30


@pytest.mark.parametrize(
    ("answers", "group", "more", "words"),
    [
        ([[0, 2], [1, 1]], ["f", "r"], {}, "person 0, item 1 is 2"),
        ([[0, 1], [1, 1]], ["r", "r"], {}, "need both"),
        ([[0, 1], [1, 1]], ["f", "f"], {}, "need both"),
        ([[0, 1], [1, 1]], ["f"], {}, "2 labels"),
        ([[0], [1]], ["f", "r"], {}, "1 item"),
        ([[0, 1], [1, 1]], ["f", "r"], {"match": [1]}, "match"),
        ([[0, 1], [1, 1]], ["f", "r"], {"match": [1, 2], "purify": True}, "purify"),
    ],
)
def test_error_names_what_is_wrong(answers, group, more, words):
    with pytest.raises(DataError, match=words):
        mantel_haenszel_dif(answers, group, focal="f", **more)


def test_purification_that_leaves_nothing_to_match_on_is_refused():
    answers, group, _ = draw_groups(seed=7, n=4000, n_items=2, shift={0: 2.0})
    with pytest.raises(DataError, match="would be left"):
        mantel_haenszel_dif(answers, group, focal="f", purify=True)
