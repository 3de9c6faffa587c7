"""Faults in the directory's files are named with file, line and remedy."""

import shutil
from datetime import date

import pytest
from click.testing import CliRunner

from lms.cli import cli
from lms.content.domain import Findings, Level
from lms.content.services import check_content
from lms.directory.content.checks import check_directory
from lms.directory.content.kind import DirectoryKind
from lms.directory.domain import directory_from_document
from lms.kinds import content_kinds
from lms.settings import PROJECT_ROOT
from tests.directory.making import FOLDER

HEAD = """\
format: directory/1
id: directory
version: 1
title: {ja: 名簿, en: Directory}
themes:
  - {id: money, name: {ja: お金, en: Money}}
"""
SOURCES = """\
format: directory-sources/1
laws:
  - {id: act, title: {ja: 法, en: Act}}
pages:
  - {id: page, title: {ja: 頁, en: Page}, as_of: 2026-01-31}
"""
ATTRIBUTES = """\
format: directory-attributes/1
attributes:
  - id: status
    kind: one_of
    theme: money
    name: {ja: 在留資格, en: Status}
    ask: {ja: 何ですか, en: Which}
    options:
      - {id: student, name: {ja: 留学, en: Student}}
      - {id: none, name: {ja: なし, en: None}}
    groups: {lawful: [student]}
  - id: age
    kind: number
    theme: money
    name: {ja: 年齢, en: Age}
    ask: {ja: 何歳ですか, en: How old}
    bounds: {low: 0, high: 110}
  - id: ill
    kind: bool
    theme: money
    name: {ja: 病気, en: Ill}
    ask: {ja: 病気ですか, en: Ill}
"""
PARTNERS = """\
format: directory-partners/1
as_of: 2026-11-23
review_by: 2027-11-30
partners:
  - id: office
    name: {ja: 役所, en: Office}
    kind: public
    themes: [money]
    purpose: {ja: お金, en: Money}
    area: municipality
    languages: [ja]
    can:
      - {ja: 払う, en: Pays}
    law: [{act: act, articles: ["1"]}]
    standing: general
"""
MENUS = """\
format: directory-menus/1
as_of: 2026-11-23
review_by: 2027-11-30
menus:
  - id: aid
    name: {ja: 支援, en: Aid}
    theme: money
    purpose: {ja: 支える, en: Helps}
    partners: [office]
    law: [{act: act, articles: ["2"]}]
    pages: [page]
    standing: read
    conditions:
      - id: lawful
        needs: {status: lawful, age: {at_least: 18}}
        text: {ja: 適法, en: Lawful}
        law: [{act: act, articles: ["2"]}]
"""
FILES = {
    "directory.yaml": HEAD,
    "sources.yaml": SOURCES,
    "attributes.yaml": ATTRIBUTES,
    "partners/offices.yaml": PARTNERS,
    "menus/aid.yaml": MENUS,
}


def findings_of(root, *, today=date(2026, 11, 26)):
    kind, findings = DirectoryKind(), Findings()
    for path in kind.find(root):
        for draft in kind.read(path, root, findings):
            check_directory(draft, findings, today=today)
    return list(findings)


def exchanged(text, changes):
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return text


@pytest.fixture
def write(tmp_path):
    """Write the small directory with some words of one file exchanged."""

    def to_files(name="directory.yaml", *changes):
        folder = tmp_path / "curricula" / "directory"
        for file, text in FILES.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            wanted = changes if file == name else ()
            path.write_text(exchanged(text, wanted), encoding="utf-8")
        return tmp_path

    return to_files


def test_the_small_directory_is_sound(write):
    assert findings_of(write()) == []


