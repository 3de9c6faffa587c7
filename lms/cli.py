"""The `lms` command: it knows every package's commands and nothing else."""

import sys

import click

import lms.accounts.admin.cli
import lms.audit.cli
import lms.content.cli
import lms.credentials.cli
import lms.privacy.cli
import lms.simulation.authoring.cli
import lms.simulation.cli
from lms.kinds import content_kinds
from lms.operation.backup.commands import backup, restore_command
from lms.operation.content_stats import stats
from lms.operation.database import db
from lms.operation.doctor.commands import doctor
from lms.operation.refusals import EXPECTED, explain
from lms.operation.serving import demo, serve
from lms.operation.working import worker


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Tsunagu: training and competency assessment for support coordinators."""
    context.obj = content_kinds()


cli.add_command(lms.accounts.admin.cli.people)
cli.add_command(lms.audit.cli.audit)
cli.add_command(lms.content.cli.content)
lms.content.cli.content.add_command(stats)
cli.add_command(lms.credentials.cli.keys)
cli.add_command(lms.credentials.cli.records)
cli.add_command(lms.privacy.cli.privacy)
cli.add_command(lms.simulation.cli.case)
for command in lms.simulation.authoring.cli.COMMANDS:
    lms.simulation.cli.case.add_command(command)
cli.add_command(backup)
cli.add_command(db)
cli.add_command(demo)
cli.add_command(doctor)
cli.add_command(restore_command)
cli.add_command(serve)
cli.add_command(worker)


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
