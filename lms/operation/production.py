"""Serving from several processes: gunicorn's settings, and the application it loads.

gunicorn reads this module (``-c python:lms.operation.production``): the names in
lower case are its settings.
"""

import logging
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.glogging import Logger
from prometheus_client.multiprocess import mark_process_dead

from lms.app import create_app
from lms.logs import configure_logging
from lms.settings import Settings, env_value
from lms.web.health import MULTIPROCESS_DIR


class SharedLogger(Logger):  # type: ignore[misc]
    """Hands gunicorn's own lines to our log; requests are logged by the application."""

    def setup(self, _cfg: Any) -> None:
        """Let the root logger write what gunicorn says."""
        self.error_log.setLevel(logging.INFO)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True

    def access(self, *_parts: Any) -> None:
        """Write nothing: gunicorn's line would hold the path."""


worker_class = "sync"  # one request a worker: no threads that fight for one writer
graceful_timeout = 30
timeout = 60
logger_class = SharedLogger
control_socket_disable = True  # nobody steers it but systemd


def on_starting(_server: Any) -> None:
    """Log in one form from the first line on; counts of an earlier run go."""
    settings = Settings.from_env()
    configure_logging(settings.log_level, settings.log_format)
    folder = env_value(MULTIPROCESS_DIR)
    for path in Path(folder).glob("*.db") if folder else ():
        path.unlink()


def child_exit(_server: Any, worker: Any) -> None:
    """Drop the figures of a worker that is gone."""
    if env_value(MULTIPROCESS_DIR):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def make_app() -> Flask:
    """Return the application of this process, with settings from the environment.

    Each worker makes its own after the fork: connections are never shared.
    """
    settings = Settings.from_env()
    configure_logging(settings.log_level, settings.log_format)
    return create_app(settings)
