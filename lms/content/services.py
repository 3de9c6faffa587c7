"""Check a content root, and publish it as immutable versions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.services import record_audit
from lms.content.domain import Finding, Findings, Level, digest_of
from lms.content.kinds import (
    ChangingKind,
    ContentIndex,
    ContentKind,
    Draft,
    KindRegistry,
    RenderingKind,
    SearchedKind,
)
from lms.content.models import ContentVersion, Publication
from lms.content.queries import find_current_rows
from lms.db import lock_table


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOrder:
    """Who publishes, who read it, and when.

    Attributes
    ----------
    batch : UUID
        One number for all that is published together.
    """

    by: str
    reviewed_by: str | None
    now: datetime
    batch: UUID


@dataclass(slots=True)
class PublishResult:
    """What publishing did, by (kind, slug)."""

    published: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[tuple[str, str]] = field(default_factory=list)


def read_content(root: Path, kinds: KindRegistry) -> tuple[ContentIndex, Findings]:
    """Read every piece of content under `root`; faults of reading are findings."""
    index, findings = ContentIndex(), Findings()
    for kind in kinds:
        for path in sorted(kind.find(root)):
            for draft in kind.read(path, root, findings):
                _keep(index, draft, findings)
    return index, findings


def check_content(
    root: Path,
    kinds: KindRegistry,
    *,
    only: Sequence[Path] = (),
    searches: bool = True,
) -> tuple[ContentIndex, list[Finding]]:
    """Read and check everything; return findings, of the paths in `only` if given.

    Everything is read even then, since a case is checked against its rubric. A path
    outside the root is read beside it, in place of what has the same slug there.
    Without `searches`, cases are checked only for what they need to be played: for
    content that was checked whole before it was shipped.
    """
    index, findings = read_content(root, kinds)
    outside = [path for path in only if not _is_inside(path, root)]
    wanted = [_relative(path, root) for path in only]
    for path in outside:
        wanted += _read_outside(path, root, kinds, index, findings)
    for draft in index.drafts.values():
        names = (file.name for file in draft.files)
        if not only or any(_is_under(name, wanted) for name in names):
            kind = kinds[draft.kind]
            if not searches and isinstance(kind, SearchedKind):
                kind.check_soundness(draft, findings)
            else:
                kind.check(draft, index, findings)
    rows = list(findings)
    if only:
        rows = [row for row in rows if _is_under(row.file, wanted)]
    return index, rows


def _read_outside(
    path: Path,
    root: Path,
    kinds: KindRegistry,
    index: ContentIndex,
    findings: Findings,
) -> list[str]:
    """Read a path that lies elsewhere; return the names of what was read."""
    for kind in kinds:
        unit = kind.recognise(path.resolve())
        if unit is not None:
            for draft in kind.read(unit, root, findings):
                index.drafts[(draft.kind, draft.slug)] = draft
            return [unit.as_posix()]
    text = (
        "this is no content that could be checked; name a case folder, a lesson, or "
        "a YAML file with a `format`"
    )
    name = path.as_posix()
    findings.add(
        Finding(code="Y1", level=Level.ERROR, file=name, line=1, where="", message=text)
    )
    return [name]


def publish_content(
    session: Session, index: ContentIndex, kinds: KindRegistry, *, order: PublishOrder
) -> tuple[PublishResult, list[Finding]]:
    """Store each changed draft as a new version and make it the current one.

    A draft whose bytes did not change stays the version that it is. A changed draft
    must carry a new label: the same label on other bytes is a finding, and then
    nothing at all is published. Who publishes meanwhile waits, so that publications
    become visible in the order of their numbers.
    """
    lock_table(session, Publication.__tablename__)
    drafts = [draft for kind in kinds for draft in index.list_kind(kind.name)]
    current = find_current_rows(session, [(row.kind, row.slug) for row in drafts])
    result, faults = PublishResult(), Findings()
    digests: dict[tuple[str, str], str] = {}
    for draft in drafts:
        document = _with_references(draft, digests)
        digest = digest_of(document)
        key = (draft.kind, draft.slug)
        digests[key] = digest
        before = current.get(key)
        if before is not None and before.digest == digest:
            result.unchanged.append(key)
            continue
        fault = _label_fault(draft, before)
        if fault:
            faults.add(fault)
            continue
        if before is not None and not _may_follow(kinds, draft, before, faults):
            continue
        version = _keep_version(session, kinds[draft.kind], draft, document, order.now)
        _make_current(session, version, order)
        result.published.append(key)
    return result, list(faults)


def _keep_version(
    session: Session,
    kind: ContentKind,
    draft: Draft,
    document: dict[str, Any],
    now: datetime,
) -> ContentVersion:
    """Return the version with these bytes, made now unless it was there before."""
    digest = digest_of(document)
    version = session.scalar(
        select(ContentVersion).where(
            ContentVersion.kind == draft.kind,
            ContentVersion.slug == draft.slug,
            ContentVersion.digest == digest,
        )
    )
    if version is None:
        version = ContentVersion(
            kind=draft.kind,
            slug=draft.slug,
            label=draft.label,
            digest=digest,
            document=document,
            rendered=(
                kind.render(document) if isinstance(kind, RenderingKind) else None
            ),
            created_at=now,
        )
        session.add(version)
        session.flush()  # the publication names its id
    return version


def _make_current(
    session: Session, version: ContentVersion, order: PublishOrder
) -> None:
    session.add(
        Publication(
            kind=version.kind,
            slug=version.slug,
            version_id=version.id,
            published_at=order.now,
            published_by=order.by,
            reviewed_by=order.reviewed_by,
            batch=order.batch,
        )
    )
    record_audit(
        session,
        "content.published",
        (version.kind, version.slug),
        actor=None,
        now=order.now,
        version=version.label,
        digest=version.digest,
        batch=str(order.batch),
        rendered=None if version.rendered is None else digest_of(version.rendered),
    )


def _with_references(
    draft: Draft, digests: dict[tuple[str, str], str]
) -> dict[str, Any]:
    """Return the document with what it refers to fixed by digest."""
    document = dict(draft.document)
    if draft.references:
        document["references"] = {
            f"{ref.kind}/{ref.slug}": digests[(ref.kind, ref.slug)]
            for ref in draft.references
            if (ref.kind, ref.slug) in digests
        }
    return document


def _label_fault(draft: Draft, before: ContentVersion | None) -> Finding | None:
    if before is None or _rises(before.label, draft.label):
        return None
    place = ("version",)
    text = (
        f"{draft.kind} '{draft.slug}' changed, or something that it refers to did, but "
        f"its version label is still {draft.label} (published: {before.label}); "
        "give it a higher one"
    )
    return draft.main.finding("D1", Level.ERROR, place, text)


def _may_follow(
    kinds: KindRegistry, draft: Draft, before: ContentVersion, faults: Findings
) -> bool:
    """Say whether the kind lets a draft follow the published version."""
    kind, found = kinds[draft.kind], Findings()
    if isinstance(kind, ChangingKind):
        kind.check_change(before.document, draft, found)
    for fault in found:
        faults.add(fault)
    return not found.rows


def _rises(before: str, after: str) -> bool:
    """Say whether a label such as ``3`` or ``2026.1`` is higher than the other."""
    try:
        return tuple(map(int, after.split("."))) > tuple(map(int, before.split(".")))
    except ValueError:
        return after != before


def _keep(index: ContentIndex, draft: Draft, findings: Findings) -> None:
    key = (draft.kind, draft.slug)
    if key in index.drafts:
        other = index.drafts[key].main.name
        text = (
            f"{draft.kind} '{draft.slug}' is already defined in {other}; "
            "give one of them another id"
        )
        findings.add(draft.main.finding("S1", Level.ERROR, ("id",), text))
        return
    index.drafts[key] = draft


def _is_inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _is_under(file: str, wanted: Sequence[str]) -> bool:
    return any(
        name in ("", ".") or file == name or file.startswith(name.rstrip("/") + "/")
        for name in wanted
    )
