"""Every check finds the fault that is planted for it, at its file and line."""

from pathlib import Path

import pytest
import yaml

from lms.content.domain import Findings, Level
from lms.simulation.content.checks.report import NOT_ACCEPTABLE
from tests.simulation.case_files import (
    CASES,
    KIND,
    advising_index,
    change,
    check_folder,
    copy_case,
    read_document,
    small_index,
)

CASE = "case.yaml"
EN = "text.en.yaml"

INDEXES = {"clean": small_index(), "advising": advising_index()}
FAULTS = {
    row["name"]: {"case": "clean", "level": "error", "file": CASE, **row}
    for row in yaml.safe_load(
        (Path(__file__).parent / "faults" / "faults.yaml").read_text("utf-8")
    )
}


def plant(tmp_path, name):
    """Copy a clean case with one fault of the library."""
    fault = FAULTS[name]
    folder = copy_case(fault["case"], tmp_path)
    change(folder / fault["file"], fault["replace"], fault["with"])
    for more in fault.get("more", ()):
        change(folder / fault["file"], more["replace"], more["with"])
    return folder


def line_of(folder, file, marker):
    """Return the last line with `marker`; comments of the case hold none."""
    rows = (folder / file).read_text("utf-8").splitlines()
    return max(number for number, row in enumerate(rows, 1) if marker in f"\n{row}\n")


def changes_of(folder, published):
    """Return what is found where a folder is held against the published case."""
    findings = Findings()
    [draft] = KIND.read(folder, folder.parents[1], findings)
    KIND.check_change(read_document(published), draft, findings)
    return list(findings)


def test_clean_case_gives_no_finding(tmp_path):
    assert check_folder(copy_case("clean", tmp_path), small_index()) == []


def test_case_with_a_plan_and_advice_gives_no_finding(tmp_path):
    assert check_folder(copy_case("advising", tmp_path), advising_index()) == []


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_found_at_its_file_and_line(tmp_path, name):
    fault = FAULTS[name]
    folder = plant(tmp_path, name)
    found = check_folder(folder, INDEXES[fault["case"]])
    if fault.get("published"):
        found += changes_of(folder, CASES / fault["case"])
    told = [f"{row.level} {row}" for row in found]
    rows = [r for r in found if (r.code, r.level) == (fault["code"], fault["level"])]
    assert rows, told
    file = f"case_simulations/{fault['case']}/{fault.get('found_in', fault['file'])}"
    assert file in {row.file for row in rows}, told
    if "line" in fault:
        line = line_of(folder, fault["file"], fault["line"])
        assert (file, line) in {(row.file, row.line) for row in rows}, told


def test_fault_library_covers_every_check():
    assert {fault["code"] for fault in FAULTS.values()} == {
        *("Y1", "S1", "S2", "S3", "S4", "V1", "V4", "F1", "E1", "E2", "E9", "T1"),
        *("I1", "I2", "I3", "P1", "S5", "S6", "S7", "S8", "S9", "S10", "V2", "V3"),
        *("F2", "F3", "E3", "E4", "E5", "E6", "E7", "E11", "T2", "T3", "A1", "C1"),
        *("E8", "E10", "D1", "D2"),
    }


def test_right_choice_that_stands_elsewhere_once_is_no_habit(tmp_path):
    folder = plant(tmp_path, "right choice that always stands first")
    case = folder / CASE
    right, wrong = "{for: plans, seen: met}", "{for: plans, seen: not_met}"
    change(case, f"id: p1, text: c.go, to: letter, evidence: [{right}]", "PLACE")
    change(
        case,
        f"id: p2, text: c.rush, to: letter, evidence: [{wrong}]",
        f"id: p2, text: c.rush, to: letter, evidence: [{right}]",
    )
    change(case, "PLACE", f"id: p1, text: c.go, to: letter, evidence: [{wrong}]")
    assert "E8" not in {row.code for row in check_folder(folder, small_index())}


def test_panel_whose_task_scores_nothing_may_be_small(tmp_path):
    folder = plant(tmp_path, "panel too small")
    change(folder / CASE, "    scores: judges\n", "")
    assert "E10" not in {row.code for row in check_folder(folder, advising_index())}


def test_stale_translation_is_found_in_its_own_file(tmp_path):
    folder = plant(tmp_path, "stale translation")
    [row] = check_folder(folder, small_index())
    assert (row.code, row.where) == ("T1", "text.en.t.hello.of")
    assert row.file.endswith("clean/text.en.yaml")
    assert row.line == line_of(folder, EN, "t.hello")


