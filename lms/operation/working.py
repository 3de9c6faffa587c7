"""`lms worker`: mails, seals and sweeps, done beside the web processes."""

import logging

import click

from lms.app import create_app
from lms.jobs.queue import Worker, make_queue
from lms.jobs.schedule import run_once
from lms.operation.database import require_current_schema
from lms.operation.periodic import periodic_jobs
from lms.settings import Settings


@click.command()
@click.option("--once", is_flag=True, help="Do every job once, then end (for cron).")
def worker(once: bool) -> None:
    """Do what does not belong into a request: send mails, seal the audit trail.

    Stops at SIGTERM after the jobs that are running. Any number of workers may run.
    """
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("huey").setLevel(logging.WARNING)
    settings = Settings.from_env()
    require_current_schema(settings)
    app = create_app(settings)
    jobs = periodic_jobs(app)
    if once:
        failed = run_once(jobs)
        if failed:
            click.echo(f"failed: {', '.join(failed)}", err=True)
            raise SystemExit(1)
        return
    consumer = Worker(make_queue(settings, jobs))
    click.echo("worker started")
    consumer.run()
    click.echo("worker stopped")
