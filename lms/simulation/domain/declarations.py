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
class Text:
    """One text; `of` is the hash of the source text that it was translated from."""

    text: str
    of: str | None = None
