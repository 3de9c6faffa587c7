"""Which piece of work would tell most about a claim."""

import json
from datetime import timedelta

import numpy as np
import pytest

from lms.psychometrics import Bank, DataError, LevelRule, Piece, next_evidence
from lms.psychometrics.errors import PsychometricsError
from tests.psychometrics.evidence_factory import (
    AS_OF,
    SCALE,
    estimate,
    make_row,
    make_sheet,
)

BANK = Bank(
    {
        "of-1": [-0.4],
        "of-3": [-0.7, 0.5, 1.8],
        "easy": [-4.0],
        "hard": [4.0],
        "fit": [0.5],
        "other": [0.4],
        "criterion": [-0.3, 0.5, 1.3],
    }
)


def piece(name, kind="simulation", *indicators):
    return Piece(name, kind, indicators or (name,))


def advise(rows, pieces, **given):
    given.setdefault("as_of", AS_OF)
    return next_evidence(rows, BANK, SCALE, pieces, **given)


def names(found):
    return [row.id for row in found]


def test_narrowing_equals_trying_every_outcome():
    rows = make_sheet(2)
    found = advise(rows, [piece("criterion")], level=3, count=1)[0]
    grid = np.linspace(-12, 12, 4001)

    def odds(theta, steps):
        sums = np.concatenate([[0.0], np.cumsum(steps)])
        raw = np.exp(np.multiply.outer(np.arange(sums.size), theta) - sums[:, None])
        return raw / raw.sum(axis=0)

    now = np.exp(-((grid / 1.5) ** 2) / 2) * odds(grid, [-0.7, 0.5, 1.8])[2]
    now /= now.sum()
    likelihood = odds(grid, [-0.3, 0.5, 1.3])
    is_above = grid >= 0.5
    before = now[is_above].sum()
    after = 0.0
    for own in likelihood:
        chance = (now * own).sum()
        p = (now * own)[is_above].sum() / chance
        after += chance * p * (1 - p)
    expected = 1000 * (1 - after / (before * (1 - before)))
    assert found.narrowing == pytest.approx(expected, abs=2)


def test_outcomes_agree_with_the_estimates_that_they_would_lead_to():
    # Two criteria of one episode count 1 / 1.3 each, in the advice as in the estimate.
    rows = make_sheet(2, 1)
    planned = [piece("case", "simulation", "of-3", "of-3")]
    found = advise(rows, planned, level=3, count=1)[0]
    chances, p_after = [], []
    grid = np.linspace(-8, 8, 801)
    steps = np.concatenate([[0.0], np.cumsum([-0.7, 0.5, 1.8])])
    own = np.exp(np.multiply.outer(np.arange(4), grid) - steps[:, None])
    own /= own.sum(axis=0)
    now = np.exp(-((grid / 1.5) ** 2) / 2) * (own[2] * own[1]) ** (1 / 1.3)
    now /= now.sum()
    for first in range(4):
        for second in range(4):
            chances.append((now * own[first] * own[second]).sum())
            after = estimate([*rows, *make_sheet(first, second)], bank=BANK)
            p_after.append(after.claims[2].chance / 1000)
    p = np.array(p_after)
    p_now = estimate(rows, bank=BANK).claims[2].chance / 1000
    expected = 1 - (np.array(chances) @ (p * (1 - p))) / (p_now * (1 - p_now))
    assert found.narrowing == pytest.approx(1000 * expected, abs=3)


def test_piece_at_the_cut_tells_more_than_one_far_from_it():
    rows = make_sheet(2, 1)
    found = advise(rows, [piece("easy"), piece("hard"), piece("fit")], count=3)
    assert names(found)[0] == "fit"
    assert [row.narrowing for row in found] == sorted(row.narrowing for row in found)


def test_only_the_kind_that_is_missing_is_named():
    items = [make_row() for _ in range(9)]
    pieces = [piece("fit", "knowledge"), piece("other"), piece("hard", "practice")]
    found = advise(items, pieces, level=3)
    assert names(found) == ["other", "hard"]
    assert all(row.can_settle for row in found)


def test_weaker_kind_is_named_where_nothing_better_is_to_be_had_and_said_so():
    found = advise([], [piece("fit", "knowledge")], level=3)
    assert names(found) == ["fit"]
    assert not found[0].can_settle


def test_weaker_kind_for_which_the_cap_leaves_no_room_is_not_named():
    rows = [*make_sheet(2), *(make_row(score=i % 2) for i in range(20))]
    assert advise(rows, [piece("fit", "knowledge")], level=3) == ()
    assert names(advise(rows, [piece("fit", "knowledge")], level=2)) == ["fit"]


def test_it_speaks_of_the_lowest_level_that_is_not_reached():
    rows = [*make_sheet(3, 3), *make_sheet(3, 3)]
    assert estimate(rows, bank=BANK).attested_level == 3
    found = advise(rows, [piece("criterion", "practice")])
    assert found[0].level == 4
    assert advise([], [piece("fit", "knowledge")])[0].level == 1


def test_all_levels_reached_leave_the_highest():
    rows = [row for _ in range(20) for row in make_sheet(3, 3, kind="supervision")]
    assert estimate(rows, bank=BANK).attested_level == 5
    assert all(r.level == 5 for r in advise(rows, [piece("hard", "supervision")]))


def test_second_piece_is_another_one_and_both_together_tell_more():
    pieces = [piece("fit"), piece("other"), piece("easy")]
    first, second = advise(make_sheet(2), pieces, level=3)
    assert {first.id, second.id} == {"fit", "other"}
    assert second.narrowing > first.narrowing


def test_order_of_pieces_and_rows_changes_nothing():
    rows = [*make_sheet(2, 1), make_row(), make_row(score=0)]
    pieces = [piece("fit"), piece("other"), piece("criterion", "practice")]
    given = advise(rows, pieces)
    assert advise(rows[::-1], pieces[::-1]) == given


def test_only_evidence_known_by_then_sways_the_advice():
    late = make_sheet(3, 3, recorded_at=AS_OF + timedelta(days=1))
    pieces = [piece("fit"), piece("hard")]
    assert advise(late, pieces, level=3) == advise([], pieces, level=3)


def test_rule_of_the_estimate_is_followed():
    old = make_sheet(3, 3, done_on=AS_OF.date() - timedelta(days=2000))
    rule = LevelRule(half_life_days=(("simulation", 100.0),))
    aged = advise(old, [piece("fit")], level=3, rule=rule)[0]
    fresh = advise([], [piece("fit")], level=3)[0]
    assert aged.narrowing == pytest.approx(fresh.narrowing, abs=2)


def test_advice_is_json_safe():
    data = [row.to_dict() for row in advise([], [piece("fit")], level=3)]
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data[0]["kind"] == "simulation"


def test_nothing_to_choose_from_gives_no_advice():
    assert advise(make_sheet(1), []) == ()


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([("x", "simulation", ("unknown",))], "'unknown' is not in the bank"),
        ([("x", "simulation", ("fit",))] * 2, "'x' is there twice"),
        ([("x", "hearsay", ("fit",))], "unknown kind 'hearsay'"),
        ([("x", "simulation", ())], "names no indicator"),
    ],
)
def test_impossible_piece_is_refused_by_its_name(pieces, words):
    with pytest.raises(DataError, match=words):
        advise([], [Piece(*given) for given in pieces])


@pytest.mark.parametrize("level", [0, 6])
def test_level_off_the_scale_is_refused(level):
    with pytest.raises(PsychometricsError, match="no level"):
        advise([], [piece("fit")], level=level)
