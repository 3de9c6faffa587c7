"""The shape of each kind of scene and task."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from lms.content.source import NonEmpty
from lms.simulation.content.shape import (
    CasePart,
    EvidenceRow,
    Language,
    Minutes,
    Name,
    Scalar,
    TextId,
    fault,
)

_VERBS = ("set", "add", "reveal", "share", "clock", "note")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Criteria = Annotated[list[Name], BeforeValidator(_as_list)]


class EffectRow(CasePart):
    """One entry of ``do``: exactly one verb."""

    set: dict[Name, Scalar] | None = None
    add: dict[Name, int] | None = None
    reveal: list[Name] | None = None
    share: list[Name] | None = None
    with_: Name | None = Field(default=None, alias="with")
    clock: Minutes | None = None
    note: TextId | None = None

    @model_validator(mode="after")
    def _has_one_verb(self) -> Self:
        if len(self.model_fields_set & set(_VERBS)) != 1:
            raise fault(f"an entry of do has exactly one of {', '.join(_VERBS)}")
        if self.with_ is not None and self.share is None:
            raise fault("'with' goes with share")
        return self


class CommentRow(CasePart):
    """``comment``."""

    text: TextId
    show: Literal["choice", "scene", "end", "after_marking"] = "after_marking"
    by: NonEmpty | None = None
    source: list[Name] = Field(default_factory=list)
    tells: list[Name] = Field(default_factory=list)


class RenderingRow(CasePart):
    """How one interpreter renders a turn."""

    how: Literal["faithful", "shortened", "left_out", "own_advice"]
    text: TextId | None = None
    lose: list[Name] = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.how != "left_out":
            raise fault("a rendering that is not left_out needs a text")
        return self


class TurnRow(CasePart):
    """One entry of ``turns``."""

    id: Name
    by: Name
    text: TextId
    in_: Language | None = Field(default=None, alias="in")
    via: Name | None = None
    when: NonEmpty | None = None
    tells: list[Name] = Field(default_factory=list)
    renderings: dict[Name, RenderingRow] = Field(default_factory=dict)


class ChoiceRow(CasePart):
    """One entry of ``choices``."""

    id: Name
    text: TextId
    when: NonEmpty | None = None
    when_not: Literal["hidden", "greyed"] = "hidden"
    once: bool = False
    tells: list[Name] = Field(default_factory=list)
    do: list[EffectRow] = Field(default_factory=list)
    scores: Criteria = Field(default_factory=list)
    evidence: list[EvidenceRow] = Field(default_factory=list)
    comment: CommentRow | None = None
    approach: Literal["teaching", "coaching", "supervision"] | None = None
    to: Name


class TalkRow(CasePart):
    """``kind: talk``."""

    kind: Literal["talk"]
    turns: list[TurnRow] = Field(default_factory=list)
    choices: Annotated[list[ChoiceRow], Field(min_length=1)]


class MaterialRow(CasePart):
    """One entry of ``material``: a text, or an image with its alternative."""

    id: Name
    text: TextId | None = None
    in_: Language | None = Field(default=None, alias="in")
    image: NonEmpty | None = None
    alt: TextId | None = None
    tells: list[Name] = Field(default_factory=list)

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if (self.text is None) == (self.image is None):
            raise fault("give a text, or an image with alt")
        return self


class DocumentRow(CasePart):
    """``kind: document``."""

    kind: Literal["document"]
    text: TextId | None = None
    material: Annotated[list[MaterialRow], Field(min_length=1)]
    do: list[EffectRow] = Field(default_factory=list)
    to: Name


class BranchRow(CasePart):
    """One entry of ``routes``."""

    when: NonEmpty | None = None
    to: Name


class RouteRow(CasePart):
    """``kind: route``."""

    kind: Literal["route"]
    routes: Annotated[list[BranchRow], Field(min_length=1)]

    @field_validator("routes", mode="after")
    @classmethod
    def _ends_without_condition(cls, routes: list[BranchRow]) -> list[BranchRow]:
        if routes[-1].when is not None:
            raise fault("the last of the routes must have no 'when'")
        return routes


class FollowUpRow(CasePart):
    """What became of it; `after` says when in story time, in words."""

    after: TextId
    text: TextId


class EndRow(CasePart):
    """``kind: end``."""

    kind: Literal["end"]
    outcome: Name
    text: TextId | None = None
    follow_up: FollowUpRow | None = None


SCENE_SHAPES: Mapping[str, type[CasePart]] = {
    "talk": TalkRow,
    "document": DocumentRow,
    "route": RouteRow,
    "end": EndRow,
}
