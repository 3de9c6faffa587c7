"""Pieces of pages that a process keeps, and templates that fail on what is missing."""

import pytest
from flask import Flask
from jinja2 import UndefinedError

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


def test_an_imported_macro_knows_globals_and_misses_nothing_silently():
    app = Flask("one")
    init_templating(app)
    app.jinja_env.globals["word"] = "あ"
    app.jinja_env.loader = None
    template = app.jinja_env.from_string("{{ word }}{{ missing }}")
    with pytest.raises(UndefinedError):
        template.render()
