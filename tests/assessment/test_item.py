"""What an answer to each kind of item is worth, and what is said to it."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.domain import Item
from lms.errors import InvalidInputError


def words(text):
    return {"ja": text, "en": text}


def make_item(kind, **parts):
    return Item.from_document(
        {
            "id": "x",
            "version": 1,
            "kind": kind,
            "competency": "interviewing",
            "level": 1,
            "difficulty": -0.4,
            "stem": words("stem"),
            "source": [{"title": words("source")}],
            "as_of": "2026-11-23",
            "review_by": "2027-03-31",
            "unverified": False,
            **parts,
        }
    )


def choice(kind, correct, wrong):
    options = [
        {
            "id": slug,
            "text": words(slug),
            "correct": slug in correct,
            "feedback": words(f"why {slug}"),
            "belief": words(f"belief {slug}"),
        }
        for slug in correct + wrong
    ]
    return make_item(kind, options=options)


def ordering(slugs="abcd", before=()):
    return make_item(
        "ordering",
        steps=[
            {"id": s, "text": words(s), "feedback": words(f"why {s}")} for s in slugs
        ],
        before=[{"first": a, "then": b, "reason": words(a + b)} for a, b in before],
        belief=words("belief"),
    )


def matching():
    return make_item(
        "matching",
        prompts=[
            {"id": p, "text": words(p), "answer": a, "feedback": words(f"why {p}")}
            for p, a in [("p", "a"), ("q", "b"), ("r", "a")]
        ],
        options=[
            {"id": s, "text": words(s), "feedback": words(f"is {s}")} for s in "abc"
        ],
    )


def situational():
    values = {"a": "between", "b": "best", "c": "worst", "d": "between"}
    return make_item(
        "situational",
        options=[
            {"id": s, "text": words(s), "value": v, "feedback": words(f"why {s}")}
            for s, v in values.items()
        ],
    )


EVERY = [
    choice("single", "a", "bc"),
    choice("multiple", "ab", "cd"),
    ordering(),
    ordering(before=["ab", "cd"]),
    matching(),
    situational(),
]


@pytest.mark.parametrize(("chosen", "score"), [("a", 1), ("b", 0)])
def test_single_item_gives_one_or_nothing(chosen, score):
    assert choice("single", "a", "bc").score(chosen).score == score


@pytest.mark.parametrize(
    ("chosen", "score"),
    [("ab", 2), ("a", 1), ("abc", 1), ("ac", 0), ("cd", 0), ("abcd", 0)],
)
def test_multiple_item_counts_options_judged_wrongly(chosen, score):
    assert choice("multiple", "ab", "cd").score(chosen).score == score


@pytest.mark.parametrize(
    ("order", "score"),
    [("abcd", 2), ("bacd", 1), ("bcad", 1), ("bcda", 0), ("dcba", 0)],
)
def test_ordering_counts_the_pairs_that_are_kept(order, score):
    assert ordering().score(order).score == score  # of six pairs


def test_pairs_that_the_author_leaves_open_cost_nothing():
    item = ordering(before=["ab", "ac", "bd"])
    assert item.score("acbd").score == 2
    assert item.score("cabd").score == 1
    assert item.score("dcba").score == 0


def test_a_step_in_a_turned_pair_is_told_why():
    item = ordering(before=["ab", "cd"])
    told = {part.text.en: part for part in item.parts("bacd")}
    assert [told[s].is_right for s in "abcd"] == [False, False, True, True]
    assert told["a"].notes[-1].en == "ab"
    assert (told["a"].given, told["a"].expected) == ("2", "1")


def test_steps_are_shown_shuffled_and_the_same_for_everybody():
    shown = [step.slug for step in ordering().body.shown]
    assert shown == [step.slug for step in ordering().body.shown]
    assert shown != list("abcd")
    assert sorted(shown) == list("abcd")


@pytest.mark.parametrize(
    ("chosen", "score"),
    [("aba", 2), ("abc", 1), ("cba", 1), ("bbb", 0), ("ccc", 0)],
)
def test_matching_counts_the_prompts(chosen, score):
    answer = [f"{p}={a}" for p, a in zip("pqr", chosen, strict=True)]
    assert matching().score(answer).score == score


def test_a_wrong_match_is_told_what_it_is_really_for():
    part = matching().parts(["p=c", "q=b", "r=a"])[0]
    assert [note.en for note in part.notes] == ["is c", "why p"]
    assert (part.given.en, part.expected.en) == ("c", "a")


@pytest.mark.parametrize(
    ("best", "worst", "score"),
    [
        ("b", "c", 2),
        ("b", "a", 1),
        ("a", "c", 1),
        ("a", "d", 0),
        ("c", "b", 0),
        ("c", "a", 0),
        ("a", "b", 0),
    ],
)
def test_situational_gives_a_point_for_each_end(best, worst, score):
    assert situational().score([f"best={best}", f"worst={worst}"]).score == score


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        (EVERY[0], ""),
        (EVERY[0], "z"),
        (EVERY[0], "ab"),
        (EVERY[1], ""),
        (EVERY[2], "abc"),
        (EVERY[2], "abcc"),
        (EVERY[2], "abcde"),
        (EVERY[4], ["p=a", "q=b"]),
        (EVERY[4], ["p=a", "q=b", "r=z"]),
        (EVERY[4], ["p=a", "p=b", "q=b", "r=a"]),
        (EVERY[5], ["best=a", "worst=a"]),
        (EVERY[5], ["best=a"]),
        (EVERY[5], ["best", "worst"]),
    ],
)
def test_answers_of_the_wrong_shape_are_refused(item, answer):
    with pytest.raises(InvalidInputError):
        item.score(answer)


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.kind)
def test_the_right_answer_misses_nothing(item):
    answer = item.body.right_answer
    assert item.normalise(answer) == answer
    assert item.score(answer).is_right
    assert all(part.is_right for part in item.parts(answer))


def answers_to(item):
    if item.kind in ("single", "multiple"):
        slugs = [option.slug for option in item.body.options]
        size = 1 if item.kind == "single" else len(slugs)
        return st.sets(st.sampled_from(slugs), min_size=1, max_size=size).map(tuple)
    if item.kind == "ordering":
        return st.permutations([step.slug for step in item.body.steps]).map(tuple)
    if item.kind == "matching":
        return st.sampled_from(
            [(f"p={x}", f"q={y}", f"r={z}") for x, y, z in product("abc", repeat=3)]
        )
    ends = permutations("abcd", 2)
    return st.sampled_from([(f"best={b}", f"worst={w}") for b, w in ends])


@given(data=st.data(), item=st.sampled_from(EVERY))
def test_points_stay_in_bounds_and_feedback_fits_them(data, item):
    answer = item.normalise(data.draw(answers_to(item)))
    assert item.normalise(answer) == answer
    result = item.score(answer)
    assert 0 <= result.score <= result.maximum == len(item.steps)
    parts = item.parts(answer)
    if result.is_right:
        assert all(part.is_right for part in parts)
    elif item.kind != "multiple":  # what was left out is named, not judged
        assert not all(part.is_right for part in parts)


def test_steps_are_as_many_as_points():
    assert len(EVERY[0].steps) == 1
    low, high = EVERY[1].steps
    assert low < -0.4 < high
