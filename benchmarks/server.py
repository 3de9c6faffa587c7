"""gunicorn with two sync workers and the settings of production, for one run."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms.operation.serving import GUNICORN
from lms.settings import Settings

WORKERS = 2
_ROOT = Path(__file__).parent.parent
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    port: int
    process: subprocess.Popen[bytes]

    def memory_mib(self) -> float:
        """Return what all processes of the server keep in memory, in MiB.

        Pages that several of them share are counted once (proportional set size): the
        application is loaded before the workers are forked.
        """
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(map(_proportional_kib, [str(pid), *children])) / 1024


def _proportional_kib(pid: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    line = next(row for row in lines if row.startswith("Pss:"))
    return int(line.split()[1])


@contextmanager
def served(target: str, settings: Settings, log: Path) -> Iterator[Server]:
    """Serve an application until the block ends."""
    port = _free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LMS_")
    } | {
        "LMS_DATABASE_URL": settings.database_url,
        "LMS_SECRET_KEY": settings.secret_key,
        "LMS_DATA_DIR": str(settings.data_dir),
        "LMS_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    command = [*GUNICORN, "--preload", "-w", str(WORKERS)]
    command += ["-b", f"127.0.0.1:{port}", "--log-level", "warning", target]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=_ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            _wait_for(port, process, log)
            yield Server(port, process)
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")
