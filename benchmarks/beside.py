"""One page of the product timed between two timings of the bare one.

A machine that others use as well is faster in one minute than in the next. So each page
has its own two bare timings, right before and right after it, and a fixed piece of work
beside each of these says whether the machine stayed the same (`PERFORMANCE`: void from
15 % on). A page that was caught by a change is timed again.
"""

import time
from dataclasses import dataclass

from benchmarks.bare_run import PAGE, WRITE, BareApp
from benchmarks.driver import Timing, drive
from benchmarks.server import Server
from benchmarks.visits import Crowd, Measured

MAX_DRIFT = 0.15
_GOOD_DRIFT = 0.08
_TRIES = 4
_LOOPS = 1_500_000


@dataclass(frozen=True, slots=True)
class Beside:
    """A page with what stood beside it.

    Attributes
    ----------
    bare_rate : float
        Bare answers per second, the mean of before and after.
    bare_drift, machine_drift : float
        By which share the bare answers, and the fixed work, differed.
    """

    timing: Timing
    bare_rate: float
    bare_drift: float
    machine_drift: float

    @property
    def worst(self) -> float:
        """Return the greater of the two differences."""
        return max(self.bare_drift, self.machine_drift)


def time_beside(
    server: Server, crowd: Crowd, page: Measured, bare: BareApp, *, seconds: float
) -> Beside:
    """Time a page until the machine held still; the stillest try counts."""
    if not page.is_write:
        drive(server.port, page.plans(crowd), seconds=0.3)  # caches of the process
    tries: list[Beside] = []
    while not tries or (tries[-1].worst > _GOOD_DRIFT and len(tries) < _TRIES):
        tries.append(_try(server, crowd, page, bare, seconds=seconds))
    return min(tries, key=lambda found: found.worst)


def _try(
    server: Server, crowd: Crowd, page: Measured, bare: BareApp, *, seconds: float
) -> Beside:
    name = WRITE if page.is_write else PAGE
    machine = machine_seconds()
    before = bare.drive(name, seconds=seconds / 2).rate
    timing = _time(server, crowd, page, seconds=seconds)
    after = bare.drive(name, seconds=seconds / 2).rate
    return Beside(
        timing,
        bare_rate=(before + after) / 2,
        bare_drift=_difference(before, after),
        machine_drift=_difference(machine, machine_seconds()),
    )


def _time(server: Server, crowd: Crowd, page: Measured, *, seconds: float) -> Timing:
    if not page.repeats:
        return drive(server.port, page.plans(crowd), seconds=seconds)
    found = [drive(server.port, page.plans(crowd)) for _ in range(page.repeats)]
    return Timing(
        sum(timing.seconds for timing in found),
        sorted(ms for timing in found for ms in timing.milliseconds),
    )


def machine_seconds() -> float:
    """Return what a fixed piece of work takes: the machine's own speed, just now."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        total = 0
        for number in range(_LOOPS):
            total += number & 7
        best = min(best, time.perf_counter() - began)
    return best


def _difference(first: float, second: float) -> float:
    return abs(first - second) / max(first, second)
