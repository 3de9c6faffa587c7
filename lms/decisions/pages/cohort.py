"""Cohorts, and their candidates by number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lms.content.domain import Bilingual
from lms.content.queries import Library
from lms.decisions.domain import (
    Placement,
    Zone,
    count_zones,
    panel_rule_of,
    place,
    standings_of,
)
from lms.decisions.models import Decision, Pack
from lms.decisions.queries import (
    Flag,
    count_decided,
    list_decision_states,
    list_flags,
    list_packs,
)
from lms.framework.domain import Framework
from lms.programme.models import Cohort, Enrolment
from lms.programme.queries import get_cohort, list_cohorts, list_enrolments

COHORTS_SHOWN = 25
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort in the list."""

    cohort: Cohort
    members: int
    decided: int


@dataclass(frozen=True, slots=True)
class CohortsPage:
    """A page of the list; `older` is the cohort that the next page begins after."""

    lines: tuple[CohortLine, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate in the list, by number.

    Attributes
    ----------
    zones : mapping or None
        Competencies per zone; None while no pack is frozen.
    """

    enrolment: Enrolment
    pack: Pack | None
    decision: Decision | None
    zones: Mapping[Zone, int] | None
    open_flags: int


@dataclass(frozen=True, slots=True)
class CohortPage:
    """A page of a cohort's candidates; `next_after` begins the next one."""

    cohort: Cohort
    lines: tuple[CandidateLine, ...]
    next_after: str | None

    @property
    def name(self) -> Bilingual:
        """Return the cohort's name."""
        return Bilingual(self.cohort.name_ja, self.cohort.name_en)


def get_cohorts_page(session: Session, *, before: str = "") -> CohortsPage:
    """Return a page of cohorts, newest first, with their counts.

    Raises
    ------
    NotFoundError
        There is no cohort `before`.
    """
    last = get_cohort(session, before) if before else None
    found = list_cohorts(session, limit=COHORTS_SHOWN + 1, before=last)
    rows = found[:COHORTS_SHOWN]
    decided = count_decided(session, (cohort.id for cohort, _members in rows))
    return CohortsPage(
        lines=tuple(
            CohortLine(cohort, members, decided.get(cohort.id, 0))
            for cohort, members in rows
        ),
        older=rows[-1][0].slug if len(found) > COHORTS_SHOWN else None,
    )


def get_cohort_page(
    session: Session, library: Library, slug: str, *, after: str = ""
) -> CohortPage:
    """Return a page of candidates, in a number of queries that does not grow."""
    cohort = get_cohort(session, slug)
    found = list_enrolments(session, cohort, after=after, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    return CohortPage(
        cohort=cohort,
        lines=candidate_lines(session, library, cohort, shown),
        next_after=shown[-1].number if len(found) > PAGE_SIZE else None,
    )


def candidate_lines(
    session: Session, library: Library, cohort: Cohort, enrolments: list[Enrolment]
) -> tuple[CandidateLine, ...]:
    """Return candidates with zones and decisions, in a fixed number of queries."""
    subjects = [row.subject_id for row in enrolments]
    packs = list_packs(session, cohort, subjects)
    library.list_versions(session, (p.framework_version_id for p in packs.values()))
    decisions = list_decision_states(session, cohort, subjects)
    flags = list_flags(session, subjects)
    return tuple(
        CandidateLine(
            enrolment=row,
            pack=packs.get(row.subject_id),
            decision=decisions.get(row.subject_id),
            zones=_zones(session, library, packs.get(row.subject_id), flags),
            open_flags=sum(flag.is_open for flag in flags[row.subject_id]),
        )
        for row in enrolments
    )


def _zones(
    session: Session,
    library: Library,
    pack: Pack | None,
    flags: Mapping[UUID, list[Flag]],
) -> Mapping[Zone, int] | None:
    if pack is None:
        return None
    framework = library.get(session, pack.framework_version_id).content
    return count_zones(placements(pack, framework, flags[pack.subject_id]))


def placements(
    pack: Pack, framework: Framework, flags: Iterable[Flag]
) -> tuple[Placement, ...]:
    """Return the zones of a pack, with the flags that are open now."""
    return place(
        standings_of(pack.standings),
        panel_rule_of(framework),
        (flag.evidence.competency for flag in flags if flag.is_open),
    )
