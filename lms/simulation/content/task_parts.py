"""What the shapes of tasks have in common: entries, demands, fits, aspects."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from lms.content.source import NonEmpty
from lms.simulation.content.scene_shapes import CommentRow, Criteria, EffectRow
from lms.simulation.content.shape import CasePart, Name, TextId, Weight, fault

Share = Annotated[float, Field(ge=0, le=1)]


class EntryRow(CasePart):
    """Something to sort, order or pick, with its label."""

    id: Name
    text: TextId | None = None
    about: TextId | None = None


class ListedRow(EntryRow):
    """A partner or menu, which the directory may list under an id of its own."""

    listed_as: Name | None = None


def _entry(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


as_entry = BeforeValidator(_entry)
Entries = Annotated[list[Annotated[EntryRow, as_entry]], Field(min_length=1)]
Listed = Annotated[list[Annotated[ListedRow, as_entry]], Field(min_length=1)]


class DemandRow(CasePart):
    """Something needed or harmful; with a condition only while that holds."""

    id: Name
    when: NonEmpty | None = None
    because: TextId | None = None


Demands = list[Annotated[DemandRow, as_entry]]


class AspectRow(CasePart):
    """What an aspect of a task is evidence for, and why."""

    scores: Criteria
    because: TextId | None = None


def _aspect(value: Any) -> Any:
    return value if isinstance(value, dict) else {"scores": value}


Aspect = Annotated[AspectRow, BeforeValidator(_aspect)]
BeforeRow = Annotated[list[Name], Field(min_length=2, max_length=3)]


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


class FitRow(CasePart):
    """A fit that depends on what is known."""

    good_when: NonEmpty
    else_: Literal["partial", "poor"] = Field(alias="else")


Fit = Annotated[
    Annotated[Literal["good", "partial", "poor"], Tag("word")]
    | Annotated[FitRow, Tag("rule")],
    Discriminator(lambda value: "word" if isinstance(value, str) else "rule"),
]


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
