"""The server as it runs for others: processes of its own, reached over HTTP."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import requests

from lms.settings import Settings, environment

# Patience with a machine that does much else; a first start checks all content.
LIMIT_SECONDS = 180
_ANY_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


class Server:
    """A running `lms serve`, and what it wrote to its log."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.lines: list[str] = []
        self.listens = Event()
        self._reader = Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr or ():
            self.lines.append(line)
            if "Listening at" in line or "Serving on" in line:
                self.listens.set()
        self.listens.set()

    def stop(self) -> int:
        """Ask it to stop, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(LIMIT_SECONDS)
        self._reader.join()
        return status

    def events(self) -> list[dict[str, object]]:
        """Return its log, each line of which must be one event."""
        return [json.loads(line) for line in self.lines]

    def knows_its_end(self) -> bool:
        """Say whether it has been told to stop, and has told its processes."""
        return any("signal: term" in line for line in self.lines)

    def is_closed(self) -> bool:
        """Say whether nobody new is let in."""
        address = ("127.0.0.1", int(self.url.rpartition(":")[2]))
        with socket.socket() as visitor:
            return visitor.connect_ex(address) != 0

    def figures(self) -> str:
        """Return its figures as it tells them."""
        with requests.get(f"{self.url}/metrics", timeout=LIMIT_SECONDS) as answer:
            return answer.text

    def in_flight(self) -> float:
        """Return how many requests are being answered."""
        found = re.findall(
            r"^tsunagu_requests_in_flight (.+)$", self.figures(), re.MULTILINE
        )
        if not found:
            return 0.0
        (line,) = found
        return float(line)


class Visitor:
    """A browser at the demo's door."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        page = self._session.get(f"{url}/sign-in", timeout=LIMIT_SECONDS)
        (self._token, *_others) = _ANY_FIELD.findall(page.text)

    def enter(self) -> int:
        """Sign in as the trainee; return the status of the answer."""
        with self._session.post(
            f"{self._url}/sign-in/demo",
            data={"csrf_token": self._token, "role": "trainee"},
            allow_redirects=False,
            timeout=LIMIT_SECONDS,
        ) as answer:
            return answer.status_code


@contextmanager
def serving(settings: Settings, *options: str) -> Iterator[Server]:
    """Run `lms serve` on a free port, until it is stopped or the block ends."""
    port = free_port()
    command = [sys.executable, "-c", "from lms.cli import main; main()", "serve"]
    command += ["--port", str(port), *options]
    with running(command, port, variables(settings)) as server:
        yield server


def free_port() -> int:
    """Return a port at which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: list[str], port: int, variables: dict[str, str]
) -> Iterator[Server]:
    """Run a command that becomes the server, and wait until it listens."""
    with subprocess.Popen(
        command,
        env=variables,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        server = Server(process, f"http://127.0.0.1:{port}")
        try:
            assert server.listens.wait(LIMIT_SECONDS)
            assert process.poll() is None, server.lines
            yield server
        finally:
            if process.poll() is None:
                server.stop()


def variables(settings: Settings) -> dict[str, str]:
    """Return the environment of a process of this installation."""
    return environment(
        LMS_DATABASE_URL=settings.database_url,
        LMS_SECRET_KEY=settings.secret_key,
        LMS_DATA_DIR=str(settings.data_dir),
        LMS_PUBLIC_URL=settings.public_url,
        LMS_DEMO="1",
    )


def until(holds: Callable[[], bool]) -> None:
    """Look again and again until something holds; the test's own limit ends it."""
    pause = Event()
    while not holds():
        pause.wait(0.05)  # leaves the processor to the server
