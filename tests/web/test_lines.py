"""What is typed: nothing that nobody sees, and names in one line."""

import pytest

from lms.web.forms import normalise_text
from lms.web.lines import normalise_line

# Persian for "books", Sinhala for "Sri", a family in one sign, 葛 in a variant.
WORDS = (
    "کتاب\u200cها",
    "ශ\u0dca\u200dරී",
    "👩\u200d👧",
    "葛\U000e0100城",
    "佐藤　例子",
)


@pytest.mark.parametrize("text", WORDS)
def test_joiners_inside_words_and_selectors_of_variants_stay(text):
    assert normalise_line(text) == text


@pytest.mark.parametrize(
    "text",
    ["\u200b", "\u200d\u200c", "\u3164", "\u2800 \u115f", "\u202e \ufeff", "\u00ad"],
)
def test_text_of_signs_that_nobody_sees_is_empty(text):
    assert normalise_text(text) == ""
    assert normalise_line(text) == ""


@pytest.mark.parametrize(
    "sign", "\u200b\u200e\u202e\u2066\u2069\u061c\ufeff\u2060\u00ad"
)
def test_signs_that_nobody_sees_are_left_out(sign):
    assert normalise_text(f"{sign}山{sign}田\n花{sign}") == "山田\n花"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\t", "\u2028", "\r"])
def test_a_name_is_one_line(end):
    assert normalise_line(f"山田{end}花") == "山田 花"


def test_what_is_no_text_is_left_to_the_validators():
    assert normalise_line(None) is None
