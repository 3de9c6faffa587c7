"""What the page of one competency shows: every row of its evidence, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.queries import names_of
from lms.competency.domain import CompetencyRecord, EntryRow, advise_next
from lms.competency.pages import EntryLine, RecordPage
from lms.content.domain import Bilingual
from lms.content.queries import Library, Published
from lms.errors import NotFoundError
from lms.framework.domain import Ability
from lms.psychometrics import NextEvidence


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
