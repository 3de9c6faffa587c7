"""The bare page, write and form, asked between the pages of the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from benchmarks.driver import (
    CLIENTS,
    Connection,
    Request,
    Timing,
    drive,
    make_request,
)
from benchmarks.population import Population, copy_of
from benchmarks.server import served
from lms.settings import Settings

PAGE, WRITE, FORM, HELLO = "page", "write", "form", "hello"


class BareApp:
    """The bare application beside the product, asked as the product is asked."""

    def __init__(self, port: int, population: Population) -> None:
        entered = [_enter(port, population, k) for k in population.spread(CLIENTS * 6)]
        cookies = [row[0] for row in entered]
        hello = make_request("GET", "/hello")
        self._port = port
        self._requests = {
            PAGE: [make_request("GET", "/page", cookies=row) for row in cookies],
            WRITE: [
                make_request("POST", "/write", cookies=row, status=204)
                for row in cookies
            ],
            FORM: [_act(*row) for row in entered],
            HELLO: [hello] * len(cookies),
        }
        self.drive(PAGE, seconds=0.5)

    def drive(self, name: str, *, seconds: float) -> Timing:
        """Ask for one of the four for so long."""
        requests = self._requests[name]
        each = len(requests) // CLIENTS
        plans = [cycle(requests[n * each : (n + 1) * each]) for n in range(CLIENTS)]
        return drive(self._port, plans, seconds=seconds)


@contextmanager
def bare_app(
    settings: Settings, population: Population, log: Path
) -> Iterator[BareApp]:
    """Serve the bare application until the block ends."""
    with served("benchmarks.bare:app_from_env()", settings, log) as server:
        yield BareApp(server.port, population)


def _enter(port: int, population: Population, k: int) -> tuple[dict[str, str], str]:
    """Return the cookies of somebody who entered, and the token for their forms."""
    subject = copy_of(population.seeded.learners[0].subject_id, k)
    connection = Connection(port)
    form = {"subject": str(subject)}
    answer = connection.ask(make_request("POST", "/enter", form=form, status=200))
    connection.close()
    return answer.cookies(), answer.body.decode()


def _act(cookies: dict[str, str], token: str) -> Request:
    form = {
        "csrf_token": token,
        "position": "3",
        "action_id": str(uuid4()),
        "choice": "b",
    }
    return make_request("POST", "/act", cookies=cookies, form=form, status=303)
