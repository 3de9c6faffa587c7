"""`lms demo`: a plainly fictional cohort, made through the real services."""

import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Organisation, Person
from lms.accounts.services import NewPerson, Passwords, assign_learner, register_person
from lms.assessment.domain import Item
from lms.assessment.services import Answer, answer_item
from lms.clock import local_day, utc_now
from lms.content.domain import Bilingual, Finding, Level
from lms.content.queries import Library
from lms.content.services import PublishOrder, check_content, publish_content
from lms.db import Database
from lms.evidence.services import find_submission
from lms.framework.domain import Rubric
from lms.grading.domain import Rating, SheetDraft
from lms.grading.services import claim_sheet, return_sheet, save_draft
from lms.permissions import Role
from lms.programme.services import NewCohort, enrol_learner, open_cohort
from lms.settings import Settings
from lms.simulation.domain import Case, full_credit_answer, play
from lms.simulation.services import WORK_KIND, Act, act, start_attempt

PASSWORD = "tsunagu-demo"  # noqa: S105 - printed on the sign-in page of the demo
COHORT = "demo-8"
CASE = "rent-letter"
_HOST = "demo.example"
_PLAN = (
    "今日のうちに、市の自立相談支援機関へミンさんと一緒に電話して、住居確保給付金の相談を"
    "予約します。大家さんには、30日までに相談中であることを伝える連絡を、ミンさんが電話通訳を"
    "通してします。夜の電話のことは、ミンさんが決めたとおり警察の相談窓口に一緒に連絡します。"
    "契約が終わったことの届出は今週中にオンラインで出します。12月1日（火）14時にもう一度、"
    "電話通訳を入れて会い、うまくいかなかったときの次の手を決めます。"
)
_STAFF = (
    ("supervisor", "見本 大庭", (Role.SUPERVISOR,)),
    ("certifier", "見本 梶原", (Role.CERTIFIER,)),
    ("operator", "見本 野々村", (Role.OPERATOR,)),
    ("author", "見本 水瀬", (Role.AUTHOR,)),
)


@dataclass(frozen=True, slots=True)
class Story:
    """What a fictional learner has done so far.

    Attributes
    ----------
    play : str or None
        Name of one of the case's named plays.
    bands : tuple of int or None
        What the supervisor gave, criterion by criterion.
    """

    number: str
    email: str
    name: str
    right_share: float | None = None
    play: str | None = None
    bands: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the demo's stories are played on."""

    session: Session
    library: Library
    settings: Settings
    now: datetime
    people: dict[str, Person]

    def at(self, *, days: float) -> "Stage":
        """Return the same stage some days earlier."""
        return replace(self, now=self.now - timedelta(days=days))

    def day(self) -> Any:
        """Return the learners' calendar day."""
        return local_day(self.now, self.settings.time_zone)


def demo_settings(base: Path, *, port: int, database_url: str | None) -> Settings:
    """Return settings of a demo; its secret is made once and kept in its folder."""
    base.mkdir(parents=True, exist_ok=True)
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


def publish_demo(database: Database, library: Library, root: Path) -> list[Finding]:
    """Publish the content under `root`; return what forbids it."""
    index, findings = check_content(root, library.kinds)
    errors = [row for row in findings if row.level is Level.ERROR]
    if errors:
        return errors
    order = PublishOrder(by="demo", reviewed_by=None, now=utc_now(), batch=uuid4())
    with database.transaction() as session:
        _result, faults = publish_content(session, index, library.kinds, order=order)
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
        _hire(stage)
        framework = library.get_current(session, "framework", "coordinator")
        cohort = open_cohort(
            session,
            NewCohort(
                slug=COHORT,
                name=Bilingual(
                    ja="見本の第8期（架空）", en="Demo cohort 8 (fictional)"
                ),
                framework_version_id=framework.id,
                started_on=stage.at(days=60).day(),
            ),
        )
        for story in _stories(large=large):
            learner = _enrol(stage.at(days=60), story)
            enrol_learner(
                session,
                cohort,
                learner.subject_id,
                number=story.number,
                now=stage.at(days=60).now,
            )
            _live(stage, learner, story)
    return True


def _stories(*, large: bool) -> Iterator[Story]:
    yield Story("8-01", "trainee", "見本 森下")
    yield Story("8-02", "learner2", "見本 佐久間", 0.8, "careful path")
    yield Story("8-03", "learner3", "見本 戸川", 0.5, _CHILD_PLAY)
    yield Story(
        "8-04", "learner4", "見本 青木", 0.9, "careful path", (3, 3, 2, 3, 3, 2)
    )
    yield Story(
        "8-05", "learner5", "見本 北川", 1.0, "careful path", (3, 3, 3, 3, 3, 3)
    )
    if large:
        for number in range(6, 61):
            share = (number % 10) / 10
            yield Story(
                f"8-{number:02}", f"learner{number}", f"見本 {number:02}", share
            )


_CHILD_PLAY = "child interprets"


