"""`lms case`: what it prints, where, and with which exit status."""

import json

import pytest
from click.testing import CliRunner

from lms.simulation.cli import case
from lms.simulation.domain import play_named
from tests.simulation.case_files import change, clean_case, copy_case


def run(*words, obj=None):
    return CliRunner().invoke(case, [str(word) for word in words], obj=obj)


@pytest.fixture
def folder(tmp_path):
    return copy_case("clean", tmp_path)


@pytest.fixture
def actions(tmp_path):
    played = clean_case()
    path = tmp_path / "actions.json"
    steps = play_named(played, played.tests[0].play).steps
    path.write_text(json.dumps([step.action.to_dict() for step in steps]))
    return path


def test_explore_prints_figures_as_json(folder):
    result = run("explore", folder, "--format", "json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert list(figures)[-1] == "seconds"
    assert figures["complete"] is True
    assert set(figures["endings"]) == {"done", "late"}


def test_explore_prints_a_table(folder):
    result = run("explore", folder)
    assert result.exit_code == 0
    assert "all searched" in result.stdout
    assert "shortest play: hello.call >" in result.stdout


@pytest.mark.parametrize("name", ["clean", "case_simulations/clean/case.yaml"])
def test_case_is_found_by_slug_and_by_path(folder, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert run("explore", name, "--root", tmp_path).exit_code == 0
    assert run("explore", name, obj=tmp_path).exit_code == 0


def test_root_comes_from_the_settings_when_not_given(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("LMS_CONTENT_ROOT", str(tmp_path))
    assert run("explore", "clean").exit_code == 0


def test_unknown_case_is_wrong_use():
    result = run("explore", "no-such-case")
    assert result.exit_code == 2
    assert "no case 'no-such-case'" in result.stderr


def test_case_with_faults_is_listed_on_stderr_and_not_explored(folder):
    change(folder / "case.yaml", "to: letter", "to: nowhere")
    result = run("explore", folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "case_simulations/clean/case.yaml:71: error S1" in result.stderr


def test_case_that_leads_round_is_a_fault(folder):
    change(folder / "case.yaml", "- {to: write}", "- {to: gate}")
    result = run("explore", folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "'gate' leads nowhere" in result.stderr


def test_play_prints_where_the_actions_lead(folder, actions):
    result = run("play", folder, "--actions", actions)
    assert result.exit_code == 0
    assert result.stdout.startswith("end 'late', minute 45 of 40, outcome out_of_time")
    assert "to mark  plans in 'write'" in result.stdout


def test_play_prints_the_result_as_json(folder, actions):
    result = run("play", folder, "--actions", actions, "--format", "json")
    shape = json.loads(result.stdout)
    assert (shape["scene"], shape["engine"], len(shape["steps"])) == (
        "late",
        "engine/1",
        9,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"type": "choose", "choice": "nope"}]', "Action 1"),
        ("{}", "a list of actions"),
        ("[", "no JSON"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_actions_that_cannot_be_played_are_faults(folder, tmp_path, text, said):
    path = tmp_path / "actions.json"
    path.write_text(text)
    result = run("play", folder, "--actions", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_play_without_actions_asks_for_them_and_ends_with_the_input(folder):
    answer = run("play", folder)
    assert answer.exit_code == 1
    assert "number, b (back), q (quit)" in answer.stderr
