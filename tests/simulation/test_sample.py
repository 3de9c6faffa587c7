"""The literal sample of the case format, with the faults that are known to be in it."""

import pytest

from lms.content.domain import Level
from lms.simulation.domain import case_from_document, explore, play_named
from tests.simulation.case_files import (
    check_folder,
    read_document,
    sample_index,
    write_sample,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def case(folder):
    return case_from_document(read_document(folder))


@pytest.fixture(scope="module")
def findings(folder):
    return check_folder(folder, sample_index())


def test_sample_has_39_states_and_10_routes(case):
    result = explore(case)
    assert (result.states, result.routes, result.is_complete) == (39, 10, True)


def test_six_of_the_routes_run_out_of_time(case):
    # Minutes at which the ten routes end: 21, 27 (son), 20 (gesture), and with the
    # telephone interpreter 27, 33, 33, 33 (after the plan) and three times 34 (after
    # the referral). More than 30 is office_closes.
    assert explore(case).endings == {"close": 4, "office_closes": 6}


def test_plan_is_observable_on_seven_of_ten_routes(case):
    figures = explore(case).criteria
    assert figures["P1"].observable_share == pytest.approx(0.7)
    assert {figures[name].observable_share for name in ("I1", "I2", "R1")} == {1.0}


def test_bounds_of_the_first_criterion_agree_with_a_count_by_hand(case):
    # Least: gesture, asking for money only (1), triage not met (0), omission (0).
    # Most: money 1, why now 2, alone 2 × 2, triage 2.
    figures = explore(case).criteria["I1"]
    assert (figures.low, figures.high) == (1, 9)


def test_careful_path_ends_at_minute_33_when_the_office_closes(case):
    result = play_named(case, case.tests[0].play)
    assert (result.scene, result.minutes) == ("office_closes", 33)
    assert [row.criteria for row in result.pending] == [("P1",)]


@pytest.mark.parametrize(
    ("code", "where", "line"),
    [
        ("I1", "scenes.desk.turns.desk.1", 37),
        ("I2", "scenes.need.turns.need.1.via", 59),
        ("E2", "blueprint.P1", 13),
        ("V1", "state.consent", 29),
        ("F1", "facts.job_lost", 23),
        ("P1", "tests.careful path.expect.end", 130),
    ],
)
def test_known_fault_is_found_at_its_place(findings, code, where, line):
    assert (code, where, line) in {(r.code, r.where, r.line) for r in findings}


def test_what_follows_from_these_faults_is_found_and_nothing_else(findings):
    grave = {row.code: row for row in findings if row.level is not Level.HINT}
    assert sorted(grave) == ["E2", "E4", "E5", "E6", "F1", "I1", "I2", "P1", "V1"]
    # Consent is never set, so no referral is whole; using the son is unsafe unwarned;
    # the need carries nine of fourteen points.
    assert [grave[code].where for code in ("E4", "E5", "E6")] == [
        *("blueprint.R1", "blueprint.I1", "scenes.desk.choices.desk.use_son"),
    ]
    hints = {row.where.removeprefix("scenes.") for row in findings} & {
        "desk.choices.desk.use_son",
        "desk.choices.desk.gesture",
        "need.choices.need.why_now",
    }
    assert len(hints) == len(findings) - len(grave) == 3


def test_missing_interpreter_is_shown_by_the_shortest_play(findings):
    [row] = [row for row in findings if row.code == "I2"]
    assert row.play == ("desk.gesture",)


def test_route_without_the_plan_is_shown(findings):
    [row] = [row for row in findings if row.code == "E2"]
    assert "7 of 10 routes" in row.message
    assert row.play is not None
    assert row.play[-1] == "refer"
