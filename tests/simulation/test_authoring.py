"""What authors do with files: begin a case, play it here, compare, exchange, draw."""

import copy
import json
import re
import shutil

import pytest
from click.testing import CliRunner

from lms.cli import cli
from lms.simulation.authoring.twee import TweeError, read_twee
from lms.simulation.domain.difference import ChangeKind, compare
from tests.simulation.case_files import CASES, read_document

ROOT = CASES.parents[2]


@pytest.fixture
def root(tmp_path):
    """Return a content root with the rubrics and one case."""
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics")
    name = "case_simulations/rent-letter"
    shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def lms(root):
    def run(*words, **options):
        return CliRunner().invoke(cli, [*words], **options)

    return run


@pytest.fixture
def clean():
    return read_document(CASES / "clean")


def test_a_new_case_is_commented_clean_and_playable(lms, root):
    made = lms("case", "new", "first-try", "--root", str(root))
    assert made.exit_code == 0, made.output
    folder = root / "case_simulations/first-try"
    assert (folder / "case.yaml").read_text("utf-8").count("#") > 10
    checked = lms("content", "check", str(folder), "--format", "json")
    assert json.loads(checked.stdout)["findings"] == []
    played = lms("case", "play", str(folder), "--format", "json", input="1\n1\n")
    shape = json.loads(played.stdout)
    assert (shape["scene"], shape["outcome"]) == ("heard", "heard")


def test_nothing_is_written_over_and_no_id_is_taken_that_cannot_be_one(lms, root):
    again = lms("case", "new", "rent-letter", "--root", str(root))
    assert again.exit_code == 2
    assert "is there already" in again.output
    assert lms("case", "new", "../out", "--root", str(root)).exit_code == 2
    assert not (root / "out").exists()


def test_a_wrong_number_is_said_and_asked_again_and_back_takes_back(
    lms, root, tmp_path
):
    saved = tmp_path / "actions.json"
    typed = "9\nx\n2\nb\n1\nq\n"
    played = lms(
        "case",
        "play",
        "rent-letter",
        "--root",
        str(root),
        "--save",
        str(saved),
        input=typed,
    )
    assert played.stderr.count("type a number") == 2
    assert [row["choice"] for row in json.loads(saved.read_text())] == ["desk.gesture"]


def test_the_map_stands_alone_with_a_table_of_every_scene(lms, root, tmp_path):
    out = tmp_path / "map.html"
    made = lms(
        "case",
        "map",
        "rent-letter",
        "--root",
        str(root),
        "--language",
        "en",
        "--out",
        str(out),
    )
    assert made.exit_code == 0, made.output
    page = out.read_text("utf-8")
    assert "The rent letter" in page
    assert len(re.findall(r'<th scope="row"', page)) == 12
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_a_story_comes_back_with_its_scenes_and_links_and_says_what_was_lost(
    lms, root, tmp_path
):
    file = tmp_path / "story.twee"
    out = lms(
        "case",
        "export",
        "rent-letter",
        "--to",
        "twee",
        "--root",
        str(root),
        "--out",
        str(file),
    )
    assert out.exit_code == 0
    lost = out.stderr
    for line in ("fact threat", "choice need.why: evidence", "task plan: free_text"):
        assert f"- {line}" in lost
    story = read_twee(file.read_text("utf-8"))
    back = lms(
        "case",
        "import",
        str(file),
        "--from",
        "twee",
        "--as",
        "back",
        "--root",
        str(root),
    )
    assert back.exit_code == 0, back.output
    document = read_document(root / "case_simulations/back")
    assert document["start"] == story.start == "desk"
    assert set(document["scenes"]) == {passage.name for passage in story.passages}
    first = read_document(root / "case_simulations/rent-letter")["scenes"]["desk"][
        "choices"
    ]
    assert [row["to"] for row in document["scenes"]["desk"]["choices"]] == [
        row["to"] for row in first
    ]


