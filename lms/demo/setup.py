"""Setting a demo up: settings, content, people, keys, and their stories."""

import secrets
import socket
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from lms.accounts.models import Organisation, Person
from lms.accounts.passwords import Passwords
from lms.accounts.services import NewPerson, assign_learner, register_person
from lms.clock import utc_now
from lms.content.domain import Bilingual, Finding, Level
from lms.content.kinds import KindRegistry
from lms.content.queries import Library
from lms.content.services import PublishOrder, check_content, publish_content
from lms.credentials.services.keys import make_key
from lms.db import Database
from lms.demo.acts import certify, live
from lms.demo.stage import Stage, Story, list_stories
from lms.permissions import Role
from lms.programme.services import NewCohort, enrol_learner, open_cohort
from lms.settings import Settings

PASSWORD = "tsunagu-demo"  # noqa: S105 - printed on the sign-in page of the demo
COHORT = "demo-8"
_HOST = "demo.example"
_STAFF = (
    ("supervisor", "見本 大庭", "みほん おおば", (Role.SUPERVISOR,)),
    ("certifier", "見本 梶原", "みほん かじわら", (Role.CERTIFIER,)),
    ("operator", "見本 野々村", "みほん ののむら", (Role.OPERATOR,)),
    ("author", "見本 水瀬", "みほん みなせ", (Role.AUTHOR,)),
    ("auditor", "見本 西園", "みほん にしぞの", (Role.AUDITOR,)),
    ("administrator", "見本 立花", "みほん たちばな", (Role.ADMINISTRATOR,)),
)


def demo_settings(base: Path, *, port: int, database_url: str | None) -> Settings:
    """Return settings of a demo; its secret is made once and kept in its folder."""
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = base / "secret"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(32))
    return Settings(
        database_url=database_url or f"sqlite:///{base / 'tsunagu.sqlite'}",
        secret_key=secret.read_text(),
        data_dir=base,
        public_url=f"http://127.0.0.1:{port}",
        is_demo=True,
        body_name_ja="つなぐ研修認証機構（架空）",
        body_name_en="Tsunagu Certification Body (fictional)",
    )


def free_port(wanted: int) -> int:
    """Return the first port from `wanted` on that nothing listens at."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    return wanted


def publish_demo(database: Database, kinds: KindRegistry, root: Path) -> list[Finding]:
    """Publish the content under `root`; return what forbids it.

    Nobody waits for the search of every case: what is shipped was checked whole.
    """
    index, findings = check_content(root, kinds, searches=False)
    errors = [row for row in findings if row.level is Level.ERROR]
    if errors:
        return errors
    order = PublishOrder(by="demo", reviewed_by=None, now=utc_now(), batch=uuid4())
    with database.transaction() as session:
        _result, faults = publish_content(session, index, kinds, order=order)
        if faults:
            session.rollback()
    return faults


def make_cohort(
    database: Database, library: Library, settings: Settings, *, large: bool = False
) -> bool:
    """Make the fictional cohort unless it is there; say whether it was made."""
    with database.transaction() as session:
        if session.scalar(select(Person.id).limit(1)) is not None:
            return False
        stage = Stage(session, library, settings, utc_now(), {})
        make_key(session, settings, now=stage.now)
        _hire(stage)
        framework = library.get_current(session, "framework", "coordinator")
        began = stage.at(days=60)
        cohort = open_cohort(
            session,
            NewCohort(
                slug=COHORT,
                name=Bilingual(
                    ja="見本の第8期（架空）", en="Demo cohort 8 (fictional)"
                ),
                framework_version_id=framework.id,
                started_on=began.day(),
            ),
            now=began.now,
        )
        for story in list_stories(large=large):
            learner = _enrol(began, story)
            enrolment = enrol_learner(
                session, cohort, learner.subject_id, number=story.number, now=began.now
            )
            live(stage, learner, story)
            if story.is_certified:
                certify(stage, cohort, enrolment)
    return True


def _hire(stage: Stage) -> None:
    organisation = Organisation(
        name_ja="つなぎ市多文化相談窓口（架空）",
        name_en="Tsunagi City Consultation Counter (fictional)",
    )
    stage.session.add(organisation)
    stage.session.flush()  # people name its id
    for key, name, kana, roles in _STAFF:
        stage.people[key] = _register(stage, key, (name, kana), roles, organisation)


def _enrol(stage: Stage, story: Story) -> Person:
    learner = _register(
        stage, story.email, (story.name, story.kana), (Role.TRAINEE,), None
    )
    assign_learner(stage.session, stage.people["supervisor"], learner, now=stage.now)
    return learner


def _register(
    stage: Stage,
    key: str,
    names: tuple[str, str],
    roles: tuple[Role, ...],
    organisation: Organisation | None,
) -> Person:
    return register_person(
        stage.session,
        NewPerson(
            name=names[0],
            name_kana=names[1],
            email=f"{key}@{_HOST}",
            roles=roles,
            password=PASSWORD,
            organisation=organisation,
        ),
        passwords=Passwords(cheap=True),
        now=stage.now,
    )
