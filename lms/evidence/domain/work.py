"""What can be marked: each producer registers how its work is shown to a rater."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID


class SubmittedWork(NamedTuple):
    """Work that was handed in for marking, as it was read."""

    id: int
    work_kind: str
    work_id: UUID
    subject_id: UUID
    content_version_id: int
    rubric_version_id: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the work that bears on a criterion.

    Attributes
    ----------
    position : int
        Where in the work, from 0; the page shows it as the anchor ``moment-N``.
    criterion : str
        Slug of the rubric's criterion.
    seen : str
        What the case observed by itself: ``met``, ``partly``, ``not_met``, ``unsafe``.
    """

    position: int
    criterion: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work as a rater sees it.

    Attributes
    ----------
    template : str
        Partial template that shows `page`.
    page : Any
        What that template needs.
    observable : frozenset of str
        Criteria that the work offered a chance to show.
    """

    kind: str
    public_id: UUID
    template: str
    page: Any
    moments: tuple[Moment, ...]
    observable: frozenset[str]


class WorkKind(Protocol):
    """A producer's side of marking."""

    name: str

    def get_work(self, session: Any, public_id: UUID) -> Work:
        """Return the work for a rater; the caller has checked the rater's right."""


class WorkKindRegistry:
    """Kinds of work of this installation by name."""

    def __init__(self, kinds: Iterable[WorkKind]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}

    def __getitem__(self, name: str) -> WorkKind:
        """Return one kind."""
        return self._kinds[name]
