"""gunicorn's part: its lines in our log, and the entry for other servers."""

import logging
import socket
import subprocess
import sys

import pytest
from gunicorn.config import Config
from gunicorn.sock import TCPSocket

from lms.operation.production import LeavingWorker, SharedLogger
from lms.settings import PROJECT_ROOT
from tests.operation.servers import variables

PATH = "/sign-in/invitation/secret-of-a-mailed-link"


@pytest.fixture
def logger(caplog):
    """gunicorn's logger as the server makes it."""
    raw = logging.getLogger("gunicorn.error")
    before = (raw.level, raw.handlers[:], raw.propagate)
    yield SharedLogger(Config())
    level, raw.handlers[:], raw.propagate = before
    raw.setLevel(level)


def test_a_failed_request_is_logged_without_its_path(logger, caplog):
    try:
        raise OSError
    except OSError:
        logger.exception("Error handling request %s", PATH)
    assert "request could not be answered" in caplog.text
    assert PATH not in caplog.text
    assert caplog.records[0].exc_info


def test_an_unreadable_request_is_logged_without_its_sender(logger, caplog):
    logger.warning(f"Invalid request from ip=192.0.2.7: {PATH}")
    assert caplog.messages == ["a request could not be read"]


def test_other_lines_keep_their_words(logger, caplog):
    logger.warning("Worker with pid %s was terminated", 7)
    logger.debug("GET %s", PATH)
    assert caplog.messages == ["Worker with pid 7 was terminated"]


def test_the_name_of_a_shut_door_is_still_known():
    """A request whose head comes in while the door is shut asks for it."""
    worker = LeavingWorker.__new__(LeavingWorker)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        listener = TCPSocket(plain.getsockname(), Config(), None, fd=plain.detach())
    name, worker.sockets = listener.getsockname(), [listener]
    worker.handle_exit(None, None)
    assert listener.getsockname() == name
    with socket.socket() as visitor:
        assert visitor.connect_ex(name) != 0


@pytest.mark.slow
def test_other_servers_find_the_application_at_the_top(settings):
    command = [sys.executable, "-m", "gunicorn", "--check-config", "wsgi:app"]
    done = subprocess.run(
        command, env=variables(settings), cwd=PROJECT_ROOT, check=False
    )
    assert done.returncode == 0
