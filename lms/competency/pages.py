"""What the pages of a competency record show."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from lms.competency.domain import (
    CompetencyEntry,
    CompetencyRecord,
    Standing,
    percent_of,
)
from lms.content.domain import Bilingual
from lms.framework.domain import Ability, EvidenceKind, Framework


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One competency in the table.

    Attributes
    ----------
    percent : int or None
        Chance of the required level, from 1 to 99 and rounded down, so that nobody
        meets a chance of 80 that missed 80; None without evidence.
    appearance : tuple
        All that its row of the table shows, beside the framework's words.
    """

    number: int
    entry: CompetencyEntry
    percent: int | None
    required_name: Bilingual
    attested_name: Bilingual | None
    appearance: tuple[Hashable, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Put together once what the table and the figures ask for."""
        estimate = self.entry.estimate
        shown = (
            self.number,
            self.percent,
            self.entry.attested_level,
            estimate.level_probabilities,
            estimate.level_interval,
            self.median,
            self.entry.kinds,
            estimate.n_raters,
            self.entry.n_cases,
        )
        object.__setattr__(self, "appearance", shown)

    @property
    def name(self) -> Bilingual:
        """Return the name of the competency."""
        return self.entry.competency.name

    @property
    def median(self) -> int:
        """Return the level in the middle of the distribution."""
        return self.entry.median


@dataclass(frozen=True, slots=True)
class AbilityGroup:
    """The competencies of one ability."""

    ability: Ability
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What would settle most: a kind of evidence that is missing, and where.

    Attributes
    ----------
    kind : EvidenceKind or None
        None when more of any kind would do.
    """

    kind: EvidenceKind | None
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A whole record.

    Attributes
    ----------
    subject_id : UUID or None
        None on the reader's own record.
    who : str or None
        Whose record it is: a name, or a number while names are hidden.
    """

    record: CompetencyRecord
    subject_id: UUID | None
    who: str | None
    groups: tuple[AbilityGroup, ...]
    next_steps: tuple[NextStep, ...]

    @property
    def confidence_percent(self) -> int:
        """Return the chance that a claim must reach."""
        return self.record.confidence // 10


def make_record_page(
    record: CompetencyRecord, *, subject_id: UUID | None = None, who: str | None = None
) -> RecordPage:
    """Return the page of a record; without `subject_id` it is the reader's own."""
    lines = {
        entry.competency.slug: _line(number, entry, record.framework)
        for number, entry in enumerate(record.entries, start=1)
    }
    return RecordPage(
        record=record,
        subject_id=subject_id,
        who=who,
        groups=tuple(
            AbilityGroup(
                ability, tuple(lines[entry.competency.slug] for entry in entries)
            )
            for ability, entries in record.by_ability
        ),
        next_steps=_next_steps(lines.values()),
    )


def _line(number: int, entry: CompetencyEntry, framework: Framework) -> EntryLine:
    attested = entry.attested_level
    return EntryLine(
        number=number,
        entry=entry,
        percent=percent_of(entry.chance),
        required_name=framework.level_name(entry.required_level),
        attested_name=None if attested is None else framework.level_name(attested),
    )


def _next_steps(lines: Iterable[EntryLine]) -> tuple[NextStep, ...]:
    """Group what is missing by kind, weakest kind first; then what is merely open."""
    rows = list(lines)
    missing: dict[EvidenceKind, list[EntryLine]] = {}
    for line in rows:
        awaited = [row.kind for row in line.entry.kinds if row.is_awaited]
        if line.entry.standing is Standing.LACKING and awaited:
            missing.setdefault(awaited[0], []).append(line)
    open_lines = sorted(
        (line for line in rows if line.entry.standing is Standing.OPEN),
        key=lambda line: line.entry.chance or 0,
    )
    steps = [
        NextStep(kind, tuple(missing[kind])) for kind in EvidenceKind if kind in missing
    ]
    if open_lines:
        steps.append(NextStep(None, tuple(open_lines)))
    return tuple(steps)
