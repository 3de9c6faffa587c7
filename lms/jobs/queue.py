"""The queue and its worker: huey, on a file or on Redis.

Only jobs that come round go through it so far. Nothing is lost with the queue, since
each job finds its work in the database.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler
from huey.serializer import SignedSerializer
from redis import Redis, RedisError

from lms.errors import SettingsError, message
from lms.jobs.schedule import PeriodicJob, run_job
from lms.settings import Settings

_TICK_SECONDS = 5
_THREADS = 2  # a slow mail server must not hold up the sealing of the audit trail
_LONGEST_POLL_SECONDS = 1.0


def make_queue(settings: Settings, jobs: Iterable[PeriodicJob]) -> Huey:
    """Return the queue of this installation, with all jobs that come round.

    Raises
    ------
    SettingsError
        Redis does not answer.
    """
    queue = _on_redis(settings) if settings.redis_url else _on_file(settings)
    for job in jobs:
        every = _Every(job.every)
        # What waited a whole round is not run as well: the next one does its work.
        wait = max(int(job.every.total_seconds()), _TICK_SECONDS)
        queue.periodic_task(every, name=job.name, expires=wait)(_task(job))
    return queue


def _name(settings: Settings) -> str:
    """Return a name that installations on the same Redis do not share."""
    return f"tsunagu {settings.public_url}"


def _on_file(settings: Settings) -> Huey:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "queue.sqlite"
    path.touch(mode=0o600)
    options = _options(settings)
    return SqliteHuey(_name(settings), filename=str(path), **options)


def _on_redis(settings: Settings) -> Huey:
    try:
        with Redis.from_url(settings.redis_url or "") as connection:
            connection.ping()
    except RedisError as error:
        raise SettingsError(
            message("Redis does not answer at the address in LMS_REDIS_URL.")
        ) from error
    return RedisHuey(_name(settings), url=settings.redis_url, **_options(settings))


def _options(settings: Settings) -> dict[str, Any]:
    """Return what both kinds of queue are told.

    The library reads a message by pickle, which does what the message says. So only
    what carries our signature is read: whoever can write to Redis is not the server.
    """
    signed = SignedSerializer(secret=settings.secret_key, salt=_name(settings))
    return {"results": False, "serializer": signed}


def _task(job: PeriodicJob) -> Callable[[], None]:
    def task() -> None:
        run_job(job)

    return task


class _Every:
    """Says at each tick of the scheduler whether a job's turn has come."""

    def __init__(self, pause: timedelta) -> None:
        # Ticks come a little early or late; half a tick is near enough.
        self._pause = pause - timedelta(seconds=_TICK_SECONDS / 2)
        self._last: datetime | None = None

    def __call__(self, moment: datetime) -> bool:
        if self._last is not None and moment - self._last < self._pause:
            return False
        self._last = moment
        return True


class _Scheduler(Scheduler):  # type: ignore[misc]
    """huey's scheduler at a shorter beat than its minute."""

    periodic_task_seconds = _TICK_SECONDS


class Worker(Consumer):  # type: ignore[misc]
    """Runs jobs in threads until it is told to stop, then ends the running ones."""

    scheduler_class = _Scheduler

    def __init__(self, queue: Huey) -> None:
        super().__init__(
            queue,
            workers=_THREADS,
            max_delay=_LONGEST_POLL_SECONDS,
            scheduler_interval=_TICK_SECONDS,
            graceful_signal="TERM",
        )

    def start(self) -> None:
        """Listen to signals before the first job runs, not after."""
        self._set_signal_handlers()
        super().start()


class BackgroundWorker(Worker):
    """The same beside a web server, which keeps the signals to itself."""

    def __enter__(self) -> "BackgroundWorker":
        self.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.stop(graceful=True)

    def _set_signal_handlers(self) -> None:
        pass
