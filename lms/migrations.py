"""Bringing a database to the present schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


def migration_config(connection: Connection, folder: Path) -> Config:
    """Return Alembic's settings for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def upgrade_database(engine: Engine, folder: Path) -> None:
    """Run all migrations that the database has not seen."""
    with engine.execution_options(begin_mode="IMMEDIATE").begin() as connection:
        command.upgrade(migration_config(connection, folder), "head")


def is_current(engine: Engine, folder: Path) -> bool:
    """Say whether the database has the schema that this code expects."""
    with engine.connect() as connection:
        seen = MigrationContext.configure(connection).get_current_revision()
        config = migration_config(connection, folder)
        return seen == ScriptDirectory.from_config(config).get_current_head()
