"""`lms serve` and `lms demo`: running an installation."""

import errno
import os
import socket
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from waitress import create_server

from lms.app import create_app
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.database_url import normalise_database_url
from lms.db import Database, make_engine
from lms.demo.setup import demo_settings, free_port, make_cohort, publish_demo
from lms.errors import SettingsError, message
from lms.jobs.queue import BackgroundWorker, make_queue
from lms.kinds import content_kinds
from lms.logs import configure_logging
from lms.migrations import upgrade_database
from lms.operation.database import require_current_schema
from lms.operation.periodic import periodic_jobs
from lms.settings import (
    Settings,
    env_value,
    environment,
)
from lms.web.figures import MULTIPROCESS_DIR

_THREADS = 8
_WORKERS = 2
_HOST = "127.0.0.1"
_MOST_PATH_BYTES = 100  # Linux takes 107, others 103 (sun_path of sockaddr_un)
_PRODUCTION = "lms.operation.production"  # by name: gunicorn needs POSIX
_MAKE_APP = f"{_PRODUCTION}:make_app()"
_MAKE_APP_WITH_JOBS = f"{_PRODUCTION}:make_app_with_jobs()"
# Without docstrings, which are a fortieth of what two processes keep in memory.
GUNICORN = (sys.executable, "-OO", "-m", "gunicorn")
_ONE_PROCESS = ["--workers", "1", "--worker-class", "gthread", "--threads", "8"]
_TAKEN = message("Port %(port)s is taken; choose another with --port.")
_NOT_OURS = message("%(host)s is no address of this machine; correct --host.")
_NOT_ALLOWED = message("Port %(port)s is not for this user; choose one above 1023.")


@click.command()
@click.option("--host", default=_HOST)
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.option(
    "--socket",
    "socket_path",
    type=click.Path(path_type=Path),
    help="Instead of a port.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="How many processes; 2 if not said."
)
@click.option("--with-worker", is_flag=True, help="One process, jobs included.")
def serve(
    host: str,
    port: int,
    socket_path: Path | None,
    workers: int | None,
    with_worker: bool,
) -> None:
    """Serve the application from several processes; jobs run in `lms worker`.

    With --with-worker one process serves and runs the jobs as well: enough for a
    small installation, and the only way on Windows. SIGTERM lets requests end.
    """
    if with_worker and workers is not None:
        raise click.UsageError("--with-worker is one process: leave out --workers")
    settings = Settings.from_env()
    ZoneInfo(settings.time_zone)  # every page would fail on one that nobody knows
    if sys.platform == "win32":
        configure_logging(settings.log_level, settings.log_format)
        serve_app(settings, host=host, port=port)
        return
    require_current_schema(settings)
    if socket_path is None:
        _require_free(host, port)
    else:
        _require_place(socket_path)
    bind = f"unix:{socket_path}" if socket_path else _address(host, port)
    several = ["--preload", "--workers", str(workers or _WORKERS), _MAKE_APP]
    one = [*_ONE_PROCESS, _MAKE_APP_WITH_JOBS]
    _become_gunicorn(settings, ["--bind", bind, *(one if with_worker else several)])


def _require_place(path: Path) -> None:
    """Say at once what keeps a socket from being made; gunicorn replaces an old one."""
    if not path.parent.is_dir():
        raise click.UsageError(f"there is no folder {path.parent}")
    if path.exists() and not path.is_socket():
        raise click.UsageError(f"{path} is there already, and is no socket")
    if len(os.fsencode(path)) > _MOST_PATH_BYTES:
        raise click.UsageError(f"{path} is too long for a socket")


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _require_free(host: str, port: int) -> None:
    """Say at once what keeps a port from us, where gunicorn would try for seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise _refusal_of(error, host, port) from error


def _refusal_of(error: OSError, host: str, port: int) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        return SettingsError(_TAKEN, port=port)
    if error.errno == errno.EACCES:
        return SettingsError(_NOT_ALLOWED, port=port)
    return SettingsError(_NOT_OURS, host=host)


def _become_gunicorn(settings: Settings, arguments: list[str]) -> None:
    """Replace this process, so that signals reach gunicorn and nobody else."""
    figures = settings.data_dir / "metrics"
    figures.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [*GUNICORN, "-c", f"python:{_PRODUCTION}"]
    sys.stdout.flush()
    variables = environment(**{MULTIPROCESS_DIR: str(figures)})
    os.execve(sys.executable, [*command, *arguments], variables)  # noqa: S606


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
    configure_logging("WARNING", "text")
    _set_up_demo(settings, large=large)
    if no_serve:
        click.echo(f"http://{_HOST}:{chosen}")
        return
    serve_app(settings, host=_HOST, port=chosen)


def _set_up_demo(settings: Settings, *, large: bool) -> None:
    engine = make_engine(settings.database_url)
    upgrade_database(engine, settings.migrations_dir)
    database, library = Database(engine), Library(COMPILERS)
    click.echo("checking and publishing the content; this takes a minute or two")
    faults = publish_demo(database, content_kinds(), settings.content_root)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        raise SystemExit(1)
    made = make_cohort(database, library, settings, large=large)
    click.echo("demo cohort made" if made else "demo cohort is there already")
    engine.dispose()


def serve_app(settings: Settings, *, host: str, port: int) -> None:
    """Serve from one process until stopped, and run the jobs beside it.

    The address is the last line printed.

    Raises
    ------
    SchemaError
        The database has another schema.
    SettingsError
        The port is taken.
    """
    require_current_schema(settings)
    app = create_app(settings)
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=_THREADS,
            clear_untrusted_proxy_headers=not settings.trusted_proxies,
        )
    except OSError as error:
        raise _refusal_of(error, host, port) from error
    queue = make_queue(settings, periodic_jobs(app))
    click.echo(f"http://{host}:{port}")
    with BackgroundWorker(queue):
        server.run()
