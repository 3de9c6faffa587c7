"""The one list of what is done again and again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from lms.audit.queries.chain import has_waiting
from lms.audit.services import seal_events
from lms.clock import utc_now
from lms.db import Database
from lms.jobs.carriers import carrier_of
from lms.jobs.delivery import PostOffice, deliver_due
from lms.jobs.mail_files import forget_mail_files, mail_folder
from lms.jobs.schedule import PeriodicJob
from lms.privacy.services.retention import sweep_retention
from lms.settings import Settings

_MAILS_A_RUN = 500


def periodic_jobs(app: Flask) -> tuple[PeriodicJob, ...]:
    """Return the jobs of an installation; they run inside the application's context."""
    return tuple(
        PeriodicJob(name, every, _inside(app, run))
        for name, every, run in (
            ("deliver-mails", timedelta(seconds=5), _deliver_mails),
            ("seal-audit", timedelta(minutes=1), _seal_audit),
            ("sweep-retention", timedelta(days=1), _sweep_retention),
        )
    )


def _inside(
    app: Flask, run: Callable[[Flask, datetime], None]
) -> Callable[[datetime], None]:
    """Give a job the application, in whose context it may translate as a view does."""

    def run_inside(now: datetime) -> None:
        with app.app_context():
            run(app, now)

    return run_inside


def _deliver_mails(app: Flask, _now: datetime) -> None:
    settings = _settings(app)
    office = PostOffice(
        app.extensions["lms_mail_kinds"], carrier_of(settings), settings
    )
    for _ in range(_MAILS_A_RUN):
        # One at a time, so that each is claimed at the moment it is sent; the first
        # failure ends the run, as the server may be down.
        result = deliver_due(_database(app), office, now=utc_now(), limit=1)
        if result.failed or not result.total:
            return


def _seal_audit(app: Flask, _now: datetime) -> None:
    database = _database(app)
    while True:
        with database.session() as session:
            if not has_waiting(session):  # asked without the lock that sealing takes
                return
        with database.transaction() as session:
            if seal_events(session, now=utc_now()) is None:
                return  # another worker seals


def _sweep_retention(app: Flask, now: datetime) -> None:
    with _database(app).transaction() as session:
        sweep_retention(session, _settings(app).retention, now=now)
    with _database(app).session() as session:
        forget_mail_files(session, mail_folder(_settings(app)))


def _settings(app: Flask) -> Settings:
    settings: Settings = app.config["LMS_SETTINGS"]
    return settings


def _database(app: Flask) -> Database:
    database: Database = app.extensions["lms_database"]
    return database
