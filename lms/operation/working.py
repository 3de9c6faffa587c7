"""`lms worker`: mails, seals and sweeps, done beside the web processes."""

import logging
from collections.abc import Iterable

import click

from lms.app import create_app
from lms.jobs.queue import Worker, make_queue
from lms.jobs.schedule import PeriodicJob, run_once
from lms.logs import configure_logging
from lms.migrations import open_current_database
from lms.operation.periodic import periodic_jobs
from lms.settings import Settings

_log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="Do every job once, then end (for cron).")
def worker(once: bool) -> None:
    """Do what does not belong into a request: send mails, seal the audit trail.

    Stops at SIGTERM after the jobs that are running. Any number of workers may run.
    """
    settings = Settings.from_env()
    configure_logging(settings.log_level, settings.log_format)
    with open_current_database(settings) as database:
        jobs = periodic_jobs(create_app(settings, database))
        failed = run_once(jobs) if once else _work(settings, jobs)
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        raise SystemExit(1)


def _work(settings: Settings, jobs: Iterable[PeriodicJob]) -> list[str]:
    """Run jobs until told to stop; what fails is in the log and comes round again."""
    consumer = Worker(make_queue(settings, jobs))
    _log.info("worker started")
    consumer.run()
    _log.info("worker stopped")
    return []