MENU, PARTNER, WORDS = "menus/aid.yaml", "partners/offices.yaml", "attributes.yaml"


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "code", "told"),
    [
        (MENU, "[office]", "[nobody]", 9, "S1", "partner 'nobody' is not there"),
        (MENU, "theme: money", "theme: sport", 7, "S1", "theme 'sport' is not there"),
        (MENU, "act: act", "act: bill", 10, "S1", "law 'bill' is not there"),
        (MENU, "[page]", "[leaf]", 11, "S1", "page 'leaf' is not there"),
        (
            MENU,
            "{status: lawful, ",
            "{shoe: lawful, ",
            15,
            "S1",
            "'shoe' is not declared",
        ),
        (MENU, "status: lawful", "status: tourist", 15, "S1", "no value of 'status'"),
        (MENU, "status: lawful", "ill: student", 15, "S1", "no value of 'ill'"),
        (MENU, "{at_least: 18}", "student", 15, "S1", "'age' is a number"),
        (MENU, "at_least: 18", "at_least: 400", 15, "S1", "goes from 0 to 110"),
        (MENU, "at_least: 18", "at_least: 18, at_most: 3", 15, "S1", "can never be"),
        (MENU, "status: lawful", "status: {at_least: 1}", 15, "S1", "is no number"),
        (
            MENU,
            "needs: {status: lawful, age: {at_least: 18}}",
            "id2: x",
            15,
            "S1",
            "unknown key",
        ),
        (MENU, ", en: Helps", "", 8, "Y1", "key 'en' is missing"),
        (MENU, "as_of: 2026-11-23\n", "", 1, "Y1", "key 'as_of' is missing"),
        (MENU, '["2"]', '["two"]', 10, "Y1", "two"),
        (MENU, "    pages: [page]\n", "", 11, "S1", "no page is named"),
        (
            MENU,
            "review_by: 2027-11-30",
            "review_by: 2026-01-01",
            3,
            "S1",
            "before as_of",
        ),
        (MENU, "review_by: 2027-11-30", "review_by: 2026-11-25", 3, "T3", "was due"),
        (
            MENU,
            "standing: read",
            "standing: read\n    instead: [x]",
            13,
            "S1",
            "menu 'x'",
        ),
        (PARTNER, "id: office", "id: bureau", 9, "S1", "partner 'office' is not there"),
        (PARTNER, '    law: [{act: act, articles: ["1"]}]\n', "", 5, "S1", "no source"),
        (PARTNER, "area: municipality", "area: planet", 10, "Y1", "planet"),
        (WORDS, "[student]}", "[studnet]}", 11, "S1", "no option of 'status'"),
        (WORDS, "    bounds: {low: 0, high: 110}\n", "", 13, "S1", "'bounds' belongs"),
        ("sources.yaml", ", as_of: 2026-01-31", "", 5, "Y1", "key 'as_of' is missing"),
    ],
)
def test_a_fault_is_named_with_its_line(write, file, before, after, line, code, told):
    root = write(file, (before, after))
    rows = [row for row in findings_of(root) if told in row.message]
    assert rows, [str(row) for row in findings_of(root)]
    assert rows[0].code == code
    assert rows[0].line == line
    where = MENU if "partner 'office'" in told else file
    assert rows[0].file == f"curricula/directory/{where}"


@pytest.mark.parametrize("file", [MENU, PARTNER])
def test_an_id_given_twice_is_a_fault(write, file):
    root = write()
    folder = root / "curricula" / "directory"
    again = (folder / file).with_name("zz.yaml")
    shutil.copy(folder / file, again)
    [row] = findings_of(root)
    assert row.level is Level.ERROR
    assert "already in curricula/directory/" in row.message
    assert row.line == 5
    assert row.file.endswith(again.name)


def test_a_condition_named_twice_is_a_fault(write):
    again = MENUS[MENUS.index("      - id: lawful") :]
    root = write(MENU, ("standing: read", "standing: read"))
    path = root / "curricula" / "directory" / MENU
    path.write_text(MENUS + again, encoding="utf-8")
    [row] = findings_of(root)
    assert "has a condition 'lawful' already" in row.message
    assert row.line == 18


def test_a_condition_inherits_standing_pages_and_days(write):
    root, kind, findings = write(), DirectoryKind(), Findings()
    [draft] = kind.read(next(iter(kind.find(root))), root, findings)
    [condition] = directory_from_document(draft.document).menus["aid"].conditions
    assert condition.basis.standing == "read"
    assert condition.basis.note.as_of == date(2026, 11, 23)
    assert condition.basis.note.titles[1].en == "Page (state of 2026-01-31)"


def test_a_faulty_file_is_no_directory_at_all(write):
    root = write(MENU, ("theme: money", "thme: money"))
    index, rows = check_content(root, content_kinds())
    assert index.find("directory", "directory") is None
    assert {row.code for row in rows} == {"S1", "Y1"}


@pytest.mark.long  # it reads every file
def test_a_directory_that_lies_elsewhere_is_checked_in_place_of_ours(write):
    folder = write(MENU, ("[office]", "[nobody]")) / "curricula" / "directory"
    kinds = content_kinds()
    for path in (folder, folder / "menus", folder / MENU):
        _index, rows = check_content(PROJECT_ROOT, kinds, only=[path])
        told = [row for row in rows if "partner 'nobody' is not there" in row.message]
        assert [row.line for row in told] == [9], path


def test_the_command_checks_a_single_file():
    run = CliRunner().invoke(cli, ["content", "check", str(FOLDER / "menus")])
    assert run.exit_code == 0, run.output
