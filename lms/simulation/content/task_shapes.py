"""The shape of each kind of task."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from lms.content.source import NonEmpty
from lms.simulation.content.scene_shapes import CommentRow, Criteria, EffectRow
from lms.simulation.content.shape import (
    CasePart,
    Language,
    Name,
    TextId,
    Weight,
    fault,
)

Share = Annotated[float, Field(ge=0, le=1)]


class EntryRow(CasePart):
    """Something to sort, order or pick, with its label."""

    id: Name
    text: TextId | None = None
    about: TextId | None = None


def _entry(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


Entries = Annotated[
    list[Annotated[EntryRow, BeforeValidator(_entry)]], Field(min_length=1)
]


class CutsRow(CasePart):
    """Credits from which an answer is met, and partly met."""

    met: Share
    partly: Share


class PickRow(CasePart):
    """How many may be picked."""

    min: Annotated[int, Field(ge=0)] = 0
    max: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.min > self.max:
            raise fault("min is more than max")
        return self


class TaskRow(CasePart):
    """Keys that every task has."""

    kind: Literal["task"]
    prompt: TextId | None = None
    scores: Criteria = Field(default_factory=list)
    scored_by: Literal["person", "engine"] = "engine"
    weight: Weight = 1
    because: TextId | None = None
    comment: CommentRow | None = None
    do: list[EffectRow] = Field(default_factory=list)
    to: Name


class FreeTextLength(CasePart):
    """Bounds in characters."""

    min_chars: Annotated[int, Field(ge=0)] = 1
    max_chars: Annotated[int, Field(ge=1)] | None = None


class FreeTextRow(TaskRow):
    """``task: free_text``; only a person can mark it."""

    task: Literal["free_text"]
    length: FreeTextLength = Field(default_factory=FreeTextLength)
    answer_in: Annotated[list[Language], Field(min_length=1)] | None = None
    anchors: dict[int | str, TextId] = Field(default_factory=dict)
    look_for: list[TextId] = Field(default_factory=list)


class TriageRow(TaskRow):
    """``task: triage``."""

    task: Literal["triage"]
    bins: Entries
    items: Entries
    key: dict[Name, dict[Name, Share]]
    cuts: CutsRow | None = None


class OrderRow(TaskRow):
    """``task: order``."""

    task: Literal["order"]
    items: Entries
    order: Annotated[list[Name], Field(min_length=2)]
    before: list[Annotated[list[Name], Field(min_length=2, max_length=3)]] = Field(
        default_factory=list
    )
    cuts: CutsRow | None = None


class ChooseManyRow(TaskRow):
    """``task: choose_many``."""

    task: Literal["choose_many"]
    items: Entries
    needed: Annotated[list[Name], Field(min_length=1)]
    harmful: list[Name] = Field(default_factory=list)
    pick: PickRow | None = None
    cuts: CutsRow | None = None


class FitRow(CasePart):
    """A fit that depends on what is known."""

    good_when: NonEmpty
    else_: Literal["partial", "poor"] = Field(alias="else")


class NeedsRow(CasePart):
    """Conditions under which an aspect of a referral is in place."""

    consent: NonEmpty | None = None


class ReferralRow(TaskRow):
    """``task: referral``."""

    task: Literal["referral"]
    directory: Entries
    pick: PickRow
    ask: list[Literal["reason", "consent", "what_is_shared", "follow_up"]] = Field(
        default_factory=list
    )
    fit: dict[
        Name,
        Annotated[
            Annotated[Literal["good", "partial", "poor"], Tag("word")]
            | Annotated[FitRow, Tag("rule")],
            Discriminator(lambda value: "word" if isinstance(value, str) else "rule"),
        ],
    ]
    may_share: list[Name] = Field(default_factory=list)
    needs: NeedsRow = Field(default_factory=NeedsRow)
    cuts: CutsRow | None = None


TASK_SHAPES: Mapping[str, type[CasePart]] = {
    "free_text": FreeTextRow,
    "triage": TriageRow,
    "order": OrderRow,
    "choose_many": ChooseManyRow,
    "referral": ReferralRow,
}
