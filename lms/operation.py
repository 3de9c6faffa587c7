"""`lms db`, `lms serve`: setting up and running an installation."""

import logging

import click
from waitress import serve as run_server

from lms.app import create_app
from lms.db import make_engine
from lms.errors import SettingsError, message
from lms.migrations import is_current, upgrade_database
from lms.settings import Settings

_THREADS = 8


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the present schema."""
    settings = Settings.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade_database(make_engine(settings.database_url), settings.migrations_dir)
    click.echo("database is up to date")


@click.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000, type=click.IntRange(0, 65535))
def serve(host: str, port: int) -> None:
    """Serve the application; production uses several processes behind a proxy."""
    settings = Settings.from_env()
    serve_app(settings, host=host, port=port)


def serve_app(settings: Settings, *, host: str, port: int) -> None:
    """Serve until stopped; refuse a database of another schema."""
    if not is_current(make_engine(settings.database_url), settings.migrations_dir):
        raise SettingsError(message("The database is not up to date: lms db upgrade"))
    logging.basicConfig(level=logging.WARNING)
    app = create_app(settings)
    click.echo(f"http://{host}:{port}")
    run_server(app, host=host, port=port, threads=_THREADS)
