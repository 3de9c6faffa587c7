"""What an answer is worth."""

from datetime import date

import pytest

from lms.assessment.domain import Item, ItemKindName, Option
from lms.content.domain import Bilingual, SourceNote
from lms.errors import InvalidInputError

TEXT = Bilingual("あ", "a")
SOURCE = SourceNote((TEXT,), (None,), date(2026, 11, 23), date(2027, 3, 31))


def make_item(kind: ItemKindName, correct: str, wrong: str) -> Item:
    options = tuple(
        Option(slug, TEXT, slug in correct, TEXT, TEXT) for slug in correct + wrong
    )
    return Item(
        "x", 1, kind, "interviewing", 1, -0.4, TEXT, options, SOURCE, is_graded=True
    )


@pytest.mark.parametrize(("chosen", "score"), [("a", 1), ("b", 0)])
def test_single_item_gives_one_or_nothing(chosen, score):
    item = make_item(ItemKindName.SINGLE, "a", "bc")
    assert item.score(chosen).score == score


@pytest.mark.parametrize(
    ("chosen", "score"),
    [("ab", 2), ("a", 1), ("abc", 1), ("ac", 0), ("cd", 0), ("abcd", 0)],
)
def test_multiple_item_counts_options_judged_wrongly(chosen, score):
    item = make_item(ItemKindName.MULTIPLE, "ab", "cd")
    assert item.score(chosen).score == score


@pytest.mark.parametrize("chosen", ["", "z", "ab"])
def test_answers_of_the_wrong_shape_are_refused(chosen):
    item = make_item(ItemKindName.SINGLE, "a", "bc")
    with pytest.raises(InvalidInputError):
        item.score(chosen)


def test_steps_are_as_many_as_points():
    assert len(make_item(ItemKindName.SINGLE, "a", "b").steps) == 1
    low, high = make_item(ItemKindName.MULTIPLE, "a", "b").steps
    assert low < -0.4 < high
