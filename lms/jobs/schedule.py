"""Work that comes round, and running it so that one failure stops nothing else."""

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.clock import utc_now

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Work that is done again and again.

    It must bear being run twice, at once in two places, or killed halfway: the
    database says what is still to do, never the queue.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]


def run_job(job: PeriodicJob) -> bool:
    """Run a job now and say whether it went well.

    Of an error only the class and the place are logged: its text may hold what the
    database was given, such as an address.
    """
    try:
        job.run(utc_now())
    except Exception as error:
        place = "".join(traceback.format_tb(error.__traceback__))
        _log.error("job %s failed: %s\n%s", job.name, type(error).__name__, place)
        return False
    return True


def run_once(jobs: Iterable[PeriodicJob]) -> list[str]:
    """Run every job once, in order; return the names of those that failed."""
    return [job.name for job in jobs if not run_job(job)]
