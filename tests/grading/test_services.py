"""Claiming, keeping and returning sheets."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.evidence.models import Evidence
from lms.grading.domain import Rating, SheetDraft
from lms.grading.queries.queue import (
    find_other_claim,
)
from lms.grading.queries.sheets import (
    is_marked,
    list_returned_sheets,
)
from lms.grading.services.keeping import (
    StaleSheetError,
    claim_sheet,
    draft_of,
    save_draft,
)
from lms.grading.services.returning import IncompleteSheetError, return_sheet
from lms.permissions import Role
from tests.conftest import NOON
from tests.factories.accounts import make_pair, make_person
from tests.grading.values import (
    all_rated,
    later,
    make_seen,
    make_sheet,
    make_submission,
    shipped_rubric,
    superseded_ids,
)


@pytest.fixture
def rubric(session, library):
    return shipped_rubric(session, library)


@pytest.fixture
def marking(session, library):
    """A rater, a submission of their learner, and the sheet on it."""
    rater, learner = make_pair(session)
    submission = make_submission(session, library, learner)
    return rater, submission, make_sheet(session, submission, rater)


def save(session, sheet, draft, rubric, *, revision, now=NOON):
    return save_draft(
        session, sheet, draft, rubric=rubric.content, revision=revision, now=now
    )


def give_back(session, submission, sheet, rubric, *, now=NOON):
    return return_sheet(
        session,
        sheet,
        submission=submission,
        rubric=rubric,
        time_zone="Asia/Tokyo",
        now=now,
    )


def rated(session, sheet):
    rows = session.scalars(select(Evidence).where(Evidence.rater_id == sheet.rater_id))
    return {row.criterion: row for row in rows}


def test_claim_lasts_two_hours_and_is_renewed_by_the_same_rater(session, marking):
    rater, submission, sheet = marking
    assert sheet.claim_expires_at == NOON + timedelta(hours=2)
    again = claim_sheet(session, submission, rater_id=rater.subject_id, now=later(30))
    assert again.id == sheet.id
    assert again.claimed_at == NOON
    assert again.claim_expires_at == later(150)


def test_claim_of_another_rater_is_seen_until_it_expires(session, marking):
    _, submission, sheet = marking
    other = make_person(session, Role.SUPERVISOR).subject_id
    seen = find_other_claim(session, submission, other, now=later(119))
    assert seen == sheet.claim_expires_at
    assert find_other_claim(session, submission, other, now=later(120)) is None
    assert find_other_claim(session, submission, sheet.rater_id, now=NOON) is None


def test_draft_comes_back_as_it_was_typed(session, marking, rubric):
    _, _, sheet = marking
    draft = SheetDraft.on(
        rubric.content,
        [
            Rating("finds-need", 2, comment="夜の電話に気づきました。"),
            Rating("asks-consent", not_observed=True),
            Rating("agrees-plan", comment="あとで"),
        ],
        "落ち着いて聞けていました。",
    )
    sheet = save(session, sheet, draft, rubric, revision=0, now=later(4))
    session.commit()
    session.expire_all()
    assert draft_of(sheet, rubric.content) == draft
    assert (sheet.revision, sheet.saved_at) == (1, later(4))


def test_rating_may_be_taken_back_while_it_is_a_draft(session, marking, rubric):
    _, _, sheet = marking
    sheet = save(session, sheet, all_rated(rubric.content), rubric, revision=0)
    empty = SheetDraft.on(rubric.content)
    sheet = save(session, sheet, empty, rubric, revision=1)
    assert draft_of(sheet, rubric.content) == empty


def test_stale_save_is_refused_with_both_sides(session, marking, rubric):
    _, _, sheet = marking
    first = all_rated(rubric.content, band=1)
    second = all_rated(rubric.content, band=3)
    sheet = save(session, sheet, first, rubric, revision=0)
    with pytest.raises(StaleSheetError) as refusal:
        save(session, sheet, second, rubric, revision=0)
    assert (refusal.value.stored, refusal.value.typed) == (first, second)
    assert draft_of(sheet, rubric.content) == first


def test_sheet_that_was_read_before_another_window_saved_is_stale(
    session, marking, rubric
):
    _, submission, before = marking
    first = all_rated(rubric.content, band=1)
    kept = save(session, before, first, rubric, revision=0)
    with pytest.raises(StaleSheetError) as refusal:
        save(session, before, all_rated(rubric.content), rubric, revision=0)
    assert refusal.value.stored == first
    assert save(session, before, first, rubric, revision=0) == kept
    with pytest.raises(StaleSheetError):  # a revision that was read by nobody
        save(session, before, all_rated(rubric.content), rubric, revision=1)
    late = before._replace(ratings=kept.ratings)
    with pytest.raises(StaleSheetError):
        give_back(session, submission, late, rubric)
    assert rated(session, kept) == {}


def test_second_click_with_the_same_words_is_no_conflict(session, marking, rubric):
    _, _, sheet = marking
    draft = all_rated(rubric.content)
    sheet = save(session, sheet, draft, rubric, revision=0)
    sheet = save(session, sheet, draft, rubric, revision=0)
    assert sheet.revision == 1


def test_sheet_with_open_criteria_is_not_returned_and_says_which(
    session, marking, rubric
):
    _, submission, sheet = marking
    draft = all_rated(rubric.content, asks_consent={}, agrees_plan={})
    sheet = save(session, sheet, draft, rubric, revision=0)
    with pytest.raises(IncompleteSheetError) as refusal:
        give_back(session, submission, sheet, rubric)
    assert [row.slug for row in refusal.value.missing] == [
        "asks-consent",
        "agrees-plan",
    ]
    assert sheet.returned_at is None
    assert rated(session, sheet) == {}


def test_returned_sheet_is_evidence_that_names_its_inputs(session, marking, rubric):
    rater, submission, sheet = marking
    draft = all_rated(rubric.content, band=2, chooses_interpreter={"band": 0})
    sheet = save(session, sheet, draft, rubric, revision=0)
    sheet = give_back(session, submission, sheet, rubric, now=later(60))
    rows = rated(session, sheet)
    assert set(rows) == {row.slug for row in rubric.content.criteria}
    row = rows["finds-need"]
    criterion = rubric.content.find_criterion("finds-need")
    assert (row.score, row.maximum) == (2, 3)
    assert tuple(row.steps) == criterion.band_steps
    assert (row.kind, row.competency) == ("simulation", "interviewing")
    assert row.indicator == f"rubric/first-interview/finds-need@{rubric.digest[:12]}"
    assert row.key == f"sheet:{sheet.public_id}:finds-need"
    assert row.episode == f"letter:{submission.work_id}"
    assert (row.source, row.rater_id) == ("sheet", rater.subject_id)
    assert row.recorded_at == sheet.returned_at == later(60)
    assert not row.is_critical
    assert rows["chooses-interpreter"].is_critical


def test_evidence_bears_the_day_of_the_hand_in_where_the_learner_is(
    session, library, rubric
):
    rater, learner = make_pair(session)
    late = NOON.replace(hour=16)  # 01:00 on the 24th in Tokyo
    submission = make_submission(session, library, learner, submitted_at=late)
    sheet = make_sheet(session, submission, rater)
    sheet = save(session, sheet, all_rated(rubric.content), rubric, revision=0)
    sheet = give_back(session, submission, sheet, rubric, now=late + timedelta(days=9))
    assert {row.done_on for row in rated(session, sheet).values()} == {
        date(2026, 11, 24)
    }


def test_sheet_supersedes_what_the_work_observed_except_where_not_observed(
    session, marking, rubric
):
    _, submission, sheet = marking
    replaced = [
        make_seen(session, submission, "finds-need"),
        make_seen(session, submission, "finds-need", source="task"),
    ]
    standing = make_seen(session, submission, "asks-consent")
    draft = all_rated(rubric.content, asks_consent={"not_observed": True})
    sheet = save(session, sheet, draft, rubric, revision=0)
    sheet = give_back(session, submission, sheet, rubric)
    assert superseded_ids(session) == {row.id for row in replaced}
    assert standing.id not in superseded_ids(session)
    assert "asks-consent" not in rated(session, sheet)


def test_help_that_the_work_recorded_counts_for_the_rating_too(
    session, marking, rubric
):
    _, submission, sheet = marking
    make_seen(session, submission, "finds-need", help_given=1)
    sheet = save(session, sheet, all_rated(rubric.content), rubric, revision=0)
    sheet = give_back(session, submission, sheet, rubric)
    rows = rated(session, sheet)
    assert rows["finds-need"].help_given == 1
    assert rows["agrees-plan"].help_given == 0


def test_returning_twice_leaves_one_set_of_evidence(session, marking, rubric):
    _, submission, sheet = marking
    make_seen(session, submission, "finds-need")
    sheet = save(session, sheet, all_rated(rubric.content), rubric, revision=0)
    sheet = give_back(session, submission, sheet, rubric, now=later(1))
    sheet = give_back(session, submission, sheet, rubric, now=later(2))
    assert len(rated(session, sheet)) == len(rubric.content.criteria)
    assert len(superseded_ids(session)) == 1
    assert sheet.returned_at == later(1)


def test_nothing_in_a_returned_sheet_changes(session, marking, rubric):
    rater, submission, sheet = marking
    draft = all_rated(rubric.content, band=2)
    sheet = save(session, sheet, draft, rubric, revision=0)
    sheet = give_back(session, submission, sheet, rubric)
    expiry = sheet.claim_expires_at
    changed = all_rated(rubric.content, band=3)
    with pytest.raises(StaleSheetError) as refusal:
        save(session, sheet, changed, rubric, revision=sheet.revision)
    assert refusal.value.stored == draft
    claim_sheet(session, submission, rater_id=rater.subject_id, now=later(500))
    assert sheet.claim_expires_at == expiry


def test_work_is_marked_once_a_sheet_on_it_is_returned(session, marking, rubric):
    _, submission, sheet = marking
    sheet = save(session, sheet, all_rated(rubric.content), rubric, revision=0)
    assert not is_marked(session, submission.work_id)
    sheet = give_back(session, submission, sheet, rubric)
    assert is_marked(session, submission.work_id)
    assert list_returned_sheets(session, submission.work_id) == [sheet]


def test_two_raters_keep_a_sheet_each(session, marking, rubric):
    _, submission, sheet = marking
    other = make_sheet(session, submission, make_person(session, Role.SUPERVISOR))
    sheet = save(session, sheet, all_rated(rubric.content, band=1), rubric, revision=0)
    other = save(session, other, all_rated(rubric.content, band=3), rubric, revision=0)
    assert draft_of(sheet, rubric.content).rating("finds-need").band == 1
    assert draft_of(other, rubric.content).rating("finds-need").band == 3
