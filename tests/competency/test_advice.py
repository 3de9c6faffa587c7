"""What would tell most about a required level."""

from lms.competency.domain import advise_next, build_record
from tests.competency.values import (
    LEARNER,
    NOW,
    make_case_row,
    make_framework,
    make_row,
    make_sheet_row,
)


def advice_on(competency, *rows, **levels):
    record = build_record(make_framework(**levels), rows, subject_id=LEARNER, as_of=NOW)
    return advise_next(record.find_entry(competency))


def test_without_evidence_the_kind_that_the_required_level_needs_is_named():
    assert advice_on("doing").kind == "simulation"
    assert advice_on("doing", doing=3).kind == "practice"


def test_questions_cannot_be_advised_for_a_level_that_needs_a_case():
    items = [make_row(n, competency="doing") for n in range(20)]
    found = advice_on("doing", *items)
    assert (found.kind, found.level) == ("simulation", 2)
    assert found.can_settle


def test_reached_level_needs_no_advice():
    assert advice_on("knowing", *(make_row(n) for n in range(8))) is None
    assert advice_on("knowing", make_row(1), knowing=0) is None


def test_replaced_row_sways_no_advice():
    seen = make_case_row(1)
    sheet = make_sheet_row(2, score=1)
    replaced = seen._replace(superseded_by=sheet.id, superseded_at=sheet.recorded_at)
    assert advice_on("doing", replaced, sheet) == advice_on("doing", sheet)
    assert advice_on("doing", seen, sheet) != advice_on("doing", sheet)
