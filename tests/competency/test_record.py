"""The competency record: rules worked by hand."""

from datetime import timedelta
from uuid import UUID

import pytest

from lms.competency.domain import RowState, Standing, build_record
from lms.content.domain import canonical_bytes
from tests.competency.values import (
    DAY,
    KNOWN,
    LEARNER,
    NOW,
    RATER,
    make_case_row,
    make_framework,
    make_row,
    make_sheet_row,
)


def record_of(*rows, as_of=NOW, framework=None, cleared=None):
    return build_record(
        framework or make_framework(),
        rows,
        subject_id=LEARNER,
        as_of=as_of,
        framework_digest="d" * 64,
        cleared=cleared,
    )


def test_no_evidence_is_a_state_and_never_zero():
    entry = record_of().entries[0]
    assert not entry.has_evidence
    assert entry.chance is None
    assert entry.attested_level is None
    assert entry.standing is Standing.LACKING
    assert entry.to_dict()["interval"] is None


def test_one_right_and_one_wrong_answer_at_the_centre_leave_an_even_chance():
    # The prior has mean 0, both items have difficulty 0: the likelihood
    # s(t) * (1 - s(t)) is symmetric about 0, so half of the mass lies above cut 0.
    entry = record_of(make_row(1, score=1), make_row(2, score=0)).entries[0]
    assert entry.chance == pytest.approx(500, abs=1)
    assert entry.attested_level == 0
    assert entry.standing is Standing.OPEN


def test_level_is_attested_once_the_chance_reaches_the_confidence():
    rows = [make_row(number) for number in range(6)]
    entry = record_of(*rows).entries[0]
    assert entry.chance >= 800
    assert entry.attested_level == 1
    assert entry.standing is Standing.REACHED


def test_knowledge_alone_leaves_a_level_that_needs_a_case_lacking():
    rows = [make_row(number, competency="doing") for number in range(30)]
    entry = record_of(*rows).find_entry("doing")
    assert entry.standing is Standing.LACKING
    assert entry.missing_kinds == ("simulation",)
    awaited = {row.kind: row.is_awaited for row in entry.kinds}
    assert awaited == {"knowledge": False, "simulation": True}
    assert entry.attested_level == 1


def test_failed_case_is_no_missing_case():
    entry = record_of(make_sheet_row(1, score=0)).find_entry("doing")
    assert entry.standing is Standing.OPEN
    assert not any(row.is_awaited for row in entry.kinds)


def test_kind_that_the_framework_asks_for_elsewhere_is_named_but_not_awaited():
    framework = make_framework(knowing=1, doing=3)
    entry = record_of(make_row(1), framework=framework).entries[0]
    shown = [(row.kind, row.count, row.is_awaited) for row in entry.kinds]
    assert shown == [
        ("knowledge", 1, False),
        ("simulation", 0, False),
        ("practice", 0, False),
    ]


def test_what_a_case_saw_counts_provisionally_until_a_rater_has_marked_it():
    seen = make_case_row(1)
    before = record_of(seen).find_entry("doing")
    assert [row.state for row in before.rows] == [RowState.PROVISIONAL]
    marked = make_sheet_row(2)
    replaced = make_case_row(
        1, superseded_by=marked.id, superseded_at=marked.recorded_at
    )
    after = record_of(replaced, marked).find_entry("doing")
    assert [row.state for row in after.rows] == [RowState.SUPERSEDED, RowState.USED]
    assert after.rows[0].weight is None
    alone = record_of(marked).find_entry("doing")
    assert after.estimate.p_at_or_above == alone.estimate.p_at_or_above


def test_automatic_row_of_work_without_a_rubric_is_not_provisional():
    entry = record_of(make_case_row(1, rubric=None)).find_entry("doing")
    assert entry.rows[0].state is RowState.USED


