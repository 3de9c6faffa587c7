"""What a panel does: freeze a pack, clear a flag, decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.competency.services import get_record
from lms.content.domain import digest_of
from lms.content.queries import Library
from lms.db import lock_rows
from lms.decisions.domain import (
    MINIMUM_REASON,
    Candidate,
    Fault,
    Ruling,
    figures_of,
    find_faults,
    make_pack_document,
    ruling_document,
    standings_of,
)
from lms.decisions.models import Decision, DecisionOutcome, FlagClearance, Pack
from lms.decisions.queries import (
    Flag,
    cleared_flags,
    find_conflict,
    find_live_decision,
    find_pack,
    list_flags,
)
from lms.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    message,
)
from lms.programme.models import Cohort, Enrolment


class RulingError(InvalidInputError):
    """A ruling cannot be recorded; `faults` says where and why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults[0].template, **self.faults[0].values)


class StalePackError(ConflictError):
    """The page that was sent is about another pack or an earlier decision."""

    default = message(
        "This candidate has a newer pack or decision than the page that you sent. "
        "Your input was kept; read the newer one before you record it."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation:
    """A ruling on exactly one pack, by one person.

    Attributes
    ----------
    supersedes : UUID or None
        The live decision that the person saw and means to correct.
    """

    pack_digest: str
    supersedes: UUID | None
    ruling: Ruling
    actor: UUID
    now: datetime


def freeze_pack(
    session: Session,
    library: Library,
    enrolment: Enrolment,
    cohort: Cohort,
    *,
    actor: UUID,
    as_of: datetime,
) -> Pack:
    """Freeze a candidate's record under the cohort's framework.

    With nothing new since the last pack, that one stays: equal bytes but for the
    moment would only ask people to read the same again. Of several who freeze at once
    all but the first find the first one's pack.

    Parameters
    ----------
    as_of : datetime
        Now, in the zone in which the days of work are kept.
    """
    lock_rows(session, select(Enrolment.id).where(Enrolment.id == enrolment.id), {})
    subject_id = enrolment.subject_id
    framework = library.get(session, cohort.framework_version_id)
    record = get_record(
        session,
        library,
        subject_id,
        framework,
        as_of,
        find_cleared=partial(cleared_flags, session, subject_id),
    )
    document = make_pack_document(
        record.to_dict(), Candidate(cohort.slug, enrolment.number)
    )
    last = find_pack(session, cohort, subject_id)
    if last is not None and _facts(last.document) == _facts(document):
        return last
    pack = Pack(
        cohort_id=cohort.id,
        subject_id=subject_id,
        framework_version_id=framework.id,
        document=document,
        standings=figures_of(document),
        digest=digest_of(document),
        as_of=as_of,
        frozen_at=as_of,
        frozen_by=actor,
    )
    session.add(pack)
    session.flush()  # the page of the pack names its digest
    record_audit(
        session,
        "pack.frozen",
        ("pack", pack.public_id),
        actor=actor,
        now=as_of,
        candidate=str(subject_id),
        cohort=cohort.slug,
        framework=framework.digest,
        digest=pack.digest,
    )
    return pack


def _facts(document: dict[str, object]) -> dict[str, object]:
    """Return a pack's document without the moment it was made at."""
    record = document["record"]
    assert isinstance(record, dict)  # noqa: S101 - shape of our own documents
    return {**document, "record": {**record, "as_of": None}}


def ensure_independent(session: Session, actor: UUID, subject_id: UUID) -> None:
    """Refuse whoever marked, guides or is the candidate.

    Raises
    ------
    NotAllowedError
        In plain words, why this person may not decide here.
    """
    reason = find_conflict(session, actor, subject_id)
    if reason is not None:
        raise NotAllowedError(reason)


def get_open_flag(session: Session, subject_id: UUID, evidence_id: UUID) -> Flag:
    """Return an open critical flag of a candidate.

    Raises
    ------
    NotFoundError
        It is none of theirs.
    ConflictError
        Somebody has cleared it in the meantime.
    """
    for flag in list_flags(session, [subject_id])[subject_id]:
        if flag.evidence.public_id == evidence_id:
            if not flag.is_open:
                raise ConflictError(message("This flag was already cleared."))
            return flag
    raise NotFoundError


def clear_flag(
    session: Session, flag: Flag, *, reason: str, actor: UUID, now: datetime
) -> FlagClearance:
    """Record why a critical error stands in the way of an award no more.

    Raises
    ------
    NotAllowedError
        The person marked or guided the candidate.
    InvalidInputError
        The reason is too short to be one.
    """
    ensure_independent(session, actor, flag.evidence.subject_id)
    if len(reason.strip()) < MINIMUM_REASON:
        text = message("Give the reason in at least %(minimum)s characters.")
        raise InvalidInputError(text, minimum=MINIMUM_REASON)
    clearance = FlagClearance(
        evidence_id=flag.evidence.id,
        reason=reason.strip(),
        cleared_by=actor,
        cleared_at=now,
    )
    session.add(clearance)
    record_audit(
        session,
        "flag.cleared",
        ("evidence", flag.evidence.public_id),
        actor=actor,
        now=now,
        candidate=str(flag.evidence.subject_id),
    )
    return clearance


def record_decision(
    session: Session, cohort: Cohort, subject_id: UUID, given: Deliberation
) -> Decision:
    """Record a decision on the candidate's newest pack.

    Raises
    ------
    NotAllowedError
        The person marked or guided the candidate.
    StalePackError
        A newer pack or decision exists than the one that was seen.
    RulingError
        The ruling breaks a rule of `find_faults`.
    """
    ensure_independent(session, given.actor, subject_id)
    pack = find_pack(session, cohort, subject_id)
    live = find_live_decision(session, cohort.id, subject_id)
    if pack is None or pack.digest != given.pack_digest:
        raise StalePackError
    if (live.public_id if live else None) != given.supersedes:
        raise StalePackError
    flags = list_flags(session, [subject_id])[subject_id]
    open_flags = sum(flag.is_open for flag in flags)
    standings = standings_of(pack.standings)
    faults = find_faults(given.ruling, standings, open_flags=open_flags)
    if faults:
        raise RulingError(faults)
    decision = _decision(pack, live, given)
    session.add(decision)
    session.flush()  # a lost race shows here, and the credential names the id
    record_audit(
        session,
        "decision.recorded",
        ("decision", decision.public_id),
        actor=given.actor,
        now=given.now,
        candidate=str(subject_id),
        pack=pack.digest,
        outcome=decision.outcome,
        supersedes=str(live.public_id) if live else None,
        digest=digest_of(
            ruling_document(decision.reason, [vars(row) for row in decision.outcomes])
        ),
    )
    return decision


def _decision(pack: Pack, live: Decision | None, given: Deliberation) -> Decision:
    ruling = given.ruling
    return Decision(
        pack=pack,
        cohort_id=pack.cohort_id,
        subject_id=pack.subject_id,
        sequence=live.sequence + 1 if live else 1,
        outcome=ruling.outcome.value,
        reason=ruling.reason.strip(),
        decided_by=given.actor,
        decided_at=given.now,
        supersedes_id=live.id if live else None,
        outcomes=[
            DecisionOutcome(
                competency=row.competency,
                outcome=ruling.competencies[row.competency].outcome.value,
                level=row.attested_level,
                required_level=row.required_level,
                reason=ruling.competencies[row.competency].reason.strip(),
            )
            for row in standings_of(pack.standings)
        ],
    )
