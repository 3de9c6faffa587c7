"""What may stand in one place only stands in one place only."""

import ast
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from lms.settings import PROJECT_ROOT

LMS = PROJECT_ROOT / "lms"
SOURCES = sorted(LMS.rglob("*.py"))


@cache
def names_called(path: Path) -> set[str]:
    """Return every dotted name and attribute that a module uses."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        if isinstance(node, ast.Name):
            found.add(node.id)
    return found


def modules_that_use(*names: str) -> set[str]:
    return {
        path.relative_to(LMS).as_posix()
        for path in SOURCES
        if names_called(path) & set(names)
    }


def test_only_db_commits():
    assert modules_that_use("commit") == {"db.py"}


def test_only_settings_reads_the_environment():
    assert modules_that_use("environ", "getenv") == {"settings.py"}


def test_only_clock_reads_the_clock():
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if path.name == "clock.py":
            continue
        assert not re.search(r"datetime\.now|utcnow\(|date\.today|time\.time\(", text)


def test_only_markdown_makes_markup():
    assert modules_that_use("Markup") == {"web/markdown.py"}


def test_nothing_is_evaluated():
    assert modules_that_use("eval", "exec", "pickle") == set()


@pytest.mark.parametrize("path", sorted(LMS.rglob("__init__.py")), ids=str)
def test_packages_hold_a_docstring_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path
    may_export = path.parent.name in ("domain", "psychometrics", "tasks")
    assert len(tree.body) == 1 or may_export, path


# A file that stands alone on a disk and is served by nobody: it brings its style.
_ALONE = {"map_file.html"}


def test_templates_have_no_inline_script_style_or_handler():
    for path in LMS.rglob("*.html"):
        if path.name in _ALONE:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path


def test_no_template_marks_text_as_safe_but_drawings():
    for path in LMS.rglob("*.html"):
        # Our own drawings, from a table in that file, and our own style sheets.
        if path.name == "icon.html" or path.name in _ALONE:
            continue
        assert "| safe" not in path.read_text(encoding="utf-8"), path


def test_no_tracked_file_names_a_registry_host():
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (PROJECT_ROOT / name).read_text(encoding="utf-8")


_TOP = {
    *("lms", "curricula", "case_simulations", "assessments", "rubrics", "migrations"),
    *("tests", "benchmarks", "docs", ".ci"),
    *("wsgi.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt"),
    *("README.md", "Makefile", "babel.cfg", ".gitignore"),
}
_OURS = re.compile(
    r"\.(py|md|toml|txt|cfg|yaml|json|po|html|css|js|svg|png|mako|typ"
    r"|conf|env|service|timer|dockerignore)"
)


@pytest.mark.skipif(
    not shutil.which("git") or not (PROJECT_ROOT / ".git").exists(),
    reason="needs a checkout and git to know which files belong to the project",
)
def test_what_is_kept_is_ours_and_in_its_place():
    """What pip or a build leaves beside the sources is soon added by a wide command."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, check=True
    )
    kept = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    assert {path.parts[0] for path in kept} <= _TOP
    assert [path for path in kept if not _OURS.fullmatch(path.suffix or ".py")] == []


def test_nothing_starts_a_shell_or_reads_xml():
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^(import|from) (subprocess|xml|lxml)\b", text, re.M), (
            path
        )
        assert not re.search(r"\bos\.(system|popen)\(|shell=True", text), path


def is_put_together(node: ast.AST) -> bool:
    """Say whether SQL is given as anything but words that stand there as they are."""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
    is_sql = called in ("exec_driver_sql", "literal_column") or (
        called == "text" and isinstance(node.func, ast.Name)
    )
    return is_sql and not isinstance(node.args[0], ast.Constant)


def test_no_statement_is_put_together_from_text():
    """But where the parts are names of tables and columns in our own code."""
    put_together = {
        path.relative_to(LMS).as_posix()
        for path in SOURCES
        if any(map(is_put_together, ast.walk(ast.parse(path.read_bytes()))))
    }
    assert put_together == {"accounts/models.py", "db.py", "operation/backup/load.py"}


def test_no_weak_hash_and_no_chance_that_can_be_guessed():
    """But where samples come from a seed, so that they can be drawn again."""
    weak = ("md5", "sha1", "random", "uniform", "randint", "shuffle", "getrandbits")
    assert modules_that_use(*weak) <= {
        "simulation/domain/sampling.py",
        "psychometrics/irt/selection.py",
        "psychometrics/irt/simulation.py",
    }


def test_scripts_write_text_and_never_markup():
    for path in LMS.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", text), (
            path
        )
        assert "document.write" not in text, path
