"""`lms serve` and `lms demo`: running an installation."""

import logging
from contextlib import nullcontext
from pathlib import Path

import click
from waitress import create_server

from lms.app import create_app
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.demo.setup import demo_settings, free_port, make_cohort, publish_demo
from lms.errors import SettingsError, message
from lms.jobs.queue import BackgroundWorker, make_queue
from lms.kinds import content_kinds
from lms.migrations import upgrade_database
from lms.operation.database import require_current_schema
from lms.operation.periodic import periodic_jobs
from lms.settings import Settings, env_value, normalise_database_url

_THREADS = 8
_HOST = "127.0.0.1"


@click.command()
@click.option("--host", default=_HOST)
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option("--no-worker", is_flag=True, help="Jobs run elsewhere: lms worker.")
def serve(host: str, port: int, no_worker: bool) -> None:
    """Serve the application from one process, which sends mails and seals as well.

    Production uses several processes behind a proxy, and `lms worker`.
    """
    settings = Settings.from_env()
    serve_app(settings, host=host, port=port, with_worker=not no_worker)


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


def serve_app(
    settings: Settings, *, host: str, port: int, with_worker: bool = True
) -> None:
    """Serve until stopped; the address is the last line printed.

    Raises
    ------
    SettingsError
        The database has another schema, or the port is taken.
    """
    require_current_schema(settings)
    logging.basicConfig(level=logging.WARNING)
    app = create_app(settings)
    try:
        server = create_server(app, host=host, port=port, threads=_THREADS)
    except OSError as error:
        raise SettingsError(
            message("Port %(port)s is taken; choose another with --port."), port=port
        ) from error
    queue = make_queue(settings, periodic_jobs(app)) if with_worker else None
    click.echo(f"http://{host}:{port}")
    with BackgroundWorker(queue) if queue else nullcontext():
        server.run()
