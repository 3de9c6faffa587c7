"""A real server that can be killed, and browsers that go on asking it."""

import os
import re
import signal
import subprocess
import threading
from contextlib import suppress

import requests

from lms.accounts.gate import STAY_KEY
from lms.app import create_app
from lms.demo.setup import free_port
from lms.operation.serving import GUNICORN
from lms.settings import PROJECT_ROOT, environment
from tests.factories.sign_ins import open_stay

_PATIENCE_SECONDS = 30


class Server:
    """What `lms serve` becomes, in a process group of its own."""

    def __init__(self, settings):
        self.port = free_port(18_000)
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment(
            LMS_DATABASE_URL=settings.database_url,
            LMS_SECRET_KEY=settings.secret_key,
            LMS_DATA_DIR=str(settings.data_dir),
            LMS_PUBLIC_URL=self.url,
            PYTHONPATH=str(PROJECT_ROOT),
        )
        self._log = (settings.data_dir / "server.log").open("ab")
        self._process = None
        self.kills = 0

    def start(self):
        """Start it, and come back when it answers."""
        module = "lms.operation.production"
        command = [*GUNICORN, "-c", f"python:{module}"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", "2"]
        self._process = subprocess.Popen(
            [*command, f"{module}:make_app()"],
            env=self._environment,
            start_new_session=True,
            stdout=self._log,
            stderr=self._log,
        )
        pause = threading.Event()
        for _ in range(_PATIENCE_SECONDS * 20):
            assert self._process.poll() is None, "the server ended by itself"
            with suppress(requests.RequestException):
                if requests.get(f"{self.url}/healthz", timeout=5).ok:
                    return
            pause.wait(0.05)
        raise AssertionError("the server does not answer")

    def kill(self):
        """End all its processes at once, in the middle of whatever they do."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.kills += 1

    def stop(self):
        """End it for good."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()


class Browser:
    """One person's cookie and token; asks once, and does not mend what breaks."""

    def __init__(self, server, settings, database, person):
        self._url = server.url
        client = create_app(settings, database).test_client()
        with client.session_transaction() as cookie:
            cookie[STAY_KEY] = open_stay(database, person)
        page = client.get("/").text
        self._token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        self._cookie = f"tsunagu={client.get_cookie('tsunagu').value}"

    def post(self, path, data, *, as_script=False):
        """Send a form; raise `requests.RequestException` when no answer comes."""
        headers = {"Cookie": self._cookie}
        if as_script:
            headers["Accept"] = "application/json"
        return requests.post(
            self._url + path,
            data={"csrf_token": self._token, **data},
            headers=headers,
            allow_redirects=False,
            timeout=_PATIENCE_SECONDS,
        )
