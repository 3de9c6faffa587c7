"""Zones and rulings, worked by hand."""

import pytest

from lms.decisions.domain import (
    CompetencyRuling,
    Outcome,
    PanelRule,
    Ruling,
    Standing,
    Zone,
    ZoneReason,
    count_zones,
    find_faults,
    place,
)

RULE = PanelRule(confidence=800)
REASON = "三人の評価者がそろって示せている。"


def standing(
    *, chance: int | None = 900, attested: int | None = 3, slug: str = "ethics"
) -> Standing:
    return Standing(
        competency=slug, required_level=3, attested_level=attested, chance=chance
    )


def zone_of(row: Standing, *flagged: str):
    return place([row], RULE, flagged)[0]


@pytest.mark.parametrize(
    ("chance", "attested", "zone", "reasons"),
    [
        (800, 3, Zone.AWARD, ()),
        (999, 4, Zone.AWARD, ()),
        (799, 2, Zone.PANEL, (ZoneReason.UNSURE,)),
        (900, 2, Zone.PANEL, (ZoneReason.NOT_ATTESTED,)),
        (500, 2, Zone.PANEL, (ZoneReason.UNSURE,)),
        (499, 2, Zone.NOT_YET, (ZoneReason.UNLIKELY,)),
        (0, 0, Zone.NOT_YET, (ZoneReason.UNLIKELY,)),
        (None, None, Zone.NOT_YET, (ZoneReason.NO_EVIDENCE,)),
    ],
)
def test_zone_follows_chance_and_attested_level(chance, attested, zone, reasons):
    placed = zone_of(standing(chance=chance, attested=attested))
    assert (placed.zone, placed.reasons) == (zone, reasons)


def test_open_flag_anywhere_keeps_every_competency_out_of_the_award_zone():
    rows = [standing(slug="ethics"), standing(slug="interviewing")]
    placed = place(rows, RULE, ["ethics"])
    assert [row.zone for row in placed] == [Zone.PANEL, Zone.PANEL]
    assert placed[1].reasons == (ZoneReason.OPEN_FLAG,)


def test_flag_on_a_competency_outside_the_pack_counts_too():
    assert zone_of(standing(), "something-else").zone is Zone.PANEL


def test_every_zone_is_counted():
    placed = place([standing(), standing(chance=None, attested=None)], RULE, ())
    assert count_zones(placed) == {Zone.NOT_YET: 1, Zone.PANEL: 0, Zone.AWARD: 1}


def ruling(outcome=Outcome.AWARD, row=Outcome.AWARD, *, reason=REASON, why=""):
    return Ruling(
        outcome=outcome,
        reason=reason,
        competencies={"ethics": CompetencyRuling(row, why)},
    )


def faults_of(given: Ruling, row: Standing, flags: int = 0):
    return [
        (fault.competency, fault.part)
        for fault in find_faults(given, [row], open_flags=flags)
    ]


def test_award_of_what_is_attested_needs_no_more_than_the_reason():
    assert faults_of(ruling(), standing()) == []


@pytest.mark.parametrize("reason", ["", "良い", "  短い    "])
def test_decision_without_a_real_reason_is_refused(reason):
    assert faults_of(ruling(reason=reason), standing()) == [(None, "reason")]


@pytest.mark.parametrize("attested", [2, None])
def test_award_below_the_required_level_needs_its_own_reason(attested):
    row = standing(attested=attested)
    assert faults_of(ruling(), row) == [("ethics", "reason")]
    assert faults_of(ruling(why=REASON), row) == []


def test_award_of_one_competency_below_its_level_needs_a_reason_in_any_decision():
    given = ruling(Outcome.MORE_EVIDENCE, Outcome.AWARD)
    assert faults_of(given, standing(attested=2)) == [("ethics", "reason")]


def test_certificate_without_a_competency_needs_a_reason_for_that_competency():
    given = ruling(Outcome.AWARD, Outcome.NOT_THIS_TIME)
    assert faults_of(given, standing(attested=1)) == [("ethics", "reason")]
    with_reason = ruling(Outcome.AWARD, Outcome.NOT_THIS_TIME, why=REASON)
    assert faults_of(with_reason, standing(attested=1)) == []


def test_nothing_is_awarded_while_a_flag_is_open_whatever_the_reason():
    given = ruling(why=REASON)
    assert faults_of(given, standing(), 1) == [("ethics", "outcome"), (None, "outcome")]


def test_other_outcomes_can_be_recorded_while_a_flag_is_open():
    given = ruling(Outcome.NOT_THIS_TIME, Outcome.MORE_EVIDENCE)
    assert faults_of(given, standing(), 1) == []


def test_every_competency_needs_an_outcome():
    given = Ruling(outcome=Outcome.MORE_EVIDENCE, reason=REASON, competencies={})
    assert faults_of(given, standing()) == [("ethics", "outcome")]
