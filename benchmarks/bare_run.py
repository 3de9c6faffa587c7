"""The bare page and the bare write, measured before and after the product."""

from dataclasses import dataclass
from itertools import cycle, repeat
from pathlib import Path

from benchmarks.driver import CLIENTS, Connection, Timing, drive, make_request
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


def run_bare(
    settings: Settings, population: Population, log: Path, *, seconds: float
) -> BareRun:
    """Serve the bare application and ask as the product is asked."""
    with served("benchmarks.bare:app_from_env()", settings, log) as server:
        cookies = [_enter(server.port, population, k) for k in _blocks(population)]
        hello = make_request("GET", "/hello")
        pages = [make_request("GET", "/page", cookies=c) for c in cookies]
        writes = [
            make_request("POST", "/write", cookies=c, status=204) for c in cookies
        ]
        each = len(cookies) // CLIENTS
        groups = [slice(n * each, (n + 1) * each) for n in range(CLIENTS)]
        port = server.port
        drive(port, [cycle(pages[group]) for group in groups], seconds=0.5)
        return BareRun(
            hello=drive(port, [repeat(hello) for _ in groups], seconds=_HELLO_SECONDS),
            page=drive(port, [cycle(pages[g]) for g in groups], seconds=seconds),
            write=drive(port, [cycle(writes[g]) for g in groups], seconds=seconds),
        )


def _blocks(population: Population) -> list[int]:
    return population.spread(CLIENTS * 6)


def _enter(port: int, population: Population, k: int) -> dict[str, str]:
    subject = copy_of(population.seeded.learners[0].subject_id, k)
    connection = Connection(port)
    form = {"subject": str(subject)}
    answer = connection.ask(make_request("POST", "/enter", form=form, status=204))
    connection.close()
    return answer.cookies()
