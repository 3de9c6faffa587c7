"""Clients that ask as fast as they are answered, and note how long each answer took.

Plain sockets and as little work as possible, since the driver shares the machine
with the server; `pages` measures how many bare answers it can take.
"""

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

CLIENTS = 8


class Request(NamedTuple):
    """One request, ready to be sent, and the status that it must be answered with."""

    raw: bytes
    status: int
    method: str
    path: str
    cookies: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status line, headers and body."""

    status: int
    head: bytes
    body: bytes

    def cookies(self) -> dict[str, str]:
        """Return the cookies that the answer sets."""
        found = {}
        for line in self.head.decode("latin-1").split("\r\n"):
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                found[key] = rest.split(";")[0]
        return found


@dataclass(frozen=True, slots=True)
class Timing:
    """What a run took.

    Attributes
    ----------
    milliseconds : sequence of float
        Each answer's time, shortest first.
    """

    seconds: float
    milliseconds: Sequence[float]

    @property
    def rate(self) -> float:
        """Return answers per second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the time within which this share of the answers came."""
        rows = self.milliseconds
        return rows[min(len(rows) - 1, int(share * len(rows)))]


class UnexpectedAnswerError(Exception):
    """The server answered something that a measurement must not count."""


def make_request(
    method: str,
    path: str,
    *,
    cookies: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    status: int = 200,
) -> Request:
    """Return a request as a browser would send it, as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Language: ja"]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in cookies.items()))
    body = urlencode(form or {}).encode()
    if method == "POST":
        lines.append("Content-Type: application/x-www-form-urlencoded")
        lines.append(f"Content-Length: {len(body)}")
    raw = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
    return Request(raw, status, method, path, cookies or {}, form or {})


class Connection:
    """One client's connection; it is kept for as long as the server keeps it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: Request) -> Answer:
        """Send a request and return the whole answer.

        Raises
        ------
        UnexpectedAnswerError
            The status is not the expected one.
        """
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), 60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request.raw)
        answer = self._receive(self._socket)
        if answer.status != request.status:
            first = request.raw.split(b"\r\n")[0].decode()
            raise UnexpectedAnswerError(
                f"{first}: {answer.status} in place of {request.status}"
            )
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _receive(self, source: socket.socket) -> Answer:
        data = source.recv(65_536)
        while b"\r\n\r\n" not in data:
            data += self._more(source)
        head, _, body = data.partition(b"\r\n\r\n")
        low = head.lower()
        length = _length(low)
        parts, size = [body], len(body)
        while size < length:
            parts.append(self._more(source))
            size += len(parts[-1])
        if b"connection: close" in low:
            self.close()
        return Answer(int(head[9:12]), head, b"".join(parts))

    @staticmethod
    def _more(source: socket.socket) -> bytes:
        data = source.recv(262_144)
        if not data:
            raise UnexpectedAnswerError("the server hung up in the middle of an answer")
        return data


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"content-length: ")
    return int(rest.split(b"\r\n")[0]) if found else 0


def drive(
    port: int, plans: Sequence[Iterator[Request]], *, seconds: float | None = None
) -> Timing:
    """Let each client send its plan, until it ends or the time is over.

    Raises
    ------
    UnexpectedAnswerError
        Some answer was not the expected one; then nothing was measured.
    """
    start = threading.Barrier(len(plans) + 1)
    clients = [_Client(port, plan, start) for plan in plans]
    for client in clients:
        client.start()
    start.wait()
    began = time.perf_counter()
    if seconds is not None:
        for client in clients:
            client.end = began + seconds
    for client in clients:
        client.join()
    took = time.perf_counter() - began
    faults = [client.fault for client in clients if client.fault is not None]
    if faults:
        raise UnexpectedAnswerError(str(faults[0]))
    return Timing(took, sorted(ms for client in clients for ms in client.kept))


class _Client(threading.Thread):
    """One client: sends its plan and notes what each answer took."""

    def __init__(
        self, port: int, plan: Iterator[Request], start: threading.Barrier
    ) -> None:
        super().__init__()
        self._connection, self._plan, self._start_line = Connection(port), plan, start
        self.kept: list[float] = []
        self.fault: Exception | None = None
        self.end = float("inf")

    def run(self) -> None:
        self._start_line.wait()
        try:
            for request in self._plan:
                before = time.perf_counter()
                self._connection.ask(request)
                after = time.perf_counter()
                self.kept.append((after - before) * 1000)
                if after > self.end:
                    break
        except (OSError, UnexpectedAnswerError) as error:
            self.fault = error
        finally:
            self._connection.close()