def test_fact_that_is_only_shareable_is_not_used(tmp_path):
    folder = copy_case("clean", tmp_path)
    change(
        folder / CASE,
        "facts:\n",
        "facts:\n  pay: {text: f.bill, may_share: true}\n",
    )
    change(folder / CASE, "reveal: [bill]", "reveal: [bill, pay]")
    change(folder / CASE, "facts: [bill, fear]", "facts: [bill, fear, pay]")
    change(folder / CASE, "facts: [bill], state", "facts: [bill, pay], state")
    [row] = check_folder(folder, small_index())
    assert (row.code, row.where) == ("F1", "facts.pay")


def test_choice_without_a_play_is_a_hint(tmp_path):
    folder = copy_case("clean", tmp_path)
    change(folder / CASE, "play: [hello.rush,", "play: [hello.call,")
    change(folder / CASE, "state: {trust: 0}, ", "")
    change(folder / CASE, "listens: not_met, plans: partly", "listens: not_met")
    [row] = check_folder(folder, small_index())
    assert (row.code, row.level, row.where) == (
        "P1",
        Level.HINT,
        "scenes.hello.choices.hello.rush",
    )


def test_dead_end_comes_with_the_shortest_play(tmp_path):
    folder = plant(tmp_path, "dead end in a hurry")
    [row] = [r for r in check_folder(folder, small_index()) if r.code == "S4"]
    # In a hurry trust is 0, so that nothing is left after bill and agree.
    assert row.play is not None
    assert sorted(row.play) == ["hello.rush", "talk.agree", "talk.bill"]


def test_accepted_finding_counts_as_clean(tmp_path):
    folder = plant(tmp_path, "fewer chances than promised")
    assert [row.code for row in check_folder(folder, small_index())] == ["E2"]
    with (folder / CASE).open("a", encoding="utf-8") as file:
        file.write(
            "accepted:\n  - {code: E2, where: blueprint.plans, "
            "reason: only for those who hear the fear, by: N. N.}\n"
        )
    assert check_folder(folder, small_index()) == []


def test_finding_is_not_accepted_without_a_name(tmp_path):
    folder = copy_case("clean", tmp_path)
    with (folder / CASE).open("a", encoding="utf-8") as file:
        file.write("accepted:\n  - {code: E2, where: blueprint.plans, reason: x}\n")
    assert [row.code for row in check_folder(folder, small_index())] == ["Y1"]


@pytest.mark.parametrize("code", sorted(NOT_ACCEPTABLE - {"Y1"}))
def test_case_that_cannot_be_built_is_never_accepted(tmp_path, code):
    name = {"S1": "unknown target", "V4": "start out of bounds"}[code]
    folder = plant(tmp_path, name)
    [row] = [r for r in check_folder(folder, small_index()) if r.code == code]
    with (folder / CASE).open("a", encoding="utf-8") as case_file:
        case_file.write(
            f"accepted:\n  - {{code: {code}, where: {row.where}, reason: x, by: x}}\n"
        )
    assert code in {r.code for r in check_folder(folder, small_index())}


def test_work_on_a_case_makes_no_new_version(tmp_path):
    folder = copy_case("clean", tmp_path)
    before = read_document(folder)
    change(folder / CASE, "status: draft", "status: in_review")
    assert read_document(folder) == before


def test_finding_says_place_fault_and_remedy(tmp_path):
    folder = plant(tmp_path, "unknown target")
    [row] = [r for r in check_folder(folder, small_index()) if r.code == "S1"]
    assert str(row).startswith("case_simulations/clean/case.yaml:")
    assert row.where == "scenes.talk.choices.talk.go.to"
    assert "correct the name" in row.message


PLANNING_FAULTS = [
    ("- [benefit, search]", "- [search, listen]\n      - [benefit, search]", "before"),
    ("- [benefit, search]", "- [benefit, work]", "before.1"),
    ("{hall: good, lawyer", "{hell: good, lawyer", "pool.benefit.fit.partner.hell"),
    ("{id: month, text: d.month}", "{id: none, text: d.month}", "dates.none"),
    ("harmful: [{id: sign,", "harmful: [{id: listen,", "harmful"),
    ("pick: {min: 2, max: 5}", "pick: {min: 1, max: 1}", "pick"),
    ("to_whom: colleague", "to_whom: nobody", "to_whom"),
    ("key: {home: 1, job", "key: {house: 1, job", "fields.kind.key.house"),
    ("min: 1, max: 20, expected: 3", "min: 4, max: 20, expected: 3", "expected"),
    ("{id: helper, text: w.helper}", "helper", "who.2"),
    ("{id: hall, text: p.hall}", "{id: hall, listed_as: moon}", "partners.hall"),
]


@pytest.mark.parametrize(("old", "new", "where"), PLANNING_FAULTS)
def test_fault_in_a_plan_a_form_or_advice_is_found_at_its_place(
    tmp_path, old, new, where
):
    folder = copy_case("advising", tmp_path)
    change(folder / CASE, old, new)
    found = check_folder(folder, advising_index())
    assert any(row.code == "S1" and where in row.where for row in found), [
        str(row) for row in found
    ]
