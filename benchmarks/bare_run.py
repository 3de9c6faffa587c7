"""The bare page, write and form, measured before and after the product."""

from dataclasses import dataclass
from itertools import cycle, repeat
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

_HELLO_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class BareRun:
    """What the machine can do at most, just now."""

    hello: Timing
    page: Timing
    write: Timing
    act: Timing


def run_bare(
    settings: Settings, population: Population, log: Path, *, seconds: float
) -> BareRun:
    """Serve the bare application and ask as the product is asked."""
    with served("benchmarks.bare:app_from_env()", settings, log) as server:
        entered = [_enter(server.port, population, k) for k in _blocks(population)]
        cookies = [row[0] for row in entered]
        hello = make_request("GET", "/hello")
        pages = [make_request("GET", "/page", cookies=c) for c in cookies]
        writes = [
            make_request("POST", "/write", cookies=c, status=204) for c in cookies
        ]
        acts = [_act(*row) for row in entered]
        each = len(cookies) // CLIENTS
        groups = [slice(n * each, (n + 1) * each) for n in range(CLIENTS)]
        port = server.port
        drive(port, [cycle(pages[group]) for group in groups], seconds=0.5)
        return BareRun(
            hello=drive(port, [repeat(hello) for _ in groups], seconds=_HELLO_SECONDS),
            page=drive(port, [cycle(pages[g]) for g in groups], seconds=seconds),
            write=drive(port, [cycle(writes[g]) for g in groups], seconds=seconds),
            act=drive(port, [cycle(acts[g]) for g in groups], seconds=seconds),
        )


def _blocks(population: Population) -> list[int]:
    return population.spread(CLIENTS * 6)


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
