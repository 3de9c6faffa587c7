"""`lms serve` and `lms demo`: running an installation."""

import logging
from pathlib import Path

import click
from waitress import create_server

from lms.app import create_app
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.demo.setup import demo_settings, free_port, make_cohort, publish_demo
from lms.errors import SettingsError, message
from lms.kinds import content_kinds
from lms.migrations import is_current, upgrade_database
from lms.settings import Settings, env_value, normalise_database_url

_THREADS = 8
_HOST = "127.0.0.1"


@click.command()
@click.option("--host", default=_HOST)
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the application; production uses several processes behind a proxy."""
    serve_app(Settings.from_env(), host=host, port=port)


@click.command()
@click.option("--large", is_flag=True, help="A cohort of sixty.")
@click.option("--no-serve", is_flag=True, help="Only set up.")
@click.option("--port", default=None, type=click.IntRange(1, 65535))
def demo(large: bool, no_serve: bool, port: int | None) -> None:
    """Set up a plainly fictional cohort and serve it."""
    chosen = port or free_port(8000)
    url = env_value("LMS_DATABASE_URL")
    settings = demo_settings(
        Path(env_value("LMS_DATA_DIR") or "var/demo").resolve(),
        port=chosen,
        database_url=normalise_database_url(url) if url else None,
    )
    _set_up_demo(settings, large=large)
    if no_serve:
        click.echo(f"http://{_HOST}:{chosen}")
        return
    serve_app(settings, host=_HOST, port=chosen)


def _set_up_demo(settings: Settings, *, large: bool) -> None:
    engine = make_engine(settings.database_url)
    upgrade_database(engine, settings.migrations_dir)
    database, library = Database(engine), Library(content_kinds())
    faults = publish_demo(database, library, settings.content_root)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise SystemExit(1)
    made = make_cohort(database, library, settings, large=large)
    click.echo("demo cohort made" if made else "demo cohort is there already")
    engine.dispose()


def serve_app(settings: Settings, *, host: str, port: int) -> None:
    """Serve until stopped; the address is the last line printed.

    Raises
    ------
    SettingsError
        The database has another schema, or the port is taken.
    """
    if not is_current(make_engine(settings.database_url), settings.migrations_dir):
        raise SettingsError(message("The database is not up to date: lms db upgrade"))
    logging.basicConfig(level=logging.WARNING)
    app = create_app(settings)
    try:
        server = create_server(app, host=host, port=port, threads=_THREADS)
    except OSError as error:
        raise SettingsError(
            message("Port %(port)s is taken; choose another with --port."), port=port
        ) from error
    click.echo(f"http://{host}:{port}")
    server.run()
