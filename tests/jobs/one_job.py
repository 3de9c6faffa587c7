"""A worker in a process of its own, with one job that ends when it is told to."""

import sys
from datetime import timedelta
from pathlib import Path

from lms.jobs.queue import Worker, make_queue
from lms.jobs.schedule import PeriodicJob
from lms.settings import Settings


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def run(_now):
    say("begun")
    sys.stdin.readline()
    say("ended")


def main(folder, public_url, redis_url):
    settings = Settings(
        database_url="sqlite://",
        secret_key="only-for-tests-" * 4,
        data_dir=Path(folder),
        public_url=public_url,
        redis_url=redis_url or None,
    )
    job = PeriodicJob("wait", timedelta(days=1), run)
    Worker(make_queue(settings, (job,))).run()
    say("stopped")


if __name__ == "__main__":
    main(*sys.argv[1:])
