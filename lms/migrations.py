"""Bringing a database to the present schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from lms.db import rebuilding


def migration_config(connection: Connection, folder: Path) -> Config:
    """Return Alembic's settings for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def upgrade_database(engine: Engine, folder: Path) -> None:
    """Run all migrations that the database has not seen."""
    with rebuilding(engine) as connection:
        migrate(connection, folder, "head")


def migrate(connection: Connection, folder: Path, revision: str) -> None:
    """Run migrations up to a revision, in a transaction made by `rebuilding`."""
    command.upgrade(migration_config(connection, folder), revision)


def list_revisions(folder: Path) -> list[str]:
    """Return all revisions that this code knows, the present one first."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    return [script.revision for script in scripts.walk_revisions()]


def find_revision(connection: Connection) -> str | None:
    """Return the revision of the schema that a database has."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine, folder: Path) -> bool:
    """Say whether the database has the schema that this code expects."""
    with engine.connect() as connection:
        return find_revision(connection) == list_revisions(folder)[0]
