"""Content files, action files and credentials with anything done to them."""

import json
import shutil

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.cli import cli
from lms.content.domain import Level
from lms.content.services import check_content
from lms.credentials.domain import report_on
from lms.kinds import content_kinds
from lms.settings import PROJECT_ROOT
from tests.credentials.makers import DURING, jwks, make_jwt
from tests.fuzz.budget import FUZZ, examples

pytestmark = [pytest.mark.long, pytest.mark.fuzz]
FOLDERS = ("curricula", "case_simulations", "assessments", "rubrics")
FILES = sorted(
    path.relative_to(PROJECT_ROOT)
    for folder in FOLDERS
    for path in (PROJECT_ROOT / folder).rglob("*")
    if path.suffix in (".yaml", ".md")
)
LINES = st.sampled_from(
    (
        "",
        "\t",
        "- ",
        "a: b: c",
        "? [",
        "key: &a *a",
        "x: !!python/object:os.system {}",
        "version: 99999999999999999999",
        "  : ",
        "---",
        "...",
        "{ja: [}",
        "\x07",
        "\ufeff",
        "slug: ../../x",
        "id: [1, {2: 3}]",
        "when: trust >= ((((",
        "weight: .nan",
        "minutes: -1",
        "<script>",
        "{漢字|",
    )
) | st.text(max_size=40)


def changed(data, text):
    """Return the lines of a file with one to four things done to them."""
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines)))
        act = data.draw(st.sampled_from(("insert", "drop", "copy", "cut", "swap")))
        if act == "insert":
            lines.insert(place, data.draw(LINES))
        elif act == "drop":
            del lines[place : place + data.draw(st.integers(1, 6))]
        elif act == "copy":
            lines[place:place] = lines[max(0, place - 3) : place]
        elif act == "cut" and place < len(lines):
            lines[place] = lines[place][: data.draw(st.integers(0, 20))]
        elif act == "swap" and 0 < place < len(lines):
            lines[place - 1], lines[place] = lines[place], lines[place - 1]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A copy of the shipped content."""
    target = tmp_path_factory.mktemp("content")
    for folder in FOLDERS:
        shutil.copytree(PROJECT_ROOT / folder, target / folder)
    return target


@pytest.mark.slow
@given(data=st.data())
@settings(FUZZ, max_examples=examples(12))  # each one reads the whole content
def test_no_change_to_a_content_file_makes_the_checker_fail(data, root):
    file = data.draw(st.sampled_from(FILES))
    path = root / file
    kept = path.read_bytes()
    new = changed(data, kept.decode())
    try:
        path.write_text(new, encoding="utf-8", errors="surrogatepass")
        _index, findings = check_content(root, content_kinds(), only=(path,))
    finally:
        path.write_bytes(kept)
    for row in findings:
        assert row.message
        assert row.level in Level
        assert row.line >= 1
        assert str(row.file)


NO_TEXTS = (b"\xff\xfe\x00", b"", b"\x00" * 10, b"\xe3\x81")


def each_with_one():
    """Return files and bytes that are no text: all pairs in CI, else each file once."""
    for place, file in enumerate(FILES[::9]):
        for kind, content in enumerate(NO_TEXTS):
            marks = () if kind == place % len(NO_TEXTS) else pytest.mark.slow
            yield pytest.param(file, content, marks=marks, id=f"{file}-{content!r}")


@pytest.mark.parametrize(("file", "content"), list(each_with_one()))
def test_a_content_file_that_is_no_text_is_a_finding(root, file, content):
    path = root / file
    kept = path.read_bytes()
    try:
        path.write_bytes(content)
        _index, findings = check_content(root, content_kinds(), only=(path,))
    finally:
        path.write_bytes(kept)
    assert any(row.level is Level.ERROR for row in findings)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(("choose", "answer", "read", "opening", "welcome")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("type", "choice", "scene", "answer", "text", "picked"))
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(given_actions=json_values)
@settings(FUZZ, max_examples=examples(12))  # each one reads the case anew
def test_no_action_file_makes_playing_fail(given_actions, tmp_path_factory):
    path = tmp_path_factory.mktemp("actions") / "actions.json"
    path.write_text(json.dumps(given_actions), encoding="utf-8")
    answer = CliRunner().invoke(
        cli, ["case", "play", "rent-letter", "--actions", str(path)]
    )
    assert answer.exit_code in (0, 1, 2)
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    if answer.exit_code:
        assert "Error" in answer.stderr


@given(data=st.data())
@settings(FUZZ, max_examples=examples(40))
def test_no_damaged_credential_passes_or_makes_verifying_fail(data):
    whole = make_jwt().encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    act = data.draw(st.sampled_from(("flip", "cut", "insert", "dots", "noise")))
    damaged = {
        "flip": whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :],
        "cut": whole[:place],
        "insert": whole[:place] + b"\x00\xff" + whole[place:],
        "dots": whole.replace(b".", b"..", 1),
        "noise": data.draw(st.binary(max_size=200)),
    }[act]
    assert not report_on(damaged, jwks(), at=DURING).is_valid


ANY_FILE = st.binary(max_size=300) | json_values.map(lambda v: json.dumps(v).encode())


@given(content=ANY_FILE)
@settings(FUZZ, max_examples=examples(40))
def test_no_file_at_all_makes_verifying_fail(content):
    assert not report_on(content, jwks(), at=DURING).is_valid
