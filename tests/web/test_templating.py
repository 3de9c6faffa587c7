"""Pieces of pages that a process keeps, and templates that fail on what is missing."""

import pytest
from flask import Flask
from jinja2 import (
    DictLoader,
    Environment,
    UndefinedError,
    pass_context,
    pass_environment,
    pass_eval_context,
)
from markupsafe import Markup

from lms.web import templating
from lms.web.templating import KeptPieces, init_templating


def counted(words):
    made = []

    def caller():
        made.append(words)
        return words

    return caller, made


def test_a_piece_is_made_once_for_each_key():
    piece = KeptPieces()
    caller, made = counted("said")
    assert [piece("scene", ("ja", 1), caller) for _ in range(3)] == ["said"] * 3
    assert piece("scene", ("en", 1), lambda: "told") == "told"
    assert piece("facts", ("ja", 1), lambda: "known") == "known"
    assert made == ["said"]


def test_without_a_key_nothing_is_kept():
    piece = KeptPieces()
    caller, made = counted("mine")
    piece("scene", None, caller)
    piece("scene", None, caller)
    assert len(made) == 2


def test_there_is_an_end_to_what_is_kept():
    piece = KeptPieces()
    for number in range(3000):
        assert piece("scene", number, lambda n=number: str(n)) == str(number)
    assert len(piece._pieces) <= 1024


def test_a_row_of_pieces_makes_each_once_and_keeps_their_order():
    piece, made = KeptPieces(), []

    def make(number, state):
        made.append(number)
        return f"{number}:{state}"

    asked = [(1, "open"), (2, "right"), (1, "open"), (1, "right")]
    said = ["1:open", "2:right", "1:open", "1:right"]
    assert piece.each("pips", asked, make) == said
    assert piece.each("pips", asked, make) == said
    assert made == [1, 2, 1]


def test_two_applications_share_no_pieces():
    apps = [Flask("one"), Flask("two")]
    for app in apps:
        init_templating(app)
    first, second = (app.jinja_env.globals["piece"] for app in apps)
    assert first is not second


@pytest.fixture
def environment():
    app = Flask("one")
    init_templating(app)
    env = app.jinja_env
    env.globals["word"] = lambda: "あ"
    env.loader = DictLoader(
        {
            "macros": "{% macro say(x) %}{{ word() }}{{ x }}{% endmacro %}"
            "{% macro miss() %}{{ page_only }}{% endmacro %}",
            "one": "{% from 'macros' import say %}{{ say(1) }}",
            "two": "{% from 'macros' import say %}{{ say(2) }}",
            "three": "{% from 'macros' import miss %}{{ miss() }}",
        }
    )
    return env


def test_an_imported_macro_knows_the_globals_in_each_template(environment):
    for name, said in (("one", "あ1"), ("two", "あ2"), ("one", "あ1")):
        assert environment.get_template(name).render() == said


def test_an_imported_macro_sees_nothing_of_the_page_that_imports_it(environment):
    with pytest.raises(UndefinedError):
        environment.get_template("three").render(page_only="mine")


CALLS = {
    "plain": "{{ plain(1, word='x') }}",
    "method": "{{ 'ab'.upper() }}{{ thing.say(2) }}",
    "class": "{{ thing(3) }}",
    "eval": "{{ escaping('<') }}",
    "environment": "{{ name() }}",
    "context": "{% for n in [1, 2] %}{% set m = n * 2 %}"
    "{{ seen('n') }}{{ seen('m') }}{% endfor %}",
    "block": "{% block a %}{% set inner = 5 %}{{ seen('inner') }}{% endblock %}",
    "macro": "{% macro m(x, y=2) %}{{ x }}{{ y }}"
    "{% if caller is defined %}{{ caller(7) }}{% endif %}{% endmacro %}"
    "{{ m('<', y=3) }}{% call(n) m(4) %}{{ n }}&{% endcall %}",
    "escape": "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}"
    "{% autoescape true %}{{ m('<') }}{% endautoescape %}"
    "{% autoescape false %}{{ m('<') }}{% endautoescape %}",
}


class Thing:
    def __call__(self, number):
        return number + 1

    def say(self, number):
        return number * 2


@pytest.mark.parametrize("name", CALLS)
def test_what_templates_call_gets_what_jinja_gives_it(name):
    def seen(context, name):
        return context.get(name, "-")

    def escaping(context, text):
        return Markup("%s") % text if context.autoescape else text

    given = {
        "plain": lambda number, word: f"{number}{word}",
        "thing": Thing(),
        "seen": pass_context(seen),
        "escaping": pass_eval_context(escaping),
        "name": pass_environment(lambda env: str(env.autoescape)),
    }
    app = Flask("one")
    init_templating(app)
    ours = app.jinja_env.overlay(autoescape=True)
    theirs = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=ours.undefined
    )
    assert ours.context_class is not theirs.context_class
    said = [env.from_string(CALLS[name]).render(given) for env in (ours, theirs)]
    assert said[0] == said[1]
    assert said[0]


def test_addresses_without_parts_are_kept_and_what_was_typed_is_not(monkeypatch):
    made = []

    def url_for(endpoint, **values):
        made.append((endpoint, values))
        return f"/{endpoint}"

    monkeypatch.setattr(templating, "url_for", url_for)
    app = Flask("one")
    init_templating(app)
    there = app.jinja_env.from_string(
        "{{ url_for('only.in.this.test') }}{{ url_for('search', q='secret') }}"
    )
    with app.test_request_context("/"):
        said = [there.render() for _ in range(2)]
    assert said == ["/only.in.this.test/search"] * 2
    assert [name for name, _ in made] == ["only.in.this.test", "search", "search"]
