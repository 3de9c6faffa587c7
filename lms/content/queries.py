"""Fetching published versions; domain objects are compiled once per version."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, tuple_
from sqlalchemy.orm import Session

from lms.content.models import ContentVersion, Publication
from lms.db import ReadingSession, read_rows
from lms.errors import NotFoundError

_NEWEST = (
    select(Publication.id, Publication.batch).order_by(Publication.id.desc()).limit(1)
)
_NEWEST_ID, _NEWEST_BATCH = "newest_publication", "newest_batch"
NEWEST_PUBLICATION = (
    _NEWEST.with_only_columns(Publication.id).scalar_subquery().label(_NEWEST_ID),
    _NEWEST.with_only_columns(Publication.batch).scalar_subquery().label(_NEWEST_BATCH),
)
"""Columns for a query that a page sends anyway, see `remember_newest`."""
# Columns, row by row: objects of the session would hold all documents at once, and
# what a process once took for them it keeps.
_VERSION = select(
    ContentVersion.id,
    ContentVersion.kind,
    ContentVersion.slug,
    ContentVersion.label,
    ContentVersion.digest,
    ContentVersion.document,
    ContentVersion.rendered,
)
_IN_ORDER = select(Publication.kind, Publication.slug, Publication.version_id).order_by(
    Publication.id
)


def remember_newest(session: Session, row: Row[Any]) -> None:
    """Spare a page the question what was published last; `row` has the columns.

    Only a session that reads takes the answer: one that writes may publish.
    """
    if isinstance(session, ReadingSession):
        newest = (row.newest_publication, row.newest_batch)
        session.info[_NEWEST_ID] = newest if newest[0] is not None else None


def _ask_newest(session: Session) -> tuple[int, UUID] | None:
    if _NEWEST_ID in session.info:
        known: tuple[int, UUID] | None = session.info[_NEWEST_ID]
        return known
    rows = read_rows(session, _NEWEST, {})
    return (rows[0].id, rows[0].batch) if rows else None


Compilers = Mapping[str, Callable[[Mapping[str, Any]], Any]]


@dataclass(frozen=True, slots=True)
class _Edition:
    """Which versions were current after one publication.

    `newest` names that publication by number and batch: a number alone could be given
    again after a rollback.
    """

    newest: tuple[int, UUID] | None
    version_ids: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Published:
    """A version with its compiled domain object.

    Attributes
    ----------
    references : mapping of str to str
        ``kind/slug`` of what it refers to, with the digest fixed at publishing.
    """

    id: int
    kind: str
    slug: str
    label: str
    digest: str
    content: Any
    references: Mapping[str, str]


class Library:
    """Compiled versions of this process; a version never changes, so none expires.

    Parameters
    ----------
    compilers : mapping of str to callable
        By kind, what makes the domain object of a document.
    """

    def __init__(self, compilers: Compilers) -> None:
        self._compilers = compilers
        self._compiled: dict[int, Published] = {}
        self._by_digest: dict[tuple[str, str, str], Published] = {}
        self._newest = _Edition(None, {})

    def get(self, session: Session, version_id: int) -> Published:
        """Return one version.

        Raises
        ------
        NotFoundError
            There is no such version.
        """
        known = self._compiled.get(version_id)
        if known is not None:
            return known
        return self._one(session, ContentVersion.id == version_id)

    def current(self, session: Session) -> "Current":
        """Return what is published now; a page asks once, for all that it shows.

        One small query, or the one for who asks, says which publication is the newest.
        What was current then is known already, unless something was published since.
        """
        newest = _ask_newest(session)
        edition = self._newest
        if edition.newest != newest:
            order = read_rows(session, _IN_ORDER, {})
            edition = _Edition(
                newest, {(row.kind, row.slug): row.version_id for row in order}
            )
            self._newest = edition
        return Current(self, session, edition.version_ids)

    def get_current(self, session: Session, kind: str, slug: str) -> Published:
        """Return the version that is published now.

        Raises
        ------
        NotFoundError
            Nothing of this kind and slug is published.
        """
        return self.current(session).get(kind, slug)

    def get_digest(
        self, session: Session, kind: str, slug: str, digest: str
    ) -> Published:
        """Return the version with this digest.

        Raises
        ------
        NotFoundError
            There is none.
        """
        known = self._by_digest.get((kind, slug, digest))
        if known is not None:
            return known
        return self._one(
            session,
            ContentVersion.kind == kind,
            ContentVersion.slug == slug,
            ContentVersion.digest == digest,
        )

    def list_current(
        self, session: Session, kind: str, slugs: Iterable[str] | None = None
    ) -> list[Published]:
        """Return current versions of a kind by slug, in a fixed number of queries."""
        return self.current(session).list(kind, slugs)

    def list_versions(
        self, session: Session, version_ids: Iterable[int]
    ) -> dict[int, Published]:
        """Return versions by id, in at most one query."""
        wanted = set(version_ids)
        unknown = [number for number in wanted if number not in self._compiled]
        if unknown:
            wanted_rows = _VERSION.where(ContentVersion.id.in_(unknown))
            for version in session.connection().execute(wanted_rows):
                self._compile(version)
        return {number: self._compiled[number] for number in wanted}

    def _one(self, session: Session, *wanted: ColumnElement[bool]) -> Published:
        version = session.connection().execute(_VERSION.where(*wanted)).first()
        if version is None:
            raise NotFoundError
        return self._compile(version)

    def _compile(self, version: Row[Any]) -> Published:
        known = self._compiled.get(version.id)
        if known is None:
            document = dict(version.document)
            references = document.pop("references", {})
            if version.rendered:
                document["rendered"] = version.rendered
            known = Published(
                id=version.id,
                kind=version.kind,
                slug=version.slug,
                label=version.label,
                digest=version.digest,
                content=self._compilers[version.kind](document),
                references=references,
            )
            self._compiled[version.id] = known
            self._by_digest[known.kind, known.slug, known.digest] = known
        return known


class Current:
    """What is published at one moment, for one session."""

    def __init__(
        self,
        library: Library,
        session: Session,
        version_ids: Mapping[tuple[str, str], int],
    ) -> None:
        self._library, self._session = library, session
        self._version_ids = version_ids

    def find(self, kind: str, slug: str) -> Published | None:
        """Return the current version, or nothing."""
        version_id = self._version_ids.get((kind, slug))
        return (
            None if version_id is None else self._library.get(self._session, version_id)
        )

    def get(self, kind: str, slug: str) -> Published:
        """Return the current version.

        Raises
        ------
        NotFoundError
            Nothing of this kind and slug is published.
        """
        found = self.find(kind, slug)
        if found is None:
            raise NotFoundError
        return found

    def list(self, kind: str, slugs: Iterable[str] | None = None) -> list[Published]:
        """Return current versions of a kind by slug, in at most one query."""
        if slugs is None:
            slugs = [slug for known, slug in self._version_ids if known == kind]
        keys = ((kind, slug) for slug in slugs)
        ids = [self._version_ids[key] for key in keys if key in self._version_ids]
        found = self._library.list_versions(self._session, ids)
        return sorted(found.values(), key=lambda row: row.slug)


def find_current_rows(
    session: Session, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], ContentVersion]:
    """Return the current version rows of several (kind, slug) pairs."""
    wanted = list(keys)
    if not wanted:
        return {}
    newest = (
        select(func.max(Publication.id))
        .where(tuple_(Publication.kind, Publication.slug).in_(wanted))
        .group_by(Publication.kind, Publication.slug)
    )
    rows = session.scalars(
        select(ContentVersion)
        .join(Publication, Publication.version_id == ContentVersion.id)
        .where(Publication.id.in_(newest))
    )
    return {(row.kind, row.slug): row for row in rows}
