"""Fetching published versions; domain objects are compiled once per version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from lms.content.kinds import KindRegistry
from lms.content.models import ContentVersion, Publication
from lms.errors import NotFoundError


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
    """Compiled versions of this process; a version never changes, so none expires."""

    def __init__(self, kinds: KindRegistry) -> None:
        self.kinds = kinds
        self._compiled: dict[int, Published] = {}

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
        version = session.get(ContentVersion, version_id)
        if version is None:
            raise NotFoundError
        return self._compile(version)

    def find_current(self, session: Session, kind: str, slug: str) -> Published | None:
        """Return the version that is published now, or nothing."""
        version_id = session.scalar(
            select(Publication.version_id)
            .where(Publication.kind == kind, Publication.slug == slug)
            .order_by(Publication.id.desc())
            .limit(1)
        )
        return None if version_id is None else self.get(session, version_id)

    def get_current(self, session: Session, kind: str, slug: str) -> Published:
        """Return the version that is published now.

        Raises
        ------
        NotFoundError
            Nothing of this kind and slug is published.
        """
        found = self.find_current(session, kind, slug)
        if found is None:
            raise NotFoundError
        return found

    def get_digest(
        self, session: Session, kind: str, slug: str, digest: str
    ) -> Published:
        """Return the version with this digest.

        Raises
        ------
        NotFoundError
            There is none.
        """
        version = session.scalar(
            select(ContentVersion).where(
                ContentVersion.kind == kind,
                ContentVersion.slug == slug,
                ContentVersion.digest == digest,
            )
        )
        if version is None:
            raise NotFoundError
        return self._compile(version)

    def list_current(
        self, session: Session, kind: str, slugs: Iterable[str] | None = None
    ) -> list[Published]:
        """Return current versions of a kind by slug, in a fixed number of queries."""
        newest = (
            select(func.max(Publication.id))
            .where(Publication.kind == kind)
            .group_by(Publication.slug)
        )
        ids = select(Publication.version_id).where(Publication.id.in_(newest))
        if slugs is not None:
            ids = ids.where(Publication.slug.in_(list(slugs)))
        found = self.list_versions(session, session.scalars(ids))
        return sorted(found.values(), key=lambda row: row.slug)

    def list_versions(
        self, session: Session, version_ids: Iterable[int]
    ) -> dict[int, Published]:
        """Return versions by id, in at most one query."""
        wanted = set(version_ids)
        unknown = [number for number in wanted if number not in self._compiled]
        if unknown:
            for version in session.scalars(
                select(ContentVersion).where(ContentVersion.id.in_(unknown))
            ):
                self._compile(version)
        return {number: self._compiled[number] for number in wanted}

    def _compile(self, version: ContentVersion) -> Published:
        known = self._compiled.get(version.id)
        if known is None:
            kind = self.kinds[version.kind]
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
                content=kind.compile(document),
                references=references,
            )
            self._compiled[version.id] = known
        return known


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
