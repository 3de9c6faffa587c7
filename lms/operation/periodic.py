"""The one list of what is done again and again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from flask import Flask

from lms.clock import utc_now
from lms.db import Database
from lms.jobs.carriers import carrier_of
from lms.jobs.delivery import PostOffice, deliver_due
from lms.jobs.schedule import PeriodicJob
from lms.privacy.services.retention import sweep_retention
from lms.settings import Settings

_MAILS_A_RUN = 500


def periodic_jobs(app: Flask) -> tuple[PeriodicJob, ...]:
    """Return the jobs of an installation; they run inside the application's context."""
    settings: Settings = app.config["LMS_SETTINGS"]
    database: Database = app.extensions["lms_database"]
    office = PostOffice(
        app.extensions["lms_mail_kinds"], carrier_of(settings), settings
    )

    def deliver_mails(_now: datetime) -> None:
        for _ in range(_MAILS_A_RUN):
            # One at a time, so that each is claimed at the moment it is sent; the
            # first failure ends the run, as the server may be down.
            result = deliver_due(database, office, now=utc_now(), limit=1)
            if result.failed or not result.total:
                return

    def sweep(now: datetime) -> None:
        with database.transaction() as session:
            sweep_retention(session, settings.retention, now=now)

    return (
        PeriodicJob("deliver-mails", timedelta(seconds=5), _inside(app, deliver_mails)),
        PeriodicJob("sweep-retention", timedelta(days=1), _inside(app, sweep)),
    )


def _inside(app: Flask, run: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """Let a job translate as a view does."""

    @wraps(run)
    def run_inside(now: datetime) -> None:
        with app.app_context():
            run(now)

    return run_inside
