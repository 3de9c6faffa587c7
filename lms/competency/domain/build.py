"""From rows of evidence to a competency record, exactly as of any past moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast
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
    cuts = level_cuts(framework)
    entries = tuple(
        build_entry(
            framework, cuts, competency, by_competency.pop(competency.slug, []), as_of
        )
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


def build_entry(
    framework: Framework,
    cuts: LevelCuts,
    competency: Competency,
    rows: list[RecordRow],
    as_of: datetime,
) -> CompetencyEntry:
    """Return one competency from the rows known by `as_of`, which are about it."""
    in_force = [row for row in rows if not row.is_superseded(as_of)]
    estimate = estimate_level(
        [row.to_evidence() for row in in_force],
        Bank({str(row.id): row.steps for row in in_force}),
        cuts,
        as_of=as_of,
        confidence=framework.confidence,
        weaker_kinds_cap=WEAKER_KINDS_CAP,
    )
    weights = {used.id: used.weight for used in estimate.used}
    return CompetencyEntry(
        competency=competency,
        estimate=estimate,
        rows=tuple(
            EntryRow(row=row, state=row.state(as_of), weight=weights.get(str(row.id)))
            for row in rows
        ),
        kinds=_kinds(framework, competency.required.level, estimate),
        n_cases=len({row.work_id for row in in_force if row.work_kind == _CASE}),
    )


def _kinds(
    framework: Framework, required: int, estimate: LevelEstimate
) -> tuple[KindCount, ...]:
    """Return the kinds to show: those that the framework asks for, and others found.

    A kind is awaited while no row of it or of a stronger kind counts, and the required
    level or one below it needs it.
    """
    highest = max(row.required.level for row in framework.competencies)
    shown = _needed(framework, highest)
    asked = _needed(framework, required)
    counts = {EvidenceKind(kind): count for kind, count in estimate.n_by_kind}
    best = max((_STRENGTH[kind] for kind, n in counts.items() if n), default=-1)
    return tuple(
        KindCount(kind, counts[kind], kind in asked and _STRENGTH[kind] > best)
        for kind in EvidenceKind
        if counts[kind] or kind in shown
    )


def _needed(framework: Framework, level: int) -> frozenset[EvidenceKind]:
    """Return the kinds that the levels up to this one rest on."""
    return frozenset(row.needs for row in framework.levels[: level + 1] if row.needs)
