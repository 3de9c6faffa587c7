"""From rows of evidence to a competency record, exactly as of any past moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self, cast
from uuid import UUID

from lms.competency.domain.entry import CompetencyEntry, KindCount
from lms.competency.domain.record import CompetencyRecord
from lms.competency.domain.rows import EntryRow, RecordRow, row_order
from lms.framework.domain import Competency, EvidenceKind, Framework
from lms.psychometrics import Bank, Kind, LevelCuts, LevelEstimate, estimate_level

# Items' worth of information that weaker kinds may add together (DESIGN, section 4).
WEAKER_KINDS_CAP = 2.0
_CASE = "case"
_STRENGTH = {kind: place for place, kind in enumerate(EvidenceKind)}


def build_record(
    framework: Framework,
    rows: Iterable[RecordRow],
    *,
    subject_id: UUID,
    as_of: datetime,
    framework_digest: str = "",
    cleared: Mapping[UUID, datetime] | None = None,
) -> CompetencyRecord:
    """Compute a learner's record from everything known by `as_of`.

    Rows and supersessions that were recorded later do not exist yet, so a past record
    comes out as it was. Superseded rows are listed and never estimated from.

    Parameters
    ----------
    as_of : datetime
        Aware; its day is read in its own zone, the one that `done_on` is kept in.
    cleared : mapping of UUID to datetime, optional
        Critical rows that a panel cleared, with the moment.

    Raises
    ------
    ValueError
        `as_of` has no zone.
    """
    if as_of.utcoffset() is None:
        raise ValueError("as_of has no time zone")
    known = sorted((row for row in rows if row.is_known(as_of)), key=row_order)
    by_competency: dict[str, list[RecordRow]] = {}
    for row in known:
        by_competency.setdefault(row.competency, []).append(row)
    measure = Measure.of(framework)
    entries = tuple(
        build_entry(measure, competency, by_competency.pop(competency.slug, []), as_of)
        for competency in framework.competencies
    )
    moments = cleared or {}
    return CompetencyRecord(
        subject_id=subject_id,
        as_of=as_of,
        framework=framework,
        framework_digest=framework_digest,
        entries=entries,
        open_flags=tuple(
            row
            for row in known
            if row.is_critical and not (row.id in moments and moments[row.id] <= as_of)
        ),
        outside=tuple(row for rest in by_competency.values() for row in rest),
    )


def level_cuts(framework: Framework) -> LevelCuts:
    """Return the framework's scale as the estimator takes it."""
    return LevelCuts(
        cuts=framework.scale.cuts,
        needs=tuple(cast(Kind, level.needs) for level in framework.levels[1:]),
        prior_mean=framework.scale.prior_mean,
        prior_sd=framework.scale.prior_sd,
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """What all competencies of a framework are measured by.

    Attributes
    ----------
    asked : tuple of frozenset of EvidenceKind
        For each level, the kinds that it and those below it rest on.
    shown : frozenset of EvidenceKind
        Those of the highest level that any competency requires.
    """

    cuts: LevelCuts
    confidence: float
    asked: tuple[frozenset[EvidenceKind], ...]
    shown: frozenset[EvidenceKind]

    @classmethod
    def of(cls, framework: Framework) -> Self:
        """Return what a framework measures by."""
        needs = [row.needs for row in framework.levels]
        asked = tuple(
            frozenset(kind for kind in needs[: level + 1] if kind)
            for level in range(len(needs))
        )
        highest = max(row.required.level for row in framework.competencies)
        return cls(
            level_cuts(framework), framework.confidence, asked, shown=asked[highest]
        )


def build_entry(
    measure: Measure, competency: Competency, rows: list[RecordRow], as_of: datetime
) -> CompetencyEntry:
    """Return one competency from the rows known by `as_of`, which are about it."""
    in_force = [row for row in rows if not row.is_superseded(as_of)]
    shown = {row.id: row.to_evidence() for row in in_force}
    estimate = estimate_level(
        shown.values(),
        Bank({shown[row.id].indicator: row.steps for row in in_force}),
        measure.cuts,
        as_of=as_of,
        confidence=measure.confidence,
        weaker_kinds_cap=WEAKER_KINDS_CAP,
    )
    by_name = {used.id: used.weight for used in estimate.used}
    weights = {row_id: by_name.get(found.id) for row_id, found in shown.items()}
    return CompetencyEntry(
        competency=competency,
        estimate=estimate,
        rows=tuple(
            EntryRow(row=row, state=row.state(as_of), weight=weights.get(row.id))
            for row in rows
        ),
        kinds=_kinds(measure, competency.required.level, estimate),
        n_cases=len({row.work_id for row in in_force if row.work_kind == _CASE}),
    )


def _kinds(
    measure: Measure, required: int, estimate: LevelEstimate
) -> tuple[KindCount, ...]:
    """Return the kinds to show: those that the framework asks for, and others found.

    A kind is awaited while no row of it or of a stronger kind counts, and the required
    level or one below it needs it.
    """
    asked = measure.asked[required]
    counts = [(EvidenceKind(kind), count) for kind, count in estimate.n_by_kind]
    best = max((_STRENGTH[kind] for kind, n in counts if n), default=-1)
    return tuple(
        KindCount(kind, count, kind in asked and _STRENGTH[kind] > best)
        for kind, count in counts
        if count or kind in measure.shown
    )
