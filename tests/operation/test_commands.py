"""The command line: every command is found under its name, and only when called."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from lms.cli import cli

NAMES = cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("name", NAMES)
def test_each_command_says_what_it_does(name):
    said = CliRunner().invoke(cli, [name, "--help"])
    assert (said.exit_code, f"Usage: cli {name} " in said.output) == (0, True)


def test_help_lists_all_commands_with_a_line_each():
    said = CliRunner().invoke(cli, ["--help"]).output
    listed = said.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed if line[2] != " "] == NAMES
    assert all(len(line.split()) > 1 for line in listed)


def test_a_command_that_is_not_there_is_told():
    said = CliRunner().invoke(cli, ["verify"])
    assert (said.exit_code, "No such command 'verify'" in said.output) == (2, True)


def test_verifying_does_not_import_what_serves_pages():
    code = (
        "import sys; from lms.cli import cli; "
        "cli(['records', 'verify', '--help'], standalone_mode=False); "
        "print([name for name in sys.modules if name in ('lms.app', 'gunicorn')])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines()[-1] == "[]"
