"""Submissions, sheets and a small kind of work for the tests of marking."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.content.domain import Bilingual, SourceNote
from lms.content.queries import Library, Published
from lms.evidence.domain import Moment, Work
from lms.evidence.models import Evidence, Submission, Supersession
from lms.framework.domain import Anchor, Band, Criterion, EvidenceKind, Rubric
from lms.grading.domain import Rating, SheetDraft
from lms.grading.queries.sheets import StoredSheet
from lms.grading.services.keeping import claim_sheet
from tests.conftest import NOON

LETTER = "letter"


class LetterWork:
    """A kind of work made for these tests: a short letter, shown as it is."""

    name = LETTER

    def get_work(self, session: Any, public_id: UUID) -> Work:
        return Work(
            kind=LETTER,
            public_id=public_id,
            template="letter.html",
            page={"text": f"letter {public_id}"},
            moments=(
                Moment(3, "finds-need", "partly"),
                Moment(4, "finds-need", "unsafe"),
                Moment(5, "agrees-plan", "met"),
            ),
            observable=frozenset({"finds-need", "agrees-plan"}),
        )


def two_criteria(**given: Any) -> Rubric:
    """Return a rubric with bands 0 to 3; band 0 of `safety` is a critical error."""
    source = SourceNote((), (), NOON.date(), NOON.date())
    bands = tuple(Band(number, Bilingual(f"帯{number}", "band")) for number in range(4))
    criteria = tuple(
        Criterion(
            slug=slug,
            name=Bilingual(slug, slug),
            description=Bilingual("説明", "description"),
            measures=measures,
            kind=EvidenceKind.SIMULATION,
            band_steps=(-1.0, 0.0, 1.5),
            seen_steps=(-0.5, 0.5),
            critical_in_band=critical,
            anchors=tuple(
                Anchor(band.band, Bilingual("目安", "anchor")) for band in bands
            ),
            boundary=None,
        )
        for slug, measures, critical in (
            ("listening", "interviewing", None),
            ("safety", "ethics", 0),
        )
    )
    return Rubric(
        slug="talk",
        version=1,
        title=Bilingual("話", "Talk"),
        framework="coordinator",
        bands=bands,
        criteria=criteria,
        source=source,
        **given,
    )


def shipped_rubric(session: Session, library: Library) -> Published:
    return library.get_current(session, "rubric", "first-interview")


def make_submission(
    session: Session,
    library: Library,
    learner: Person,
    *,
    submitted_at: datetime = NOON,
    **given: Any,
) -> Submission:
    """Hand in a letter of `learner` for marking, and commit."""
    rubric = shipped_rubric(session, library)
    submission = Submission(
        work_kind=LETTER,
        work_id=uuid4(),
        subject_id=learner.subject_id,
        content_version_id=rubric.id,
        rubric_version_id=rubric.id,
        submitted_at=submitted_at,
        **given,
    )
    session.add(submission)
    session.commit()
    return submission


def make_sheet(session: Session, submission: Submission, rater: Person) -> StoredSheet:
    """Claim a submission for `rater`, and commit."""
    sheet = claim_sheet(session, submission, rater_id=rater.subject_id, now=NOON)
    session.commit()
    return sheet


def make_seen(
    session: Session, submission: Submission, criterion: str, **given: Any
) -> Evidence:
    """Record what the work observed by itself, and commit."""
    given.setdefault("source", "choice")
    row = Evidence(
        key=f"{LETTER}:{submission.work_id}:{criterion}:{uuid4().hex}",
        subject_id=submission.subject_id,
        competency="interviewing",
        indicator=f"rubric/first-interview/{criterion}@0#seen",
        kind="simulation",
        score=1,
        maximum=2,
        steps=[-0.5, 0.5],
        work_kind=LETTER,
        work_id=submission.work_id,
        criterion=criterion,
        position=0,
        content_version_id=submission.content_version_id,
        rubric_version_id=submission.rubric_version_id,
        episode=f"{LETTER}:{submission.work_id}",
        done_on=NOON.date(),
        recorded_at=NOON,
        **given,
    )
    session.add(row)
    session.commit()
    return row


def all_rated(rubric: Rubric, *, band: int = 2, **except_: Any) -> SheetDraft:
    """Return a draft with `band` everywhere; keywords (`_` for `-`) change criteria."""
    ratings = {row.slug: Rating(row.slug, band) for row in rubric.criteria}
    for name, rating in except_.items():
        slug = name.replace("_", "-")
        ratings[slug] = Rating(slug, **rating)
    return SheetDraft.on(rubric, ratings.values())


def superseded_ids(session: Session) -> set[int]:
    return set(session.scalars(select(Supersession.evidence_id)))


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


class QueryCount:
    """Counts the statements of a connection while the block runs."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.number = 0

    def _count(self, *_args: Any) -> None:
        self.number += 1

    def __enter__(self) -> "QueryCount":
        event.listen(self._engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_args: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._count)
