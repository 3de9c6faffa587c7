"""The JSON Schemas, held by an outside validator against cases and the parser."""

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lms.content.domain import Findings
from lms.content.source import SourceFile
from lms.content.yaml_reader import load_yaml
from lms.settings import PROJECT_ROOT
from lms.simulation.content.reading import read_logic
from lms.simulation.domain import play, play_named
from lms.simulation.domain.errors import MalformedActionError
from tests.simulation.case_files import (
    CASES,
    advising_case,
    clean_case,
    write_sample,
)

SCHEMAS = PROJECT_ROOT / "docs" / "schemas"
SHIPPED = sorted((PROJECT_ROOT / "case_simulations").glob("*/case.yaml"))


def validator(name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


CASE, TEXT = validator("case"), validator("case-text")
ACTIONS, ANSWERS = validator("actions"), validator("answers")


def load(path: Path):
    data = load_yaml(path.read_text("utf-8"))[0]
    return json.loads(json.dumps(data, default=str))  # days become words


def parses(document):
    """Say whether the parser takes a case document."""
    source = SourceFile(name="case.yaml", data=document, lines={})
    return read_logic(source, Findings()) is not None


@pytest.mark.parametrize(
    "path",
    [*sorted(CASES.glob("*/case.yaml")), *SHIPPED],
    ids=str,
)
def test_case_schema_accepts_real_cases(path):
    assert [error.message for error in CASE.iter_errors(load(path))] == []


def paths_of(node, place=()):
    """Return the place of every key in a document."""
    rows = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in rows:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from paths_of(value, (*place, key))


def parent_of(document, place):
    for key in place[:-1]:
        document = document[key]
    return document


CLEAN = load(CASES / "clean" / "case.yaml")
# Left out: answers (their shape is that of a task), and what a schema cannot say, that
# the last of the routes has no condition and that exactly one person is the trainee.
PLACES = [
    place
    for place in paths_of(CLEAN)
    if "play" not in place[:-2]
    and "routes" not in place
    and place not in {("people", "me"), ("people", "me", "role")}
]


def _agree(document, place):
    for value in (None, 7.5, {"odd": []}):
        changed = copy.deepcopy(document)
        parent_of(changed, place)[place[-1]] = value
        assert CASE.is_valid(changed) == parses(changed), (place, value)
    if isinstance(place[-1], str):
        changed = copy.deepcopy(document)
        del parent_of(changed, place)[place[-1]]
        assert CASE.is_valid(changed) == parses(changed), place


ADVISING = load(CASES / "advising" / "case.yaml")
# The schema says of a date only how it is written, and knows no list without a last
# condition; answers are left out as above.
NEW_PLACES = [
    place
    for place in paths_of(ADVISING)
    if place[0] in {"scenes", "change"}
    and place[:2] not in {("scenes", "ask"), ("scenes", "talk_over")}
]


@pytest.mark.long
@pytest.mark.parametrize(
    "place", NEW_PLACES, ids=lambda place: ".".join(map(str, place))
)
def test_schema_and_parser_agree_on_plans_judgements_forms_and_advice(place):
    _agree(ADVISING, place)


@pytest.mark.long
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_schema_and_parser_agree_on_what_is_left_out_or_of_another_type(place):
    _agree(CLEAN, place)


@pytest.mark.parametrize(
    "place", [(), ("clock",), ("scenes", "sort"), ("facts", "bill")]
)
def test_schema_and_parser_refuse_unknown_keys(place):
    changed = copy.deepcopy(CLEAN)
    parent_of(changed, (*place, "x"))["onse"] = True
    assert not CASE.is_valid(changed)
    assert not parses(changed)


def test_text_schema_accepts_texts_and_refuses_other_things(tmp_path):
    folder = write_sample(tmp_path)
    for path in (*folder.glob("text.*.yaml"), *(CASES / "clean").glob("text.*.yaml")):
        assert TEXT.is_valid(load(path))
    assert not TEXT.is_valid({"t.a": 3})
    assert not TEXT.is_valid({"t.a": {"of": "0123456789ab"}})
    assert not TEXT.is_valid({"t.a": " "})


def test_actions_of_a_play_fit_the_schema():
    for case in (clean_case(), advising_case()):
        _fits_schema(case)


def _fits_schema(case):
    steps = play_named(case, case.tests[0].play).steps
    actions = [{**step.action.to_dict(), "id": "1", "language": "en"} for step in steps]
    assert ACTIONS.is_valid(actions)
    for action in actions:
        if action["type"] == "answer":
            assert ANSWERS.is_valid(action["answer"])
    assert play(case, actions).is_finished


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"type": "jump"},
        {"type": "choose"},
        {"type": "choose", "choice": 3},
        {"type": "choose", "choice": "a", "why": "b"},
        {"type": "read", "choice": "a"},
        {"type": "answer", "scene": "sort"},
        "hello.call",
    ],
)
def test_schema_and_engine_refuse_the_same_actions(action):
    assert not ACTIONS.is_valid([action])
    with pytest.raises(MalformedActionError):
        play(clean_case(), [action])


@pytest.mark.parametrize(
    "answer",
    [
        {"rent": "today", "school": "later"},
        ["a", "b"],
        {"text": "書いた", "language": "ja"},
        {
            "referrals": [
                {
                    "partner": "desk",
                    "reason": "r",
                    "consent": True,
                    "share": ["bill"],
                    "follow_up": "f",
                }
            ]
        },
        {
            "goals": ["a", {"text": "自分で"}],
            "steps": [{"text": "書く", "goal": "own-1"}],
        },
        {"steps": [{"step": "a", "who": "me", "agreed": True}]},
        {"judgements": {"a": -2, "b": 0}},
        {"fields": {"a": {"text": "書く"}, "b": 3, "c": ["x"], "d": False}},
        {"approach": "coaching", "moves": ["a"], "text": "書く"},
    ],
)
def test_answer_schema_accepts_the_shape_of_each_task(answer):
    assert ANSWERS.is_valid(answer)


@pytest.mark.parametrize(
    "answer",
    [
        3,
        {},
        ["a", "a"],
        {"rent": 1},
        {"text": 5, "language": "ja"},
        {"referrals": [{"reason": "r"}]},
        {"referrals": [{"partner": "desk", "consent": "yes"}]},
        {"referrals": [{"partner": "desk", "colour": "red"}]},
        {"goals": [], "steps": [{"who": "me"}]},
        {"goals": [], "steps": [{"step": "a", "text": "both"}]},
        {"judgements": {"a": 3}},
        {"judgements": {"a": "1"}},
        {"fields": {"a": None}},
        {"approach": "scolding", "moves": []},
    ],
)
def test_answer_schema_refuses_other_shapes(answer):
    assert not ANSWERS.is_valid(answer)
