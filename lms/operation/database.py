"""`lms db`: looking after the database."""

import click

from lms.db import make_engine
from lms.migrations import require_schema, upgrade_database
from lms.settings import Settings


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the present schema."""
    settings = Settings.from_env()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade_database(make_engine(settings.database_url), settings.migrations_dir)
    click.echo("database is up to date")


def require_current_schema(settings: Settings) -> None:
    """Refuse to run on a database that this version does not know.

    Raises
    ------
    SchemaError
        The database has another schema.
    """
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            require_schema(connection, settings.migrations_dir)
    finally:
        engine.dispose()