def _hire(stage: Stage) -> None:
    organisation = Organisation(
        name_ja="つなぎ市多文化相談窓口（架空）",
        name_en="Tsunagi City Consultation Counter (fictional)",
    )
    stage.session.add(organisation)
    stage.session.flush()  # people name its id
    for key, name, roles in _STAFF:
        stage.people[key] = _register(stage, key, name, roles, organisation)


def _enrol(stage: Stage, story: Story) -> Person:
    learner = _register(stage, story.email, story.name, (Role.TRAINEE,), None)
    assign_learner(stage.session, stage.people["supervisor"], learner, now=stage.now)
    return learner


def _register(
    stage: Stage,
    key: str,
    name: str,
    roles: tuple[Role, ...],
    organisation: Organisation | None,
) -> Person:
    return register_person(
        stage.session,
        NewPerson(
            name=name,
            email=f"{key}@{_HOST}",
            roles=roles,
            password=PASSWORD,
            organisation=organisation,
        ),
        passwords=Passwords(cheap=True),
        now=stage.now,
    )


def _live(stage: Stage, learner: Person, story: Story) -> None:
    if story.right_share is not None:
        _answer_items(stage.at(days=20), learner, story.right_share)
    if story.play is not None:
        work = _play(stage.at(days=10), learner, story.play)
        if story.bands is not None:
            _mark(stage.at(days=5), work, story.bands)


def _answer_items(stage: Stage, learner: Person, right_share: float) -> None:
    for version in stage.library.list_current(stage.session, "item"):
        item: Item = version.content
        draw = int(uuid5(NAMESPACE_URL, f"{learner.id}/{item.slug}")) % 100
        is_right = draw < right_share * 100
        chosen = [o.slug for o in item.options if o.is_correct == is_right]
        if item.kind.value == "single":
            chosen = chosen[:1]
        answer_item(
            stage.session,
            version,
            Answer(
                subject_id=learner.subject_id,
                action_id=uuid4(),
                chosen=tuple(chosen),
                language="ja",
                now=stage.now,
                day=stage.day(),
            ),
        )


def _play(stage: Stage, learner: Person, name: str) -> UUID:
    version = stage.library.get_current(stage.session, "case", CASE)
    attempt = start_attempt(stage.session, version, learner.subject_id, now=stage.now)
    minutes = 0
    for position, action in enumerate(recorded_play(version.content, name)):
        minutes += 2
        act(
            stage.session,
            stage.library,
            attempt,
            Act(
                position=position,
                action_id=uuid4(),
                action=action,
                language="ja",
                now=stage.now + timedelta(minutes=minutes),
                day=stage.day(),
            ),
        )
    return attempt.public_id


def recorded_play(case: Case, name: str) -> list[dict[str, Any]]:
    """Return the actions of one of the case's named plays."""
    named = next((row for row in case.tests if name in row.name), case.tests[0])
    actions: list[dict[str, Any]] = []
    for entry in named.play:
        scene, given = _entry(entry)
        if case.find_choice(scene) is not None:
            actions.append({"type": "choose", "choice": scene})
        elif case.scenes[scene].kind == "document":
            actions.append({"type": "read", "scene": scene})
        else:
            answer = given or _fill(full_credit_answer(case, play(case, actions)))
            actions.append({"type": "answer", "scene": scene, "answer": answer})
    return actions


def _entry(entry: Any) -> tuple[str, Any]:
    if isinstance(entry, str):
        return entry, None
    ((scene, answer),) = entry.items()
    return scene, answer


def _fill(answer: Any) -> Any:
    """Put words where an answer has place-holders."""
    if isinstance(answer, dict) and "text" in answer:
        return {"text": _PLAN, "language": "ja"}
    if isinstance(answer, dict) and "referrals" in answer:
        words = {
            "reason": "家賃と収入の相談を、同じ窓口で続けて受けられるため。",
            "follow_up": "1週間後に、電話通訳を入れて本人に様子を聞く。",
        }
        return {"referrals": [{**row, **words} for row in answer["referrals"]]}
    return answer


def _mark(stage: Stage, work: UUID, bands: tuple[int, ...]) -> None:
    session = stage.session
    submission = find_submission(session, WORK_KIND, work)
    if submission is None:
        return
    rubric = stage.library.get(session, submission.rubric_version_id)
    content: Rubric = rubric.content
    sheet = claim_sheet(
        session,
        submission,
        rater_id=stage.people["supervisor"].subject_id,
        now=stage.now,
    )
    draft = SheetDraft.on(
        content,
        [
            Rating(criterion.slug, band)
            for criterion, band in zip(content.criteria, bands, strict=True)
        ],
        "はじめに通訳を呼び、だれに何を伝えるかを本人と決めていました。"
        "次は、計画の期日を本人の言葉で言ってもらいましょう。",
    )
    save_draft(
        session, sheet, draft, rubric=content, revision=sheet.revision, now=stage.now
    )
    return_sheet(
        session,
        sheet,
        submission=submission,
        rubric=rubric,
        time_zone=stage.settings.time_zone,
        now=stage.now,
    )
