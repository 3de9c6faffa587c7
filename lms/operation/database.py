"""`lms db`: looking after the database."""

import click

from lms.db import open_database
from lms.migrations import open_current_database, upgrade_database
from lms.settings import Settings


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the present schema."""
    settings = Settings.from_env()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_database(settings.database_url) as database:
        upgrade_database(database.engine, settings.migrations_dir)
    click.echo("database is up to date")


def require_current_schema(settings: Settings) -> None:
    """Refuse to run on a database that this version does not know.

    Raises
    ------
    SchemaError
        The database has another schema.
    """
    with open_current_database(settings):
        pass
