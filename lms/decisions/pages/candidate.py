"""A candidate before the panel: pack, zones, flags and decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.queries import names_of
from lms.competency.domain import percent_of
from lms.content.domain import Bilingual
from lms.content.queries import Library
from lms.decisions.domain import Placement, Zone, count_zones, panel_rule_of
from lms.decisions.models import Decision, Pack
from lms.decisions.pages.cohort import CandidateLine, candidate_lines, placements
from lms.decisions.queries import (
    Flag,
    count_newer_evidence,
    find_conflict,
    find_pack,
    list_around,
    list_decisions_on,
    list_flags,
)
from lms.framework.domain import Competency, Framework
from lms.programme.models import Cohort, Enrolment
from lms.programme.queries import get_cohort, get_enrolment

_NEIGHBOURS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLine:
    """One competency of a pack in its zone.

    Attributes
    ----------
    row : mapping
        The competency as the frozen document has it.
    """

    number: int
    competency: Competency
    placement: Placement
    percent: int | None
    required_name: Bilingual
    attested_name: Bilingual | None
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PackFigures:
    """How much a pack rests on."""

    rows: int
    cases: int
    raters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPack:
    """A frozen pack as a panel reads it, doubtful competencies first."""

    pack: Pack
    framework: Framework
    lines: tuple[PackLine, ...]
    newer_rows: int

    @property
    def zones(self) -> Mapping[Zone, int]:
        """Return how many competencies fall into each zone."""
        return count_zones(line.placement for line in self.lines)

    @property
    def to_discuss(self) -> tuple[PackLine, ...]:
        """Return what needs talk."""
        return tuple(
            line for line in self.lines if line.placement.zone is not Zone.AWARD
        )

    @property
    def award_from(self) -> int:
        """Return the chance at which the award zone begins, per mille."""
        return panel_rule_of(self.framework).confidence

    @property
    def figures(self) -> PackFigures:
        """Return the counts of rows, cases and raters."""
        rows = [
            row
            for entry in self.pack.document["record"]["competencies"]
            for row in entry["evidence"]
        ]
        works = {r["work"]["id"] for r in rows if r["work"]["kind"] == "case"}
        return PackFigures(
            len(rows), len(works), len({r["rater"] for r in rows} - {None})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePage:
    """A candidate before the panel: number, pack, flags, decisions.

    Attributes
    ----------
    names : mapping
        Names of those who froze, cleared and decided.
    criteria : mapping
        Names of the criteria of the flags, by the row of evidence.
    conflict : str or None
        Message template that says why the reader may not decide here.
    """

    cohort: Cohort
    enrolment: Enrolment
    around: tuple[CandidateLine, ...]
    frozen: FrozenPack | None
    flags: tuple[Flag, ...]
    decisions: tuple[Decision, ...]
    names: Mapping[UUID, str]
    criteria: Mapping[UUID, Bilingual]
    conflict: str | None

    @property
    def live(self) -> Decision | None:
        """Return the decision that stands."""
        return self.decisions[0] if self.decisions else None

    @property
    def open_flags(self) -> tuple[Flag, ...]:
        """Return the flags that keep the candidate from an award."""
        return tuple(flag for flag in self.flags if flag.is_open)


def get_candidate_page(
    session: Session, library: Library, slug: str, number: str, *, reader: UUID
) -> CandidatePage:
    """Return a candidate's page for one reader.

    Raises
    ------
    NotFoundError
        No such cohort or number.
    """
    cohort = get_cohort(session, slug)
    enrolment = get_enrolment(session, cohort, number)
    subject_id = enrolment.subject_id
    flags = tuple(list_flags(session, [subject_id])[subject_id])
    pack = find_pack(session, cohort, subject_id)
    near = list_around(session, enrolment, each_side=_NEIGHBOURS)
    decisions = tuple(list_decisions_on(session, cohort.id, subject_id))
    return CandidatePage(
        cohort=cohort,
        enrolment=enrolment,
        around=candidate_lines(session, library, cohort, near),
        frozen=_frozen(session, library, pack, flags) if pack else None,
        flags=flags,
        decisions=decisions,
        names=names_of(session, _actors(pack, flags, decisions)),
        criteria=_criteria(session, library, flags),
        conflict=find_conflict(session, reader, subject_id),
    )


def _criteria(
    session: Session, library: Library, flags: tuple[Flag, ...]
) -> dict[UUID, Bilingual]:
    rows = [flag.evidence for flag in flags]
    rubrics = library.list_versions(
        session, (row.rubric_version_id for row in rows if row.rubric_version_id)
    )
    named = {}
    for row in rows:
        rubric = rubrics.get(row.rubric_version_id or 0)
        found = rubric and rubric.content.find_criterion(row.criterion)
        if found:
            named[row.public_id] = found.name
    return named


def _frozen(
    session: Session, library: Library, pack: Pack, flags: tuple[Flag, ...]
) -> FrozenPack:
    framework: Framework = library.get(session, pack.framework_version_id).content
    placed = {row.competency: row for row in placements(pack, framework, flags)}
    rows = {row["competency"]: row for row in pack.document["record"]["competencies"]}
    lines = [
        _pack_line(number, competency, placed[competency.slug], rows, framework)
        for number, competency in enumerate(framework.competencies, start=1)
    ]
    return FrozenPack(
        pack=pack,
        framework=framework,
        lines=tuple(sorted(lines, key=_doubtful_first)),
        newer_rows=count_newer_evidence(session, pack),
    )


def _pack_line(
    number: int,
    competency: Competency,
    placement: Placement,
    rows: Mapping[str, Mapping[str, Any]],
    framework: Framework,
) -> PackLine:
    standing = placement.standing
    attested = standing.attested_level
    return PackLine(
        number=number,
        competency=competency,
        placement=placement,
        percent=percent_of(standing.chance),
        required_name=framework.level_name(standing.required_level),
        attested_name=None if attested is None else framework.level_name(attested),
        row=rows[competency.slug],
    )


def _doubtful_first(line: PackLine) -> tuple[int, int, int]:
    order = (Zone.NOT_YET, Zone.PANEL, Zone.AWARD)
    chance = line.placement.standing.chance
    return (order.index(line.placement.zone), chance or 0, line.number)


def _actors(
    pack: Pack | None, flags: tuple[Flag, ...], decisions: tuple[Decision, ...]
) -> set[UUID]:
    cleared = {flag.clearance.cleared_by for flag in flags if flag.clearance}
    frozen = {pack.frozen_by} if pack else set()
    return cleared | frozen | {row.decided_by for row in decisions}
