"""A sheet as plain values."""

import pytest

from lms.grading.domain import (
    Rating,
    SheetDraft,
    differences,
    evidence_of,
    missing_criteria,
)
from tests.grading.values import all_rated, two_criteria

RUBRIC = two_criteria()
DIGEST = "0123456789abcdef" * 4


def test_new_draft_misses_every_criterion_in_the_order_of_the_rubric():
    missing = missing_criteria(RUBRIC, SheetDraft.on(RUBRIC))
    assert [row.slug for row in missing] == ["listening", "safety"]


def test_not_observed_closes_a_criterion_as_a_band_does():
    draft = SheetDraft.on(
        RUBRIC, [Rating("safety", not_observed=True), Rating("listening", 0)]
    )
    assert missing_criteria(RUBRIC, draft) == ()


def test_comment_alone_leaves_a_criterion_open():
    draft = all_rated(RUBRIC, safety={"comment": "later"})
    assert [row.slug for row in missing_criteria(RUBRIC, draft)] == ["safety"]


def test_rating_cannot_be_a_band_and_not_observed_at_once():
    with pytest.raises(ValueError, match="not observed"):
        Rating("safety", band=1, not_observed=True)


@pytest.mark.parametrize("rating", [Rating("other", 1), Rating("safety", 4)])
def test_draft_takes_only_criteria_and_bands_of_its_rubric(rating):
    with pytest.raises(ValueError, match=r"no criterion|no such band"):
        SheetDraft.on(RUBRIC, [rating])


def test_order_of_ratings_makes_no_other_draft():
    ratings = [Rating("listening", 1), Rating("safety", 2)]
    assert SheetDraft.on(RUBRIC, ratings) == SheetDraft.on(RUBRIC, ratings[::-1])


def test_each_rated_criterion_is_one_showing_of_what_it_measures():
    showings = evidence_of(RUBRIC, DIGEST, all_rated(RUBRIC, band=2))
    listening = showings[0]
    assert [row.criterion for row in showings] == ["listening", "safety"]
    assert (listening.score, listening.maximum) == (2, 3)
    assert listening.steps == (-1.0, 0.0, 1.5)
    assert listening.competency == "interviewing"
    assert listening.kind == "simulation"
    assert listening.indicator == "rubric/talk/listening@0123456789ab"


def test_not_observed_and_open_criteria_show_nothing():
    draft = SheetDraft.on(RUBRIC, [Rating("safety", not_observed=True)])
    assert evidence_of(RUBRIC, DIGEST, draft) == ()


def test_only_the_band_that_the_rubric_names_is_critical():
    critical = {
        band: [row.is_critical for row in evidence_of(RUBRIC, DIGEST, draft)]
        for band in (0, 1)
        for draft in [all_rated(RUBRIC, band=band)]
    }
    assert critical == {0: [False, True], 1: [False, False]}


def test_difference_names_the_criterion_and_both_sides():
    stored = all_rated(RUBRIC, band=1)
    typed = all_rated(RUBRIC, band=1, safety={"band": 2, "comment": "seen again"})
    (only,) = differences(RUBRIC, stored, typed)
    assert only.criterion.slug == "safety"
    assert (only.stored.band, only.typed.band) == (1, 2)
