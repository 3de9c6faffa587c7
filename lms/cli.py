"""The `lms` command: it knows where every package's commands are, and nothing else.

A command's package is imported when the command is called for: all of them together
take longer to import than most commands take to run.
"""

import sys
from functools import partial
from importlib import import_module
from typing import Any

import click

from lms.operation.refusals import EXPECTED, explain

# Each command, and after a group's own those that another package adds to it.
_COMMANDS = {
    "audit": ["lms.audit.cli:audit"],
    "backup": ["lms.operation.backup.commands:backup"],
    "case": [
        "lms.simulation.cli:case",
        "lms.simulation.authoring.cli:new",
        "lms.simulation.authoring.cli:import_case",
        "lms.simulation.authoring.cli:export_case",
        "lms.simulation.authoring.cli:map_case",
        "lms.simulation.authoring.cli:diff_cases",
    ],
    "content": ["lms.content.cli:content", "lms.operation.content_stats:stats"],
    "db": ["lms.operation.database:db"],
    "demo": ["lms.operation.serving:demo"],
    "doctor": ["lms.operation.doctor.commands:doctor"],
    "keys": ["lms.credentials.cli:keys"],
    "people": ["lms.accounts.admin.cli:people"],
    "privacy": ["lms.privacy.cli:privacy"],
    "records": ["lms.credentials.cli:records"],
    "restore": ["lms.operation.backup.commands:restore_command"],
    "serve": ["lms.operation.serving:serve"],
    "worker": ["lms.operation.working:worker"],
}
_KINDS = "lms.kinds:content_kinds"
_FACTS = "lms.facts:fact_sources"


class _CommandsByName(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _COMMANDS and name not in self.commands:
            command, *added = map(_load, _COMMANDS[name])
            for other in added:
                command.add_command(other)
            self.add_command(command, name)
        return super().get_command(context, name)


@click.group(cls=_CommandsByName)
@click.pass_context
def cli(context: click.Context) -> None:
    """Tsunagu: training and competency assessment for support coordinators."""
    if context.invoked_subcommand == "content":
        context.obj = _load(_KINDS)()
    if context.invoked_subcommand == "audit":
        context.obj = partial(_load, _FACTS)  # loaded where facts are asked for


def _load(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def main() -> None:
    """Run a command; a refusal is one line on stderr and exit status 2."""
    try:
        cli(prog_name="lms")
    except EXPECTED as error:
        line = explain(error)
        if line is None:
            raise
        click.echo(f"lms: {line}", err=True)
        sys.exit(2)
