"""An application served to a browser by a thread of the tests."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from waitress import create_server, wasyncore


@contextmanager
def served(make_application: Callable[[str], Flask]) -> Iterator[str]:
    """Serve the application made for an address, until the block ends."""
    sockets: dict[int, object] = {}
    server = create_server("placeholder", sockets, host="127.0.0.1", port=0, threads=4)
    address = f"http://127.0.0.1:{server.effective_port}"
    server.application = make_application(address)
    thread = threading.Thread(target=_run, args=(server,), daemon=True)
    thread.start()
    yield address
    # Browsers keep their connections; with none left the loop of the server ends.
    wasyncore.close_all(sockets, ignore_all=True)
    thread.join(timeout=10)


def _run(server: object) -> None:
    try:
        server.run()
    except OSError:  # the socket is closed under the loop when the test ends
        return
