"""The language of conditions."""

import pytest

from lms.simulation.domain.condition_reader import (
    ConditionError,
    Names,
    parse_condition,
)
from lms.simulation.domain.conditions import Name
from lms.simulation.domain.state import Layout, State
from lms.simulation.domain.variables import Variable

NAMES = Names(
    variables={
        "trust": Variable("trust", "int", (0, 1, 2, 3), 1),
        "voice": Variable("voice", "one_of", ("none", "line", "two-ways"), "none"),
        "agreed": Variable("agreed", "bool", (False, True), False),
    },
    facts=("threat", "job-lost"),
    scenes=("desk", "desk.late"),
    choices=("need.why", "need.why.now"),
)
LAYOUT = Layout.of(
    variables=NAMES.variables,
    facts=NAMES.facts,
    scenes=NAMES.scenes,
    choices=NAMES.choices,
)


def holds(
    text,
    *,
    trust=1,
    voice="none",
    agreed=False,
    facts=(),
    shared=(),
    chosen=(),
    visited=(),
    minutes=0,
):
    state = State(
        "desk",
        minutes,
        (trust, voice, agreed),
        LAYOUT.mask(facts),
        LAYOUT.mask(shared),
        sum(LAYOUT.choices[name] for name in chosen),
        sum(LAYOUT.scenes[name] for name in visited),
    )
    return parse_condition(text, NAMES).compile(LAYOUT)(state)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("trust >= 1 and fact.threat", {"facts": ["threat"]}),
        ("voice == line and trust > 2", {"voice": "line", "trust": 3}),
        ("voice == two-ways", {"voice": "two-ways"}),
        ("voice != line", {}),
        ("not fact.threat", {}),
        ("not (fact.threat or agreed)", {}),
        ("agreed", {"agreed": True}),
        ("agreed == false", {}),
        ("shared.job-lost", {"shared": ["job-lost"]}),
        ("visited.desk.late", {"visited": ["desk.late"]}),
        ("minutes <= 30", {"minutes": 30}),
        ("trust<2", {}),
        ("trust > -1", {}),
    ],
)
def test_condition_holds(text, given):
    assert holds(text, **given)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("trust >= 2", {}),
        ("voice == line", {}),
        ("fact.threat", {"shared": ["threat"]}),
        ("minutes > 30", {"minutes": 30}),
        ("agreed and not agreed", {"agreed": True}),
    ],
)
def test_condition_does_not_hold(text, given):
    assert not holds(text, **given)


def test_and_binds_closer_than_or_and_not_closest():
    assert holds("agreed or trust == 1 and voice == none")
    assert not holds("(agreed or trust == 1) and voice == line")
    assert not holds("not agreed and agreed")


def test_longest_choice_id_wins():
    assert holds("chose.need.why.now", chosen=["need.why.now"])
    assert not holds("chose.need.why.now", chosen=["need.why"])


def test_condition_says_what_it_reads():
    node = parse_condition("trust > 1 or not chose.need.why and minutes < 5", NAMES)
    assert node.reads() == {
        Name("variable", "trust"),
        Name("chose", "need.why"),
        Name("minutes", ""),
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "ends where a name"),
        ("fact.threat and", "ends where a name"),
        ("(agreed", "not closed"),
        ("agreed)", "not expected"),
        ("agreed agreed", "not expected"),
        ("trust", "compare it"),
        ("trust > many", "no whole number"),
        ("voice > line", "== or !="),
        ("minutes == noon", "no whole number"),
        ("trust >= ", "ends where a value"),
        ("__import__('os')", "cannot be read"),
        ("trust + 1 > 2", "cannot be read"),
        ("minutes", "not declared"),
    ],
)
def test_wrong_form_is_refused_with_a_reason(text, fault):
    with pytest.raises(ConditionError, match=fault):
        parse_condition(text, NAMES)


@pytest.mark.parametrize(
    "text",
    ["fact.unknown", "visited.nowhere", "chose.need", "mood == 1", "voice == son", "x"],
)
def test_undeclared_name_is_told_apart_from_wrong_form(text):
    with pytest.raises(ConditionError) as caught:
        parse_condition(text, NAMES)
    assert caught.value.is_name
