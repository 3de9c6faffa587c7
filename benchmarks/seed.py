"""One supervisor and twenty learners, who lived through the product's own services.

`population` copies this block until there are as many learners as are wanted, so
that every row is one that the application wrote.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from pyotp import TOTP
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.passwords import Passwords
from lms.accounts.sealing import unseal
from lms.accounts.second_factor.services import confirm_factor, offer_factor
from lms.accounts.services import NewPerson, assign_learner, register_person
from lms.compilers import COMPILERS
from lms.content.domain import Bilingual
from lms.content.queries import Library
from lms.credentials.services.keys import make_key
from lms.db import Database, make_engine
from lms.demo.acts import CASE, certify, live, recorded_play
from lms.demo.setup import publish_demo
from lms.demo.stage import CAREFUL_PLAY, CHILD_PLAY, Stage, Story
from lms.evidence.queries import find_submission
from lms.grading.domain import Rating, SheetDraft
from lms.grading.services.keeping import claim_sheet, save_draft
from lms.kinds import content_kinds
from lms.migrations import upgrade_database
from lms.permissions import Role
from lms.programme.services import NewCohort, enrol_learner, open_cohort
from lms.settings import Settings
from lms.simulation.models import Attempt
from lms.simulation.played import read_attempt
from lms.simulation.services import WORK_KIND, Act, act, start_attempt

PASSWORD = "benchmark-only"
BLOCK = 20  # learners of one supervisor
FIRST_ACTIONS = 3  # what a learner who is in the middle of the case has done
RUNNING, MARKED = range(4, 8), range(16, 20)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
_SEED = UUID("6f1b3f5e-0000-4000-8000-7473756e6167")
_BANDS = (3, 3, 2, 3, 3, 2)


@dataclass(frozen=True, slots=True)
class Seeded:
    """The first block: who they are, with the places of learners as in `BLOCK`.

    Attributes
    ----------
    certifier_code : str
        Lets the certifier in once, beside the password.
    """

    supervisor: Person
    learners: tuple[Person, ...]
    attempts: dict[int, UUID]
    certifier_code: str


def seed_block(settings: Settings) -> Seeded:
    """Migrate, publish the shipped content, and let the first block live."""
    engine = make_engine(settings.database_url)
    upgrade_database(engine, settings.migrations_dir)
    database, library = Database(engine), Library(COMPILERS)
    faults = publish_demo(database, content_kinds(), settings.content_root)
    if faults:
        raise SystemExit("\n".join(map(str, faults)))
    with database.transaction() as session:
        make_key(session, settings, now=NOW)
        seeded = _live_block(Stage(session, library, settings, NOW, {}))
    engine.dispose()
    return seeded


def _live_block(stage: Stage) -> Seeded:
    session, began = stage.session, stage.at(days=60)
    for role in (Role.CERTIFIER, Role.OPERATOR, Role.ADMINISTRATOR):
        stage.people[role.value] = _register(began, role.value, role)
    framework = stage.library.get_current(session, "framework", "coordinator")
    cohort = open_cohort(
        session,
        NewCohort(
            slug="c0",
            name=Bilingual(ja="測定用の期", en="Cohort for measuring"),
            framework_version_id=framework.id,
            started_on=began.day(),
        ),
        now=began.now,
    )
    stage.people["supervisor"] = _register(began, "supervisor0", Role.SUPERVISOR)
    learners: list[Person] = []
    attempts: dict[int, UUID] = {}
    for place in range(BLOCK):
        learner = _register(began, f"learner{place}", Role.TRAINEE)
        assign_learner(session, stage.people["supervisor"], learner, now=began.now)
        enrolment = enrol_learner(
            session,
            cohort,
            learner.subject_id,
            number=f"{place + 1:04}",
            now=began.now,
        )
        _live(stage, learner, place, attempts)
        if place == BLOCK - 1:
            certify(stage, cohort, enrolment)
        learners.append(learner)
    code = _set_up_factor(stage, stage.people["certifier"])
    return Seeded(stage.people["supervisor"], tuple(learners), attempts, code)


def _set_up_factor(stage: Stage, person: Person) -> str:
    """Give somebody a second factor, and return one of the recovery codes."""
    session, secret = stage.session, stage.settings.secret_key
    offer = offer_factor(session, person, secret=secret, now=stage.now)
    session.flush()  # the offer is looked up again
    codes = confirm_factor(
        session,
        person,
        TOTP(unseal(offer.sealed_secret, [secret])).at(stage.now),
        secrets=[secret],
        now=stage.now,
        keep_sign_in=None,
    )
    if not codes:
        raise LookupError("the code of the second factor was not accepted")
    return codes[0]


def _live(stage: Stage, learner: Person, place: int, attempts: dict[int, UUID]) -> None:
    """Let a learner come as far as their place in the block says."""
    name = f"{place}"
    if place < RUNNING.start:
        return
    if place in RUNNING:
        live(stage, learner, Story(name, name, name, 0.7))
        attempts[place] = _begin_case(stage, learner).public_id
        return
    play = CHILD_PLAY if place % 3 == 0 else CAREFUL_PLAY
    bands = _BANDS if place in MARKED else None
    live(stage, learner, Story(name, name, name, 0.8, play, bands))
    attempts[place] = _attempt_of(stage.session, learner)
    if place in (14, 15):
        _draft(stage, attempts[place])


def _begin_case(stage: Stage, learner: Person) -> Attempt:
    session, library = stage.session, stage.library
    version = library.get_current(session, "case", CASE)
    attempt = start_attempt(session, version, learner.subject_id, now=stage.now)
    actions = recorded_play(version.content, CAREFUL_PLAY)[:FIRST_ACTIONS]
    for position, action in enumerate(actions):
        given = Act(
            position=position,
            action_id=uuid5(_SEED, f"{learner.id}/{position}"),
            action=action,
            language="ja",
            now=stage.now + timedelta(minutes=position),
            day=stage.day(),
        )
        act(session, library, read_attempt(session, attempt.public_id), given)
    return attempt


def _attempt_of(session: Session, learner: Person) -> UUID:
    found: UUID = (
        session.query(Attempt.public_id)
        .filter(Attempt.subject_id == learner.subject_id)
        .scalar()
    )
    return found


def _draft(stage: Stage, work_id: UUID) -> None:
    session, rater = stage.session, stage.people["supervisor"]
    submission = find_submission(session, WORK_KIND, work_id)
    if submission is None:
        raise LookupError(work_id)
    rubric = stage.library.get(session, submission.rubric_version_id).content
    sheet = claim_sheet(session, submission, rater_id=rater.subject_id, now=stage.now)
    draft = SheetDraft.on(rubric, [Rating(rubric.criteria[0].slug, 2)], "途中")
    save_draft(session, sheet, draft, rubric=rubric, revision=0, now=stage.now)


def _register(stage: Stage, key: str, role: Role) -> Person:
    return register_person(
        stage.session,
        NewPerson(
            name=f"測定 {key}",
            email=f"{key}@bench.example",
            roles=(role,),
            password=PASSWORD,
        ),
        passwords=Passwords(),  # signing in costs what it costs in production
        now=stage.now,
    )
