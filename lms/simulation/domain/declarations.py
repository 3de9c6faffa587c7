"""What a case declares beside its scenes: facts, clock, promises, plays, texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.simulation.domain.observations import Evidence


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true about the client, hidden until an effect reveals it."""

    id: str
    text: str
    weight: str = "normal"
    is_sensitive: bool = False
    may_share: bool = False

    @classmethod
    def from_document(cls, name: str, row: Mapping[str, Any]) -> "Fact":
        """Read one entry of ``facts``."""
        return cls(
            id=name,
            text=row["text"],
            weight=row.get("weight", "normal"),
            is_sensitive=row.get("sensitive", False),
            may_share=row.get("may_share", False),
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """Virtual minutes; the limit is passed when more than `limit` have gone by.

    Without `on_limit` the limit is only shown, and nothing happens when it is passed.
    """

    limit: int
    on_limit: str | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Omission:
    """Evidence from what was never done; `scenes` are where it was possible."""

    evidence: Evidence
    scenes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A criterion that every route gives at least `min_chances` to see."""

    criterion: str
    min_chances: int = 1


@dataclass(frozen=True, slots=True)
class NamedPlay:
    """A play that must come out as said.

    Attributes
    ----------
    play : tuple
        Ids of choices, and of document or task scenes; ``{scene: answer}`` for a given
        answer instead of the full-credit one.
    expect : mapping
        ``end``, ``facts``, ``evidence``, ``minutes``, ``state``, each optional.
    """

    name: str
    play: tuple[Any, ...]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comment:
    """A commentary; `show` is ``choice``, ``scene``, ``end`` or ``after_marking``.

    Attributes
    ----------
    by : str or None
        Whose judgement it is.
    sources : tuple of str
        Ids of the sources of the case that it rests on.
    """

    text: str
    show: str
    by: str | None = None
    sources: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, row: Mapping[str, Any] | None) -> "Comment | None":
        """Read the optional key ``comment``."""
        if not row:
            return None
        return cls(
            text=row["text"],
            show=row.get("show", "after_marking"),
            by=row.get("by"),
            sources=tuple(row.get("source", ())),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A law and article, or publisher and title, as it was on a day."""

    titles: Mapping[str, str]
    url: str | None
    as_of: str
    is_verified: bool

    @classmethod
    def from_document(cls, row: Mapping[str, Any]) -> "Source":
        """Read one entry of ``sources``."""
        is_verified = not row.get("unverified", False)
        return cls(row["title"], row.get("url"), row["as_of"], is_verified)


@dataclass(frozen=True, slots=True)
class Material:
    """Something to read or look at; an image has a text alternative (text ids)."""

    id: str
    text: str | None = None
    language: str | None = None
    image: str | None = None
    alternative: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became of it; both are text ids, `after` says when in story time."""

    after: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a version changes against an earlier one.

    Attributes
    ----------
    base : int
        The version that it was made from.
    kind : str
        ``wording``, ``scoring`` or ``structure``.
    renamed : mapping of str to str
        Old ids to new ones.
    """

    base: int
    kind: str
    renamed: Mapping[str, str]

    @classmethod
    def from_document(cls, row: Mapping[str, Any] | None) -> "Change | None":
        """Read the optional key ``change``."""
        return cls(row["from"], row["kind"], row.get("renamed", {})) if row else None


@dataclass(frozen=True, slots=True)
class Text:
    """One text; `of` is the hash of the source text that it was translated from."""

    text: str
    of: str | None = None
