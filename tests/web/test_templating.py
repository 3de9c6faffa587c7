"""Pieces of pages that a process keeps, and templates that fail on what is missing."""

import pytest
from flask import Flask
from jinja2 import DictLoader, UndefinedError

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
