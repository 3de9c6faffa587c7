"""Work that comes round, and running it so that one failure stops nothing else."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

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
    database was given, such as an address. That the database is away is no fault of
    the job; it is said as often as the job comes round, and where is of no use.
    """
    try:
        job.run(utc_now())
    except Exception as error:
        words = f"job {job.name} failed"
        if _is_away(error):
            _log.error("%s: the database is away (%s)", words, type(error).__name__)
        else:
            _log.exception("%s: %s", words, type(error).__name__)
        return False
    return True


def _is_away(error: Exception) -> bool:
    """Say whether the database could not be reached, or left in the middle."""
    if isinstance(error, DBAPIError):
        return error.statement is None or error.connection_invalidated
    return isinstance(error, PoolTimeoutError)


def run_once(jobs: Iterable[PeriodicJob]) -> list[str]:
    """Run every job once, in order; return the names of those that failed."""
    return [job.name for job in jobs if not run_job(job)]
