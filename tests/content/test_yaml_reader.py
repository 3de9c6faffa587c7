"""What content files may say, and where the reader finds it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.yaml_reader import YamlError, dump_yaml, load_yaml

WORDS = {
    "on": "on",
    "no": "no",
    "y": "y",
    "1:30": "1:30",
    "1_000": "1_000",
    "0b11": "0b11",
    ".inf": ".inf",
    "2026-11-3": "2026-11-3",
    "2026-11-23T10:00:00Z": "2026-11-23T10:00:00Z",
    "'2026-11-23'": "2026-11-23",
    "=": "=",
    "true": True,
    "False": False,
    "~": None,
    "": None,
    "012": 12,
    "-3": -3,
    "0x1F": 31,
    "0o17": 15,
    "1.": 1.0,
    ".5": 0.5,
    "+1.5e3": 1500.0,
    "2026-11-23": dt.date(2026, 11, 23),
}


@pytest.mark.parametrize(("word", "meaning"), WORDS.items())
def test_words_mean_what_yaml_1_2_says(word, meaning):
    found = load_yaml(f"a: {word}")[0]["a"]
    assert found == meaning
    assert type(found) is type(meaning)


def test_every_part_has_its_line():
    text = (
        "a: 1\nb:\n  - x\n  - c: 2\n    d: |\n      one\n      two\n"
        "# end\ne: &e [7]\nf: *e\n"
    )
    data, lines = load_yaml(text)
    assert data == {"a": 1, "b": ["x", {"c": 2, "d": "one\ntwo\n"}], "e": [7], "f": [7]}
    assert lines == {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", 0): 3,
        ("b", 1): 4,
        ("b", 1, "c"): 4,
        ("b", 1, "d"): 5,
        ("e",): 9,
        ("e", 0): 9,
        ("f",): 10,
        ("f", 0): 9,
    }


FAULTS = {
    "no mapping": ("- 1\n", 1, "mapping"),
    "nothing": ("", 1, "mapping"),
    "twice": ("a: 1\nb: 2\na: 3\n", 3, "duplicate key 'a': it stands in line 1"),
    "twice below": ("a:\n  b: 1\n  b: 2\n", 3, "duplicate key 'b'"),
    "tag": ("a: 1\nb: !!set {x}\n", 2, "tag"),
    "tag of a word": ("a: !!python/object:os.system x\n", 1, "tag"),
    "own tag": ("a: 1\nb: !mine [x]\n", 2, "tag"),
    "part of itself": ("a: 1\nb: &b [*b]\n", 2, "part of"),
    "unknown reference": ("a: 1\nb: *c\n", 2, "alias"),
    "key of several": ("a: 1\n? [x, y]\n: 2\n", 2, "one word"),
    "no such day": ("a: 1\nb: 2026-02-30\n", 2, "day"),
    "not closed": ("a: [1, 2\nb: 3\n", 2, "expected"),
    "tabulator": ("a:\n\tb: 1\n", 2, "token"),
    "control character": ("a: 1\nb: \x01\n", 2, "#x0001"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, "single document"),
    "deep": ("a: " + "[" * 100_000, 1, "nesting"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_names_its_line(name):
    text, line, words = FAULTS[name]
    with pytest.raises(YamlError, match=words) as raised:
        load_yaml(text)
    assert raised.value.line == line


def test_references_that_double_are_stopped():
    rows = ["a0: &a0 [x, x]"]
    rows += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    with pytest.raises(YamlError, match="too long"):
        load_yaml("\n".join(rows))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.dates()
    | st.sampled_from(list(WORDS))
    | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
)
MARKS = st.sampled_from(":-[]{}&*!|>#'\"\n ")
KEYS = st.text("abcdefgon.-_0123", min_size=1, max_size=6)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, TREES, max_size=4))
def test_what_is_written_is_read_again_with_a_line_for_each_part(data):
    found, lines = load_yaml(dump_yaml(data))
    assert found == data
    assert set(lines) == set(_places(data, ()))


def _places(node: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield place
    rows = node.items() if isinstance(node, dict) else ()
    for key, value in enumerate(node) if isinstance(node, list) else rows:
        yield from _places(value, (*place, key))


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=("Cs",))
        | st.sampled_from(":-[]{}&*!|>#'\"\n ")
    )
)
def test_any_text_is_read_or_refused_with_a_line_of_it(text):
    fault = None
    try:
        load_yaml(text)
    except YamlError as error:
        fault = error
    assert fault is None or 1 <= fault.line <= len(text.splitlines()) + 1
