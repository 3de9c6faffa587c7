"""Published content against the trail.

Attempts, marks and packs name a version by its digest. So what stands under a digest
must be what was published under it, and readers must be shown what was made from it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.audit.facts import FactFault, FactFaultKind, digest_or_none, unlike
from lms.audit.queries.acts import Act, find_acts, list_object_kinds, walk_acts
from lms.audit.queries.stored import Stored, read_stored, walk_stored
from lms.content.models import ContentVersion, Publication

_ACTION = "content.published"
_VERSIONS = select(
    ContentVersion.id,
    ContentVersion.kind,
    ContentVersion.slug,
    ContentVersion.label,
    ContentVersion.digest,
    ContentVersion.document,
    ContentVersion.rendered,
    ContentVersion.created_at,
)
_PUBLICATIONS = select(
    Publication.id,
    Publication.kind,
    Publication.slug,
    Publication.published_at,
    Publication.batch,
    ContentVersion.kind.label("version_kind"),
    ContentVersion.slug.label("version_slug"),
    ContentVersion.label,
    ContentVersion.digest,
).outerjoin(ContentVersion, ContentVersion.id == Publication.version_id)
_Acts = Mapping[tuple[Any, Any], list[Act]]


class ContentFacts:
    """Versions, and which of them was made current when.

    Who published and who read it is not in the trail: both are names.
    """

    def __init__(self) -> None:
        self.count = 0

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Hold versions and publications against the acts, and acts against both."""
        for rows in walk_stored(session, _VERSIONS, ContentVersion.id):
            self.count += len(rows)
            acts = _acts_of(session, rows)
            for row in rows:
                yield from _hold_version(row, acts.get(_thing(row), []))
        for rows in walk_stored(session, _PUBLICATIONS, Publication.id):
            self.count += len(rows)
            acts = _acts_of(session, rows)
            for row in rows:
                yield from _hold_publication(row, acts.get(_thing(row), []))
        for kind in list_object_kinds(session, _ACTION):
            for piece in walk_acts(session, kind, [_ACTION]):
                yield from _list_missing(session, kind, piece)


def _thing(row: Stored) -> tuple[Any, Any]:
    return row["kind"], row["slug"]


def _acts_of(session: Session, rows: Sequence[Stored]) -> _Acts:
    slugs = defaultdict(set)
    for kind, slug in map(_thing, rows):
        if isinstance(kind, str) and isinstance(slug, str):
            slugs[kind].add(slug)
    return {
        (kind, slug): acts
        for kind, names in slugs.items()
        for slug, acts in find_acts(session, kind, names, [_ACTION]).items()
    }


def _hold_version(row: Stored, acts: Iterable[Act]) -> Iterator[FactFault]:
    """Hold a version against every act that made it current, the first above all."""
    name = f"{row['kind']} {row['slug']} {row['label']}"
    own = [act for act in acts if act.inputs.get("digest") == row["digest"]]
    differing = []
    if digest_or_none(row["document"]) != row["digest"]:
        differing.append("document")
    for act in own:
        differing += unlike({"label": (row["label"], act.inputs.get("version"))})
        if "rendered" in act.inputs:  # recorded since 2026-11-28
            shown = row["rendered"] and digest_or_none(row["rendered"])
            differing += unlike({"rendered": (shown, act.inputs["rendered"])})
    if own:
        differing += unlike({"created_at": (row["created_at"], own[0].at)})
    else:
        yield FactFault(FactFaultKind.ADDED, "content_versions", name)
    for what in dict.fromkeys(differing):
        yield FactFault(FactFaultKind.CHANGED, "content_versions", name, what)


def _hold_publication(row: Stored, acts: Iterable[Act]) -> Iterator[FactFault]:
    name = f"{row['kind']} {row['slug']} of {row['published_at']}"
    own = [act for act in acts if act.inputs.get("batch") == str(row["batch"])]
    if not own:
        yield FactFault(FactFaultKind.ADDED, "publications", name)
    for act in own:
        version = (row["version_kind"], row["version_slug"], row["digest"])
        pairs = {
            "version_id": (version, (*_thing(row), act.inputs.get("digest"))),
            "published_at": (row["published_at"], act.at),
        }
        for what in unlike(pairs):
            yield FactFault(FactFaultKind.CHANGED, "publications", name, what)


def _list_missing(
    session: Session, kind: str, acts: Sequence[Act]
) -> Iterator[FactFault]:
    """Find acts whose publication is gone, or the version that it published."""
    slugs = {act.object_id for act in acts}
    batches = _pairs(
        session,
        select(Publication.slug, Publication.batch).where(
            Publication.kind == kind, Publication.slug.in_(slugs)
        ),
    )
    digests = _pairs(
        session,
        select(ContentVersion.slug, ContentVersion.digest).where(
            ContentVersion.kind == kind, ContentVersion.slug.in_(slugs)
        ),
    )
    for act in acts:
        slug, given = act.object_id, act.inputs
        if (slug, _uuid(given.get("batch"))) not in batches:
            name = f"{kind} {slug} of {act.at}"
            yield FactFault(FactFaultKind.MISSING, "publications", name)
        if (slug, given.get("digest")) not in digests:
            name = f"{kind} {slug} {given.get('version')}"
            yield FactFault(FactFaultKind.MISSING, "content_versions", name)


def _pairs(session: Session, statement: Select[*tuple[Any, ...]]) -> set[Any]:
    return {tuple(row.values()) for row in read_stored(session, statement)}


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None
