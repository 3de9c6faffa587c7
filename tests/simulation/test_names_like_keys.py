"""An id may be a word of the format: what a name means is known by its place."""

import re

import pytest

from lms.simulation.content import walk
from lms.simulation.domain.difference import ChangeKind, compare
from tests.simulation.case_files import (
    CASES,
    change,
    check_folder,
    copy_case,
    read_document,
    small_index,
)

pytestmark = pytest.mark.long  # it checks a case for every word of the format

WORDS = (
    *("why", "labels", "anchors", "look_for", "text", "note", "prompt", "because"),
    *("alt", "about", "after", "hypothesis", "new", "example", "unit", "before"),
    *("approaches", "fit", "key", "panel", "set", "add", "renderings", "scenes"),
    *("facts", "people", "state", "choices", "turns", "do", "when", "id", "texts"),
)
NAMES = {
    "talk scene": "talk",
    "document scene": "letter",
    "task scene": "refer",
    "route scene": "gate",
    "end scene": "done",
    "fact": "fear",
    "person": "rui",
    "choice": "hello.call",
    "word": "voice",
    "flag": "agreed",
}
CLEAN = read_document(CASES / "clean")


def rename(folder, old, new):
    """Give one thing of the clean case another id, wherever it is named."""
    path = folder / "case.yaml"
    change(path, "via: voice}", "via: voice, renderings: {rui: {how: faithful}}}")
    change(path, "{how: faithful}", "{how: faithful, text: t.talk}")
    # Neither a word of the format, nor a text id, nor the head of another id.
    name = rf"(?<!kind: )(?<!\w)(?<!\W[ctfmnipe]\.){re.escape(old)}\b(?!\.)"
    text = re.sub(name, new, path.read_text("utf-8"))
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("old", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("word", WORDS)
def test_id_like_a_word_of_the_format_gives_no_finding(tmp_path, old, word):
    folder = copy_case("clean", tmp_path)
    rename(folder, old, word)
    document = read_document(folder)
    told = [str(row) for row in check_folder(folder, small_index())]
    assert told == []
    assert texts_of(document) == texts_of(CLEAN)


@pytest.mark.parametrize("word", WORDS)
def test_missing_text_of_a_scene_like_a_word_is_found(tmp_path, word):
    folder = copy_case("clean", tmp_path)
    rename(folder, "letter", word)
    change(folder / "text.ja.yaml", "m.letter: 支払いのお願い\n", "")
    found = {(row.code, row.where) for row in check_folder(folder, small_index())}
    assert ("T1", "text.ja.m.letter") in found


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("old", ["letter", "voice", "rui"])
def test_change_of_something_called_like_a_text_is_no_wording(tmp_path, old, word):
    folder = copy_case("clean", tmp_path)
    rename(folder, old, word)
    before = read_document(folder)
    path, text = folder / "case.yaml", (folder / "case.yaml").read_text("utf-8")
    new, count = {
        "letter": re.subn(r"\{note: n.letter\}, \{clock: 5\}", "{clock: 6}", text),
        "voice": re.subn(r"\{set: \{\w+: rui\}\}, \{add", "{add", text, count=1),
        "rui": re.subn(r"role: interpreter", "role: friend", text),
    }[old]
    assert count == 1
    path.write_text(new, "utf-8")
    assert compare(before, read_document(folder)).kind is ChangeKind.STRUCTURE


def texts_of(document):
    """Return the ids of all texts that a reader may meet."""
    return {text_id for _, text_id in walk.text_ids(document)}
