"""What a page of a case shows, line by line."""

from dataclasses import dataclass

from lms.simulation.explained import PartLine


@dataclass(frozen=True, slots=True)
class TurnLine:
    """A turn as it is read.

    Attributes
    ----------
    original, original_language : str or None
        The words in their own language, where the case gives them.
    heard : str or None
        What the trainee hears; None where nothing is rendered.
    via : str or None
        Name of the interpreter.
    via_role : str or None
        ``phone``, ``video``, ``present``, ``family`` or ``child``.
    """

    speaker: str
    is_me: bool
    language: str
    language_name: str
    original: str | None
    heard: str | None
    marked: str | None
    via: str | None
    via_role: str | None
    is_followed: bool


@dataclass(frozen=True, slots=True)
class FactLine:
    """Something that the trainee has learned; `minute` is None outside a play."""

    text: str
    source: str
    minute: int | None
    is_new: bool
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class TalkPath:
    """Who talks with whom, through whom."""

    client: str
    client_language: str
    voice: str | None
    voice_role: str
    own_language: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One action of the route, with what the learner did in words."""

    position: int
    minute: int
    turns: tuple[TurnLine, ...]
    did: str
    texts: tuple[tuple[str, str], ...]
    parts: tuple[PartLine, ...]
    revealed: tuple[str, ...]
    comment: str | None
    observations: tuple["ObservationLine", ...]


@dataclass(frozen=True, slots=True)
class ObservationLine:
    """What a moment showed, for a rater or in the debrief."""

    criterion: str
    seen: str
    because: str | None
