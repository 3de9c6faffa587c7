"""What the conditions of a menu say of a client, in three values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.directory.domain import (
    Clause,
    ClientProfile,
    Needs,
    Standing,
    Truth,
    UnknownAttributeError,
    Verdict,
    eligibility,
)
from tests.directory.making import make_condition, make_menu, shipped

REGISTERED = Clause(attribute="registered", allowed=frozenset({True}))
ADULT = Clause(attribute="age", at_least=18)
CHILD = Clause(attribute="age", at_most=17)
TWO = (make_condition("adult", (ADULT,)), make_condition("r", (REGISTERED,)))
HOLDS, FAILS, OPEN = {"registered": True}, {"registered": False}, {}


@pytest.mark.parametrize(
    ("clause", "facts", "truth"),
    [
        (REGISTERED, {"registered": True}, Truth.HOLDS),
        (REGISTERED, {"registered": False}, Truth.FAILS),
        (REGISTERED, {}, Truth.OPEN),
        (REGISTERED, {"registered": "unknown"}, Truth.OPEN),
        (ADULT, {"age": 18}, Truth.HOLDS),
        (ADULT, {"age": 17}, Truth.FAILS),
        (CHILD, {"age": 17}, Truth.HOLDS),
        (CHILD, {"age": 0}, Truth.HOLDS),
        (CHILD, {"age": 18}, Truth.FAILS),
    ],
)
def test_one_clause(clause, facts, truth):
    assert clause.judge(facts) is truth


@pytest.mark.parametrize(
    ("age", "registered", "both", "either"),
    # The tables of Kleene (1952), section 64, for "and" and "or".
    [
        ({"age": 30}, HOLDS, Truth.HOLDS, Truth.HOLDS),
        ({"age": 30}, OPEN, Truth.OPEN, Truth.HOLDS),
        ({"age": 30}, FAILS, Truth.FAILS, Truth.HOLDS),
        ({}, HOLDS, Truth.OPEN, Truth.HOLDS),
        ({}, OPEN, Truth.OPEN, Truth.OPEN),
        ({}, FAILS, Truth.FAILS, Truth.OPEN),
        ({"age": 3}, HOLDS, Truth.FAILS, Truth.HOLDS),
        ({"age": 3}, OPEN, Truth.FAILS, Truth.OPEN),
        ({"age": 3}, FAILS, Truth.FAILS, Truth.FAILS),
    ],
)
def test_and_and_or_in_three_values(age, registered, both, either):
    facts = {**age, **registered}
    assert Needs(((ADULT, REGISTERED),)).judge(facts) is both
    assert Needs(((ADULT,), (REGISTERED,))).judge(facts) is either


def test_one_failed_condition_settles_it_and_is_named_with_its_source():
    menu = make_menu(*TWO)
    result = eligibility(menu, {"registered": False})
    assert result.verdict is Verdict.FAILED
    assert [row.id for row in result.failed] == ["r"]
    assert result.failed[0].basis.laws[0].citation.en == "Act, art. 5"
    assert [row.id for row in result.unknown] == ["adult"]


def test_what_is_unknown_is_asked_back():
    menu = make_menu(*TWO)
    result = eligibility(menu, {"age": 40})
    assert result.verdict is Verdict.UNKNOWN
    assert result.asks == ("registered",)


def test_a_way_that_is_closed_is_not_asked_about():
    condition = make_condition("x", (ADULT, REGISTERED), (CHILD,))
    result = eligibility(make_menu(condition), {"registered": False})
    assert result.asks == ("age",)
    assert eligibility(make_menu(condition), {"age": 40}).asks == ("registered",)


@pytest.mark.parametrize("facts", [FAILS, OPEN])
def test_an_unverified_condition_never_decides(facts):
    doubt = make_condition("r", (REGISTERED,), standing=Standing.UNVERIFIED)
    result = eligibility(make_menu(doubt), facts)
    assert result.verdict is Verdict.SATISFIED
    assert result.doubtful == (doubt,)
    assert result.is_likely_only


def test_what_is_weighed_is_likely_at_most():
    menu = make_menu(make_condition("r", (REGISTERED,)), is_weighed=True)
    assert eligibility(menu, HOLDS).is_likely_only
    assert not eligibility(menu, FAILS).is_likely_only
    assert not eligibility(make_menu(), {}).is_likely_only


def test_a_profile_holds_what_is_known():
    attributes = shipped().attributes
    profile = ClientProfile.from_facts(
        attributes, {"age": 30, "status": "unknown", "pregnant": None}
    )
    assert dict(profile) == {"age": 30}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"shoe-size": 40}, "no attribute of a client"),
        ({"status": "tourist"}, "give one of"),
        ({"status": ["student"]}, "give one of"),
        ({"age": 200}, "from 0 to 110"),
        ({"age": True}, "whole number"),
        ({"pregnant": "yes"}, "true or false"),
    ],
)
def test_a_profile_refuses_what_has_no_word(facts, told):
    attributes = shipped().attributes
    with pytest.raises(UnknownAttributeError, match=told):
        ClientProfile.from_facts(attributes, facts)
    assert len(shipped().faults_in(facts)) == 1


def values_of(attribute):
    if attribute.kind == "number":
        return st.integers(attribute.low, attribute.high)
    return st.sampled_from(sorted(attribute.values, key=str))


@given(st.data())
def test_knowing_more_never_overturns_a_verdict(data):
    """What is settled by a part of the facts is settled the same way by all of them."""
    directory = shipped()
    menu = data.draw(st.sampled_from(sorted(directory.menus)))
    menu = directory.menus[menu]
    full = {
        name: data.draw(values_of(directory.attributes[name])) for name in menu.reads()
    }
    known = data.draw(st.sets(st.sampled_from(sorted(full)))) if full else set()
    before = eligibility(menu, {name: full[name] for name in known}).verdict
    after = eligibility(menu, full).verdict
    assert after is not Verdict.UNKNOWN
    assert before in (Verdict.UNKNOWN, after)
