"""What a row, a bank, a scale and a rule refuse, and that they say which."""

from datetime import UTC, datetime

import pytest

from lms.psychometrics import Bank, DataError, LevelCuts, PsychometricsError
from tests.psychometrics.evidence_factory import NEEDS, SCALE, estimate, make_row


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"score": 2}, "score 2 is no whole number from 0 to 1"),
        ({"score": -1}, "score -1"),
        ({"score": True}, "score True"),
        ({"score": 0.5}, "score 0.5"),
        ({"score": 0, "maximum": 0}, "maximum 0"),
        ({"kind": "hearsay"}, "unknown kind 'hearsay'"),
        ({"indicator": ""}, "names no indicator"),
        ({"help_given": -1}, "help_given -1"),
        ({"recorded_at": datetime(2026, 6, 1, 9)}, "no time zone"),  # noqa: DTZ001
        ({"done_on": datetime(2026, 6, 1, tzinfo=UTC)}, "a day, not a moment"),
    ],
)
def test_impossible_row_is_refused_by_name(given, says):
    with pytest.raises(DataError, match="evidence 'the-row'.*" + says):
        make_row(id="the-row", **given)


def test_row_without_an_id_is_refused():
    with pytest.raises(DataError, match="empty id"):
        make_row(id="")


def test_unknown_indicator_is_named_with_its_row():
    row = make_row(id="the-row", indicator="nowhere")
    with pytest.raises(DataError, match=r"'the-row'.*'nowhere' is not in the bank"):
        estimate([row])


def test_maximum_that_does_not_fit_the_declared_steps_is_refused():
    row = make_row(id="the-row", indicator="of-3", maximum=2)
    with pytest.raises(DataError, match=r"'the-row': maximum 2.*'of-3' has 3 step"):
        estimate([row])


def test_row_handed_in_twice_is_refused():
    row = make_row(id="the-row")
    with pytest.raises(DataError, match=r"'the-row' is there twice"):
        estimate([row, row])


@pytest.mark.parametrize("steps", [[], [float("nan")], [float("inf")], [11.0]])
def test_bank_refuses_a_difficulty_that_cannot_be_meant(steps):
    with pytest.raises(DataError, match="indicator 'odd'"):
        Bank({"odd": steps})


def test_bank_keeps_its_own_copy_of_the_difficulties():
    steps = [0.0, 1.0]
    bank = Bank({"a": steps})
    steps.append(9.0)
    assert bank.steps["a"] == (0.0, 1.0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"cuts": ()}, "at least one"),
        ({"cuts": (0.0, 0.0, 1.0, 2.0, 3.0)}, "do not rise"),
        ({"cuts": (0.0, 1.0)}, "2 cuts but 5 needs"),
        ({"cuts": (0.0, 1.0, 2.0, 3.0, float("nan"))}, "cuts: nan"),
        ({"needs": ("practice", "knowledge", *NEEDS[2:])}, "weaken"),
        ({"needs": ("hearsay", *NEEDS[1:])}, "unknown kind 'hearsay'"),
        ({"prior_mean": 99.0}, "prior mean"),
        ({"prior_sd": 0.0}, "prior sd"),
        ({"prior_sd": float("nan")}, "prior sd"),
    ],
)
def test_scale_that_cannot_be_meant_is_refused(given, says):
    figures = {"cuts": SCALE.cuts, "needs": NEEDS, "prior_mean": 0.0, "prior_sd": 1.5}
    with pytest.raises(DataError, match=says):
        LevelCuts(**{**figures, **given})


@pytest.mark.parametrize(
    "given",
    [
        {"confidence": 0.4},
        {"confidence": 1.0},
        {"confidence": float("nan")},
        {"weaker_kinds_cap": -1.0},
        {"weaker_kinds_cap": float("nan")},
        {"episode_correlation": 1.1},
        {"nodes": 60},
        {"half_life_days": {"knowledge": 0.0}},
        {"half_life_days": {"hearsay": 9.0}},
    ],
)
def test_setting_out_of_range_is_refused_by_name(given):
    with pytest.raises(PsychometricsError, match=next(iter(given))):
        estimate([make_row()], **given)


def test_moment_without_a_zone_is_refused():
    with pytest.raises(PsychometricsError, match="as_of has no time zone"):
        estimate([make_row()], as_of=datetime(2026, 6, 30))  # noqa: DTZ001
