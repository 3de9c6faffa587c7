"""Checking files and publishing versions."""

import re
import shutil
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.content.models import ContentVersion, Publication
from lms.content.services import (
    PublishOrder,
    check_content,
    publish_content,
)
from lms.kinds import content_kinds
from lms.permissions import Role
from lms.settings import PROJECT_ROOT
from tests.conftest import NOON
from tests.factories.accounts import make_person

pytestmark = pytest.mark.long  # it reads and checks every file again and again

FOLDERS = ("curricula", "case_simulations", "assessments", "rubrics")
WORDING = "change: {from: 1, kind: wording}\n"
LESSON = "curricula/consultation-interview/01-first-ten-minutes"


@pytest.fixture
def root(tmp_path):
    for name in FOLDERS:
        shutil.copytree(PROJECT_ROOT / name, tmp_path / name)
    return tmp_path


def publish(session, root):
    kinds = content_kinds()
    index, findings = check_content(root, kinds, searches=False)
    assert not [row for row in findings if row.level == "error"]
    order = PublishOrder(by="tests", reviewed_by=None, now=NOON, batch=uuid4())
    return publish_content(session, index, kinds, order=order)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def raise_version(path):
    """Give the file the next version label, whatever it has now."""
    text = path.read_text(encoding="utf-8")
    label = re.search(r"^version: (\d+)$", text, re.MULTILINE)
    edit(path, label[0], f"version: {int(label[1]) + 1}")


def faults(root, *only, searches=False):
    only = [root / name for name in only]
    _, findings = check_content(root, content_kinds(), only=only, searches=searches)
    return [row for row in findings if row.level == "error"]


@pytest.mark.slow  # `make check` asks the same of the command
def test_shipped_content_has_no_errors():
    assert faults(PROJECT_ROOT, searches=True) == []


def test_publishing_again_changes_nothing(session, root):
    before = session.scalar(select(func.count()).select_from(Publication))
    result, found = publish(session, root)
    assert found == []
    assert result.published == []
    assert session.scalar(select(func.count()).select_from(Publication)) == before


def test_changed_lesson_with_a_higher_label_is_a_new_version(session, root, library):
    old = library.get_current(
        session, "lesson", "consultation-interview/first-ten-minutes"
    )
    raise_version(root / f"{LESSON}.ja.md")
    result, found = publish(session, root)
    assert found == []
    assert ("lesson", old.slug) in result.published
    new = library.get_current(session, "lesson", old.slug)
    assert new.id != old.id
    assert session.get(ContentVersion, old.id).digest == old.digest


def test_page_of_a_reader_shows_what_was_published_since_the_last_one(
    session, root, client, sign_in
):
    sign_in(make_person(session, Role.TRAINEE))
    path = "/modules/consultation-interview/first-ten-minutes"
    assert "77分" not in client.get(path).text
    file = root / f"{LESSON}.ja.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub("(?m)^minutes:.*$", "minutes: 77", text), encoding="utf-8")
    raise_version(file)
    _result, found = publish(session, root)
    session.commit()
    assert found == []
    assert "77分" in client.get(path).text


def test_changed_content_under_the_same_label_is_refused_whole(session, root):
    edit(root / f"{LESSON}.ja.md", "minutes:", "minutes: 9  #")
    _result, found = publish(session, root)
    assert [row.code for row in found] == ["D1"]
    assert found[0].file == f"{LESSON}.ja.md"
    assert "higher" in found[0].message


def test_scoring_changed_under_the_label_wording_is_refused_whole(session, root):
    publish(session, root)
    count = session.scalar(select(func.count()).select_from(Publication))
    case = root / "case_simulations/rent-letter/case.yaml"
    raise_version(case)
    edit(case, "status: in_review\n", "status: in_review\n" + WORDING)
    edit(case, "landlord: {today: 1,", "landlord: {today: 0.9,")
    _, found = publish(session, root)
    assert [(row.code, row.where) for row in found] == [("D1", "change.kind")]
    assert found[0].line == case.read_text("utf-8").splitlines().index(WORDING[:-1]) + 1
    edit(case, "kind: wording", "kind: scoring")
    _, found = publish(session, root)
    assert found == []
    assert session.scalar(select(func.count()).select_from(Publication)) == count + 1


def test_stale_translation_is_found_at_its_place(root):
    raise_version(root / f"{LESSON}.ja.md")
    path = root / f"{LESSON}.ja.md"
    path.write_text(
        path.read_text(encoding="utf-8") + "\n付け足し。\n", encoding="utf-8"
    )
    _, findings = check_content(root, content_kinds(), searches=False)
    (stale,) = [row for row in findings if row.code == "T1"]
    assert stale.file == f"{LESSON}.en.md"
    assert stale.level == "warning"


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "says"),
    [
        (
            "rubrics/first-interview.yaml",
            "measures: interviewing",
            "measures: flying",
            "S1",
            "no competency",
        ),
        (
            "rubrics/first-interview.yaml",
            "format: rubric/1",
            "format: rubric/1\nformat: rubric/1",
            "Y1",
            "duplicate",
        ),
        (
            "rubrics/first-interview.yaml",
            "critical_in_band:",
            "critical_in_bnd:",
            "S1",
            "unknown key",
        ),
        ("rubrics/frameworks/coordinator.yaml", "cuts: [", "cuts: [9, ", "S1", "cuts"),
        (
            "curricula/consultation-interview/module.yaml",
            "first-ten-minutes",
            "second-ten",
            "S1",
            "not there",
        ),
        (f"{LESSON}.ja.md", "items:", "items:\n  - no-such-item", "S1", "in no bank"),
        (f"{LESSON}.ja.md", "minutes:", "minutes: x  #", "Y1", "integer"),
    ],
)
def test_faults_name_file_line_and_remedy(root, name, old, new, code, says):
    edit(root / name, old, new)
    found = [row for row in faults(root) if row.code == code and says in row.message]
    assert found, [str(row) for row in faults(root)]
    assert found[0].file == name
    expected = (root / name).read_text(encoding="utf-8").split(new)[0].count("\n") + 1
    assert abs(found[0].line - expected) <= 1


def test_file_that_is_not_yaml_is_a_finding_with_its_line(root):
    (root / "rubrics/broken.yaml").write_text("format: rubric/1\nid: [a\n")
    (fault,) = [row for row in faults(root) if row.file == "rubrics/broken.yaml"]
    assert fault.code == "Y1"
    assert fault.line in (2, 3)


def test_check_of_one_path_reports_that_path_only(root):
    edit(
        root / "rubrics/first-interview.yaml",
        "measures: interviewing",
        "measures: flying",
    )
    edit(
        root / "curricula/consultation-interview/module.yaml",
        "first-ten-minutes",
        "second-ten",
    )
    assert {row.file for row in faults(root, "rubrics")} == {
        "rubrics/first-interview.yaml"
    }


def test_case_outside_the_root_is_checked_against_its_rubrics(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere") / "rent-letter"
    shutil.copytree(root / "case_simulations/rent-letter", folder)
    kinds = content_kinds()
    _, clean = check_content(root, kinds, only=[folder])
    assert [row for row in clean if row.level == "error"] == []
    edit(folder / "case.yaml", "to: need\n", "to: nowhere\n")
    _, found = check_content(root, kinds, only=[folder])
    assert [row.code for row in found if row.level == "error"] == ["S1"]
    assert found[0].file == (folder / "case.yaml").as_posix()


def test_path_that_is_no_content_is_said(root, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("hello")
    _, found = check_content(root / "rubrics", content_kinds(), only=[path])
    assert [row.code for row in found] == ["Y1"]
