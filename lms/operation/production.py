"""Serving for others: gunicorn's settings, and the application that it loads.

gunicorn reads this module (``-c python:lms.operation.production``): the names in
lower case are its settings. `lms serve` makes the application before it forks, so that
processes share its memory; no connection is open by then, so that none is ever shared.
"""

import gc
import logging
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from gunicorn.glogging import Logger
from gunicorn.http.errors import ParseException
from gunicorn.workers.sync import SyncWorker
from prometheus_client.multiprocess import mark_process_dead

from lms.app import MAX_REQUEST_BYTES, create_app
from lms.db import Database
from lms.logs import configure_logging
from lms.operation.periodic import periodic_jobs
from lms.settings import Settings, env_value
from lms.web.figures import MULTIPROCESS_DIR
from lms.web.problems import refuse_unreadable

if TYPE_CHECKING:
    from lms.jobs.queue import BackgroundWorker

_BESIDE = "lms_background_worker"


class SharedLogger(Logger):  # type: ignore[misc]
    """Hands gunicorn's own lines to our log; requests are logged by the application.

    Lines about a single request go without their words: these would quote its path
    or the reader's address.
    """

    def setup(self, _cfg: Any) -> None:
        """Let the root logger write what gunicorn says."""
        self.error_log.setLevel(logging.INFO)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True

    def access(self, *_parts: Any) -> None:
        """Write nothing: gunicorn's line would hold the path."""

    def exception(self, _words: Any, *_parts: Any, **_more: Any) -> None:
        """Say where something failed, with the frames and without the address."""
        self.error_log.exception("request could not be answered")

    def warning(self, words: str, *parts: Any, **more: Any) -> None:
        """Say everything but who sent what could not be read."""
        if words.startswith("Invalid request"):
            words, parts = "a request could not be read", ()
        self.error_log.warning(words, *parts, **more)


class LeavingWorker(SyncWorker):  # type: ignore[misc]
    """Answers one request at a time, and refuses new ones once it is to stop.

    gunicorn keeps the door open until the last request has ended: whoever came in
    meanwhile would be cut off. A refusal lets the proxy ask another node.
    """

    def init_signals(self) -> None:
        """Hear SIGTERM in the middle of waiting for a slow sender, too.

        gunicorn lets such a wait go on unheard, for the sake of Pythons that did not
        take it up again by themselves (PEP 475).
        """
        super().init_signals()
        signal.siginterrupt(signal.SIGTERM, True)

    def handle_exit(self, sig: Any, frame: Any) -> None:
        """Shut the door at SIGTERM; the request that is running ends."""
        super().handle_exit(sig, frame)
        for listener in self.sockets:
            # A request of which the head is still being read will ask for it.
            listener.getsockname = partial(_same, listener.getsockname())
            listener.close()

    def run(self) -> None:
        """Answer requests; a door shut in the middle of waiting is no fault."""
        try:
            super().run()
        except Exception:
            if self.alive:
                raise


def _same(name: Any) -> Any:
    return name


worker_class = f"{__name__}.{LeavingWorker.__name__}"
graceful_timeout = 30
timeout = 60
logger_class = SharedLogger
control_socket_disable = True  # nobody steers it but whoever started it


def on_starting(_server: Any) -> None:
    """Log in one form from the first line on; counts of an earlier run go."""
    settings = Settings.from_env()
    configure_logging(settings.log_level, settings.log_format)
    folder = env_value(MULTIPROCESS_DIR)
    for path in Path(folder).glob("*.db") if folder else ():
        path.unlink()


def pre_request(_worker: Any, request: Any) -> None:
    """Say beforehand that the connection ends, where the body may be left unread.

    The body stands before the next request: a browser that was told that it may go on
    would lose that one.
    """
    heads = dict(request.headers)
    length = heads.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in heads or int(length) > MAX_REQUEST_BYTES:
        request.force_close()


def post_worker_init(worker: Any) -> None:
    """Begin the jobs that run beside the pages, if they were asked for."""
    beside: BackgroundWorker | None = worker.wsgi.extensions.get(_BESIDE)
    if beside:
        beside.start()


def worker_exit(_server: Any, worker: Any) -> None:
    """End the running jobs and leave the database; requests have ended by now."""
    app = getattr(worker, "wsgi", None)
    if app is None:  # it never came up
        return
    beside: BackgroundWorker | None = app.extensions.get(_BESIDE)
    if beside:
        beside.stop(graceful=True)
    database: Database = app.extensions["lms_database"]
    database.engine.dispose()


def child_exit(_server: Any, worker: Any) -> None:
    """Drop the figures of a worker that is gone."""
    if env_value(MULTIPROCESS_DIR):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def make_app() -> Flask:
    """Return the application of this process, with settings from the environment."""
    settings = Settings.from_env()
    configure_logging(settings.log_level, settings.log_format)
    app = create_app(settings)
    app.register_error_handler(ParseException, refuse_unreadable)
    # What is there now stays: never searched for garbage again, and its memory pages
    # remain shared with processes that are forked from this one.
    gc.collect()
    gc.freeze()
    return app


def make_app_with_jobs() -> Flask:
    """Return the application, which runs the jobs of the installation as well."""
    from lms.jobs.queue import BackgroundWorker, make_queue  # huey, with all it can use

    app = make_app()
    queue = make_queue(app.config["LMS_SETTINGS"], periodic_jobs(app))
    app.extensions[_BESIDE] = BackgroundWorker(queue)
    return app
