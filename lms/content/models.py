"""Published content: immutable versions, and which of them is current."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, IntPk


class ContentVersion(Base):
    """One piece of content as it was published; never changed, never deleted.

    `document` is what the author wrote (references resolved to digests), and its
    digest is the version's identity. `rendered` holds what can be made from it once,
    such as the HTML of a lesson.
    """

    __tablename__ = "content_versions"
    __table_args__ = (UniqueConstraint("kind", "slug", "digest"),)

    id: Mapped[IntPk]
    kind: Mapped[str]
    slug: Mapped[str]
    label: Mapped[str]
    digest: Mapped[str]
    document: Mapped[dict[str, Any]]
    rendered: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class Publication(Base):
    """An act of publishing: from now on this version is the current one.

    Publishing an older version again is a new row, so the history stays.
    """

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_kind_slug_id", "kind", "slug", "id"),)

    id: Mapped[IntPk]
    kind: Mapped[str]
    slug: Mapped[str]
    version_id: Mapped[int] = mapped_column(ForeignKey("content_versions.id"))
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    reviewed_by: Mapped[str | None]
    batch: Mapped[UUID]