def test_past_record_comes_out_byte_for_byte_as_it_was():
    seen = make_case_row(1)
    then = KNOWN + timedelta(hours=1)
    at_the_time = record_of(seen, as_of=then).to_dict()
    marked = make_sheet_row(2)
    later = make_case_row(1, superseded_by=marked.id, superseded_at=marked.recorded_at)
    recomputed = record_of(marked, later, make_row(3, recorded_at=NOW), as_of=then)
    assert canonical_bytes(recomputed.to_dict()) == canonical_bytes(at_the_time)


def test_work_done_this_morning_in_tokyo_is_known_this_morning():
    # 08:00 on the 24th in Tokyo is still the 23rd in UTC.
    morning = NOW.replace(day=24, hour=8)
    row = make_row(1, done_on=morning.date(), recorded_at=morning)
    assert record_of(row, as_of=morning).entries[0].has_evidence


def test_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        record_of(as_of=NOW.replace(tzinfo=None))


def test_order_of_rows_does_not_change_the_bytes():
    rows = [make_row(1), make_row(2, score=0), make_case_row(3), make_sheet_row(4)]
    forward = canonical_bytes(record_of(*rows).to_dict())
    assert canonical_bytes(record_of(*reversed(rows)).to_dict()) == forward


def test_dict_has_no_float():
    def floats(value):
        if isinstance(value, dict):
            return [f for part in value.values() for f in floats(part)]
        if isinstance(value, list):
            return [f for part in value for f in floats(part)]
        return [value] if isinstance(value, float) else []

    assert floats(record_of(make_row(1), make_case_row(2)).to_dict()) == []


def test_raters_and_cases_are_counted_once():
    rows = [
        make_sheet_row(1, attempt=1),
        make_sheet_row(2, attempt=1, criterion="sorts-urgency"),
        make_sheet_row(3, attempt=2),
        make_row(4, competency="doing"),
    ]
    entry = record_of(*rows).find_entry("doing")
    assert (entry.estimate.n_raters, entry.n_cases) == (1, 2)


def test_critical_flag_stays_open_when_a_rater_replaces_the_row():
    marked = make_sheet_row(2)
    flagged = make_case_row(
        1,
        score=0,
        is_critical=True,
        superseded_by=marked.id,
        superseded_at=marked.recorded_at,
    )
    assert [row.id for row in record_of(flagged, marked).open_flags] == [flagged.id]


def test_flag_is_open_until_the_moment_of_its_clearance():
    flagged = make_case_row(1, is_critical=True)
    cleared = {flagged.id: NOW}
    earlier = NOW - timedelta(seconds=1)
    assert record_of(flagged, as_of=NOW, cleared=cleared).open_flags == ()
    assert len(record_of(flagged, as_of=earlier, cleared=cleared).open_flags) == 1


def test_evidence_outside_the_framework_is_named_and_its_flag_is_open():
    row = make_row(1, competency="something-else", is_critical=True)
    record = record_of(row)
    assert record.outside == (row,)
    assert record.open_flags == (row,)
    assert record.rows == (row,)


def test_summary_parts_sum_to_the_number_of_competencies():
    summary = record_of(*[make_row(number) for number in range(6)]).summary
    assert summary.to_dict() == {"total": 2, "reached": 1, "open": 0, "lacking": 1}


def test_row_names_every_input():
    shape = record_of(make_sheet_row(7)).find_entry("doing").rows[0].to_dict()
    assert shape["id"] == str(UUID(int=1007))
    assert shape["rater"] == str(RATER)
    assert shape["steps"] == [-700, 500, 1800]
    assert shape["content"]["digest"] == "b" * 64
    assert shape["rubric"]["label"] == "4"
    assert shape["done_on"] == DAY.isoformat()
    assert shape["recorded_at"] == "2026-11-21T03:00:00.000000Z"


def test_entries_stand_under_their_abilities():
    record = record_of()
    shape = [
        (ability.slug, [entry.competency.slug for entry in entries])
        for ability, entries in record.by_ability
    ]
    assert shape == [("first", ["knowing"]), ("second", ["doing"])]
