"""The level rule on cases worked by hand and against brute-force integration."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import accumulate

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lms.psychometrics import Bank, LevelCuts
from tests.psychometrics.evidence_factory import (
    AS_OF,
    BAND_STEPS,
    BANK,
    NEEDS,
    SCALE,
    estimate,
    make_row,
    make_sheet,
)

JST = timezone(timedelta(hours=9))


def chances(result):
    return [claim.chance for claim in result.claims]


def brute_force_chance(cut, rows, *, mean=0.0, sd=1.5):
    """Integrate the posterior of (steps, score, weight) rows by adaptive quadrature."""

    def density(theta):
        value = norm.pdf(theta, mean, sd)
        for steps, score, weight in rows:
            sums = list(accumulate(steps, initial=0.0))
            odds = np.exp([k * theta - d for k, d in enumerate(sums)])
            value *= (odds[score] / odds.sum()) ** weight
        return value

    above = quad(density, cut, 12, epsabs=1e-12)[0]
    return above / (quad(density, -12, cut, epsabs=1e-12)[0] + above)


# What a level rests on


def test_without_evidence_there_is_a_state_and_no_level():
    result = estimate([])
    assert not result.has_evidence
    assert result.attested_level is None
    assert result.level_probabilities is None
    assert result.p_at_or_above is None
    assert result.theta is None
    assert chances(result) == [None] * 5
    assert result.missing_kinds(3) == ("knowledge", "simulation")


def test_two_hundred_easy_items_never_attest_more_than_knowing_how():
    bank = Bank({"of-1": [-3.0]})
    result = estimate([make_row() for _ in range(200)], bank=bank)
    assert result.attested_level == 2


@pytest.mark.parametrize("difficulty", [-3.0, 0.0, 3.0, 10.0])
def test_items_alone_never_attest_a_level_that_needs_more(difficulty):
    bank = Bank({"of-1": [difficulty]})
    result = estimate([make_row() for _ in range(200)], bank=bank)
    assert result.attested_level <= 2
    assert result.missing_kinds(4) == ("simulation", "practice")


def test_two_hundred_right_items_weigh_as_two_where_their_kind_is_too_weak():
    few = estimate([make_row() for _ in range(2)])
    many = estimate([make_row() for _ in range(200)])
    assert chances(many)[2:] == chances(few)[2:]
    assert chances(many)[1] > chances(few)[1]


def test_two_hundred_wrong_items_do_not_swamp_two_excellent_cases():
    wrong = [make_row(score=0) for _ in range(200)]
    result = estimate([*make_sheet(3, 3), *make_sheet(3, 3), *wrong])
    assert result.attested_level == 3
    assert all(p >= 800 for p in result.p_at_or_above[:4])


def test_failed_case_does_not_open_a_level_to_a_knowledge_test():
    bank = Bank({"of-1": [6.0], "of-3": [-0.7, 0.5, 1.8]})
    items = [make_row() for _ in range(9)]
    result = estimate([*items, *make_sheet(0)], bank=bank, weaker_kinds_cap=9.0)
    assert result.claims[2].chance >= 800
    assert not result.claims[2].is_shown
    assert result.attested_level == 2


def test_stronger_kind_carries_the_lower_levels_too():
    result = estimate([*make_sheet(3, 3, kind="practice")])
    assert result.attested_level == 3
    assert result.missing_kinds(4) == ()
    assert result.missing_kinds(5) == ("supervision",)


def test_evidence_that_shows_nothing_attests_level_nought():
    result = estimate([make_row(score=0) for _ in range(5)])
    assert result.has_evidence
    assert result.attested_level == 0


def test_required_level_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="no level 6"):
        estimate([make_row()]).missing_kinds(6)


def test_scale_of_another_length_and_other_needs_works_alike():
    scale = LevelCuts(cuts=[0.0], needs=["practice"], prior_mean=0.0, prior_sd=1.0)
    result = estimate(make_sheet(3, 3, kind="practice"), scale=scale)
    assert result.attested_level == 1
    assert len(result.level_probabilities) == 2


# Figures


def test_one_right_and_one_wrong_answer_at_the_prior_mean_leave_it_in_the_middle():
    bank = Bank({"of-1": [0.0]})
    scale = LevelCuts(cuts=(0.0, 1.0), needs=NEEDS[:2], prior_mean=0.0, prior_sd=1.0)
    result = estimate([make_row(), make_row(score=0)], bank=bank, scale=scale)
    assert result.p_at_or_above[1] == 500
    assert result.theta.mean == result.theta.median == 0.0
    assert result.theta.low == -result.theta.high


def test_weightless_evidence_leaves_the_prior():
    # P(N(0, 1.5) >= -1.5, -0.5, ...) = 0.8413, 0.6306, 0.3694, 0.1587, 0.0478; the
    # 80 % interval is 1.5 * 1.2816 = 1.922 to either side.
    result = estimate([make_row()], half_life_days={"knowledge": 0.001})
    assert chances(result) == [841, 631, 369, 159, 48]
    assert result.level_probabilities == (159, 210, 262, 210, 111, 48)
    assert result.level_interval == (0, 4)
    theta = result.theta
    assert (theta.mean, theta.sd, theta.median) == (0.0, 1.5, 0.0)
    assert theta.high == pytest.approx(1.922, abs=0.001)
    assert theta.low == -theta.high


def test_one_strong_case_attempt_equals_brute_force_integration():
    # Two criteria of one episode count 1 / (1 + 0.3) each; tolerance: 0.5 per mille of
    # rounding beside the 1e-3 asked for.
    result = estimate(make_sheet(3, 2))
    rows = [(BAND_STEPS, 3, 1 / 1.3), (BAND_STEPS, 2, 1 / 1.3)]
    for claim in result.claims[:3]:
        expected = brute_force_chance(claim.cut, rows)
        assert claim.chance / 1000 == pytest.approx(expected, abs=1e-3)


def test_capped_items_beside_a_case_equal_brute_force_integration():
    # Five equal right-or-wrong items tell most at their own difficulty, 5/4 in all;
    # the cap of 2 items, 2/4, leaves each a share of 2/5.
    result = estimate([*make_sheet(3), *(make_row() for _ in range(5))])
    rows = [(BAND_STEPS, 3, 1.0), *[(BANK.steps["of-1"], 1, 0.4)] * 5]
    expected = brute_force_chance(0.5, rows)
    assert result.claims[2].chance / 1000 == pytest.approx(expected, abs=1e-3)
    weights = {row.kind: (row.weight, row.is_capped) for row in result.used}
    assert weights == {"knowledge": (400, True), "simulation": (1000, False)}


def test_narrow_posterior_of_many_items_equals_brute_force_integration():
    rows = [make_row(score=i % 2) for i in range(400)]
    result = estimate(rows)
    expected = brute_force_chance(-0.5, [((-0.4,), i % 2, 1.0) for i in range(400)])
    assert result.claims[1].chance / 1000 == pytest.approx(expected, abs=1e-3)


def test_doubling_the_grid_moves_nothing():
    rows = [*make_sheet(3, 1), make_row(), make_row(score=0)]
    coarse, fine = (estimate(rows, nodes=n) for n in (241, 481))
    assert chances(coarse) == pytest.approx(chances(fine), abs=1)
    for name in ("mean", "sd", "median", "low", "high"):
        figures = getattr(coarse.theta, name), getattr(fine.theta, name)
        assert figures[0] == pytest.approx(figures[1], abs=1e-3)


def test_two_cases_marked_at_the_top_attest_what_one_in_the_middle_does_not():
    items = [make_row() for _ in range(5)]
    one = estimate([*items, *make_sheet(2)])
    two = estimate([*items, *make_sheet(3, 3), *make_sheet(3, 3)])
    assert (one.attested_level, two.attested_level) == (2, 3)
    assert (two.n_raters, two.n_episodes) == (2, 2)


# What each row counts


def test_criteria_of_one_episode_tell_less_than_those_of_two():
    together = estimate([*make_sheet(1, 1, 1, 1)])
    apart = estimate([*make_sheet(1, 1), *make_sheet(1, 1)])
    assert together.theta.sd > apart.theta.sd
    assert {row.weight for row in together.used} == {round(1000 / 1.9)}


def test_rows_of_a_fully_dependent_episode_count_as_one():
    one = estimate(make_sheet(2), episode_correlation=1.0)
    four = estimate(make_sheet(2, 2, 2, 2), episode_correlation=1.0)
    assert four.theta == one.theta


def test_each_level_of_help_halves_the_weight():
    rows = [make_row(help_given=level) for level in (0, 1, 2, True)]
    assert [row.weight for row in estimate(rows).used] == [1000, 500, 250, 500]


def test_old_work_counts_half_after_each_half_life_of_its_kind():
    old = make_row(done_on=AS_OF.date() - timedelta(days=200))
    other = make_sheet(2, done_on=AS_OF.date() - timedelta(days=200))
    result = estimate([old, *other], half_life_days={"knowledge": 100.0})
    weights = {row.kind: row.weight for row in result.used}
    assert weights == {"knowledge": 250, "simulation": 1000}
    assert result.rule.to_dict()["half_life_days"] == {"knowledge": 100.0}


def test_age_and_help_widen_symmetric_evidence_around_an_unmoved_centre():
    bank = Bank({"of-1": [0.0]})
    day = AS_OF.date() - timedelta(days=100)
    pair = [make_row(score=s, help_given=1, done_on=day) for s in (0, 1)]
    fresh = estimate([make_row(score=s) for s in (0, 1)], bank=bank)
    old = estimate(pair, bank=bank, half_life_days={"knowledge": 50.0})
    assert old.theta.mean == fresh.theta.mean == 0.0
    assert old.theta.sd > fresh.theta.sd


def test_critical_rows_are_listed_and_change_no_figure():
    rows = make_sheet(0, id="flagged", critical=True)
    plain = estimate(make_sheet(0))
    assert estimate(rows).critical_ids == ("flagged",)
    assert chances(estimate(rows)) == chances(plain)


# As of a date


def test_only_what_was_done_and_known_by_then_is_used():
    rows = [
        make_row(id="used"),
        make_row(id="late-work", done_on=date(2026, 7, 1)),
        make_row(id="late-news", recorded_at=AS_OF + timedelta(seconds=1)),
    ]
    result = estimate(rows)
    assert result.used_ids == ("used",)
    assert [(row.id, row.reason) for row in result.ignored] == [
        ("late-news", "recorded_after_as_of"),
        ("late-work", "done_after_as_of"),
    ]


def test_evidence_from_the_future_alone_is_no_evidence():
    result = estimate([make_row(id="late", done_on=date(2026, 7, 1))])
    assert not result.has_evidence
    assert result.ignored[0].id == "late"
    assert sum(n for _, n in result.n_by_kind) == 0


def test_day_of_a_moment_is_read_in_its_own_zone():
    row = make_row(
        done_on=date(2026, 7, 1), recorded_at=datetime(2026, 6, 30, 16, tzinfo=UTC)
    )
    moment = datetime(2026, 6, 30, 17, tzinfo=UTC)
    assert not estimate([row], as_of=moment).has_evidence
    assert estimate([row], as_of=moment.astimezone(JST)).has_evidence


def test_plain_day_lasts_to_its_end():
    row = make_row(
        done_on=date(2026, 6, 30), recorded_at=datetime(2026, 6, 30, 23, tzinfo=UTC)
    )
    assert estimate([row], as_of=date(2026, 6, 30)).has_evidence
    assert not estimate([row], as_of=date(2026, 6, 29)).has_evidence


# The record of it


@pytest.mark.parametrize("rows", [[], [make_row(), *make_sheet(2, 1)]])
def test_estimate_survives_json_unchanged(rows):
    data = estimate(rows, half_life_days={"practice": 365.0}).to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_estimate_names_its_inputs():
    data = estimate([make_row(id="a"), *make_sheet(2, id="b")]).to_dict()
    assert data["rule_version"] == "level-rule/1"
    assert data["as_of"] == "2026-06-30T12:00:00+00:00"
    assert data["scale"]["cuts"] == list(SCALE.cuts)
    assert data["rule"]["confidence"] == 800
    assert data["n_by_kind"] == {
        "knowledge": 1,
        "simulation": 1,
        "practice": 0,
        "supervision": 0,
    }
    assert [row["id"] for row in data["used"]] == ["a", "b"]


def test_unlimited_cap_lets_all_kinds_count_in_full():
    result = estimate([*make_sheet(2), make_row()], weaker_kinds_cap=float("inf"))
    assert [row.is_capped for row in result.used] == [False, False]
    assert result.to_dict()["rule"]["weaker_kinds_cap"] is None


def test_cap_of_nought_shuts_weaker_kinds_out():
    alone = estimate(make_sheet(2))
    beside = estimate([*make_sheet(2), make_row()], weaker_kinds_cap=0.0)
    assert chances(beside)[2:3] == chances(alone)[2:3]
