"""What the pages of a competency record show."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.queries import names_of
from lms.competency.domain import (
    CompetencyEntry,
    CompetencyRecord,
    EntryRow,
    Standing,
    advise_next,
    percent_of,
)
from lms.content.domain import Bilingual
from lms.content.queries import Library, Published
from lms.errors import NotFoundError
from lms.framework.domain import Ability, EvidenceKind, Framework
from lms.psychometrics import NextEvidence


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One row of evidence, with what it came from in words.

    Attributes
    ----------
    replaced_by : int or None
        Number of the line that took its place.
    rater : str or None
        Name of the rater, or nothing once it is erased; `rater_number` stays.
    """

    number: int
    entry: EntryRow
    title: str
    criterion: Bilingual | None
    rater: str | None
    rater_number: int | None
    replaced_by: int | None
    recorded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPage:
    """One competency with every row of evidence, newest work first.

    Attributes
    ----------
    advice : NextEvidence or None
        The kind of work that would tell most about the required level.
    """

    page: RecordPage
    ability: Ability
    line: EntryLine
    evidence: tuple[EvidenceLine, ...]
    advice: NextEvidence | None

    @property
    def descriptors(self) -> tuple[tuple[int, Bilingual, Bilingual], ...]:
        """Return level, name and descriptor of the attested and the required level."""
        entry = self.line.entry
        framework = self.page.record.framework
        shown = {entry.attested_level, entry.required_level} - {None}
        return tuple(
            (level, framework.level_name(level), entry.competency.descriptors[level])
            for level in sorted(number for number in shown if number is not None)
        )


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


def make_detail_page(
    session: Session, library: Library, page: RecordPage, *, slug: str, language: str
) -> DetailPage:
    """Return the page of one competency of a record.

    Raises
    ------
    NotFoundError
        The framework has no such competency.
    """
    for group in page.groups:
        for line in group.lines:
            if line.entry.competency.slug == slug:
                evidence = _evidence(session, library, page.record, line, language)
                return DetailPage(
                    page=page,
                    ability=group.ability,
                    line=line,
                    evidence=evidence,
                    advice=advise_next(line.entry),
                )
    raise NotFoundError


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


def _evidence(
    session: Session,
    library: Library,
    record: CompetencyRecord,
    line: EntryLine,
    language: str,
) -> tuple[EvidenceLine, ...]:
    rows = line.entry.rows
    versions = library.list_versions(
        session,
        (ref.id for row in rows for ref in (row.row.content, row.row.rubric) if ref),
    )
    raters = _rater_numbers(record)
    names = names_of(session, raters) if raters else {}
    numbers = {entry.row.id: number for number, entry in enumerate(rows, start=1)}
    return tuple(
        EvidenceLine(
            number=numbers[entry.row.id],
            entry=entry,
            title=_title(versions[entry.row.content.id], language),
            criterion=_criterion(versions, entry),
            rater=names.get(entry.row.rater_id) if entry.row.rater_id else None,
            rater_number=raters.get(entry.row.rater_id) if entry.row.rater_id else None,
            replaced_by=numbers.get(entry.row.superseded_by)
            if entry.row.superseded_by
            else None,
            recorded_on=entry.row.recorded_at.astimezone(record.as_of.tzinfo).date(),
        )
        for entry in reversed(rows)
    )


def _rater_numbers(record: CompetencyRecord) -> dict[UUID, int]:
    """Return a number for each rater, by first appearance in the record."""
    found: dict[UUID, int] = {}
    for row in record.rows:
        if row.rater_id is not None:
            found.setdefault(row.rater_id, len(found) + 1)
    return found


def _title(version: Published, language: str) -> str:
    """Return what the work was: the question of an item, the title of a case."""
    content: Any = version.content
    if version.kind == "item":
        return str(content.stem.in_language(language))
    title = getattr(content, "title", None)
    found = content.find_text(title, language) if isinstance(title, str) else None
    return found or version.slug


def _criterion(versions: Mapping[int, Published], entry: EntryRow) -> Bilingual | None:
    row = entry.row
    if row.rubric is None or row.criterion is None:
        return None
    found = versions[row.rubric.id].content.find_criterion(row.criterion)
    return found.name if found else None