def test_every_form_of_link_is_read_and_code_is_listed_not_run():
    story = read_twee(
        ":: StoryTitle\nA story\n\n"
        ':: Start [tag other] {"position":"10,20"}\nHello. (set: $x to 1)\n'
        "[[go->Two]] [[back|Two]] [[Two<-left]] [[Two][$x to 2]]\n\n"
        ":: Two\nThe end <<print 1>>\n\n:: code [script]\nalert(1)\n"
    )
    assert [(link.words, link.target) for link in story.passages[0].links] == [
        ("go", "Two"),
        ("back", "Two"),
        ("left", "Two"),
        ("Two", "Two"),
    ]
    assert story.passages[0].tags == ("tag", "other")
    assert story.passages[0].position == "10,20"
    assert len(story.lost) == 4
    assert "alert" not in story.passages[1].text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("no passage", "line 1"),
        (":: A\nx\n:: A\ny", "line 3: passage 'A' stands there twice"),
        (":: A\n[[B]]", "line 1: 'A' links to 'B'"),
        (":: \nx", "line 1: a passage begins"),
        (":: StoryData\n{\n:: A\nx", "StoryData is no JSON object"),
        (f":: StoryData\n{'[' * 100_000}\n:: A\nx", "StoryData is no JSON object"),
        (':: StoryData\n{"start": "Z"}\n:: A\nx', "the start 'Z'"),
    ],
)
def test_what_is_no_twee_is_refused_with_line_and_remedy(source, said):
    with pytest.raises(TweeError, match=re.escape(said)):
        read_twee(source)


def changed(document, change):
    after = copy.deepcopy(document)
    after["version"] += 1
    change(after)
    return after


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (
            ChangeKind.WORDING,
            lambda d: d["texts"]["en"]["t.hello"].update(text="Hello."),
        ),
        (
            ChangeKind.SCORING,
            lambda d: d["scenes"]["sort"]["key"]["rent"].update(later=0.5),
        ),
        (
            ChangeKind.SCORING,
            lambda d: d["scenes"]["talk"]["choices"][3].update(when="fact.fear"),
        ),
        (
            ChangeKind.STRUCTURE,
            lambda d: d["scenes"]["talk"]["choices"][3].update(to="sort"),
        ),
        (ChangeKind.STRUCTURE, lambda d: d["clock"].update(limit=50)),
    ],
)
def test_a_change_is_of_the_gravest_kind_that_it_has(clean, kind, change):
    after = changed(clean, change)
    assert compare(clean, after).kind is kind
    after["change"] = {"from": 1, "kind": "wording"}
    codes = [fault.code for fault in compare(clean, after).faults if fault.is_error]
    assert codes == ([] if kind is ChangeKind.WORDING else ["D1"])


def test_the_same_case_and_moved_choices_are_no_change(clean):
    after = changed(clean, lambda d: d["scenes"]["talk"]["choices"].reverse())
    assert compare(clean, after).kind is ChangeKind.NONE


def test_ids_may_be_renamed_but_neither_lost_nor_given_another_meaning(clean):
    def rename(document):
        document["scenes"]["hello"]["choices"][1]["id"] = "hello.hurry"
        document["tests"] = []

    after = changed(clean, rename)
    lost = [fault for fault in compare(clean, after).faults if fault.code == "D2"]
    assert ["hello.rush" in fault.text for fault in lost] == [True]
    after["change"] = {
        "from": 1,
        "kind": "structure",
        "renamed": {"hello.rush": "hello.hurry"},
    }
    assert not compare(clean, after).has_errors


def test_scored_content_under_the_same_version_makes_the_command_fail(lms, root):
    old, new = (root / "case_simulations" / name for name in ("rent-letter", "other"))
    shutil.copytree(old, new)
    case = (new / "case.yaml").read_text("utf-8")
    (new / "case.yaml").write_text(
        case.replace("landlord: {today: 1,", "landlord: {today: 0.9,"), "utf-8"
    )
    told = lms("case", "diff", str(old), str(new), "--format", "json")
    assert told.exit_code == 1
    shape = json.loads(told.stdout)
    assert shape["kind"] == "scoring"
    assert [row["code"] for row in shape["findings"]] == ["D1", "D3"]
