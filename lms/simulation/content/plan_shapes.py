"""The shapes of plans, of judgements held against a panel, and of advice."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from lms.content.source import NonEmpty
from lms.simulation.content.shape import CasePart, Name, TextId, fault
from lms.simulation.content.task_parts import (
    Aspect,
    BeforeRow,
    CutsRow,
    Demands,
    Entries,
    EntryRow,
    Fit,
    Listed,
    ListedRow,
    PickRow,
    TaskRow,
    as_entry,
)

Slot = Literal["goal", "partner", "menu", "who", "when", "agreed"]
ChosenSlot = Literal["goal", "partner", "menu", "who", "when"]
Approach = Literal["teaching", "coaching", "supervision"]
PlanAspect = Literal[
    "coverage",
    "harm",
    "order",
    "goal",
    "partner",
    "menu",
    "who",
    "when",
    "eligibility",
    "filled",
]


class PoolRow(EntryRow):
    """A step to choose, and what fits it in each slot; what is not named is poor."""

    fit: dict[ChosenSlot, Annotated[dict[Name, Fit], Field(min_length=1)]] = Field(
        default_factory=dict
    )


class TermRow(CasePart):
    """A condition of a menu, and the text that says it."""

    when: NonEmpty
    because: TextId


class MenuRow(ListedRow):
    """A support menu with the conditions that the case adds."""

    conditions: list[TermRow] = Field(default_factory=list)


class OwnRow(CasePart):
    """How many goals and steps may be in the trainee's own words."""

    goals: Annotated[int, Field(ge=0, le=5)] = 1
    steps: Annotated[int, Field(ge=0, le=5)] = 2


class AgreedRow(CasePart):
    """Under which condition the client has agreed."""

    agreed: NonEmpty | None = None


class PlanRow(TaskRow):
    """``task: plan``."""

    task: Literal["plan"]
    goals: Entries | None = None
    pool: Annotated[list[Annotated[PoolRow, as_entry]], Field(min_length=1)]
    needed: Annotated[Demands, Field(min_length=1)]
    harmful: Demands = Field(default_factory=list)
    before: list[BeforeRow] = Field(default_factory=list)
    partners: Listed | None = None
    menus: Annotated[list[Annotated[MenuRow, as_entry]], Field(min_length=1)] | None = (
        None
    )
    who: Entries | None = None
    dates: Entries | None = None
    slots: Annotated[list[Slot], Field(min_length=1)] | None = None
    required: list[Slot] = Field(default_factory=list)
    pick: PickRow | None = None
    own: OwnRow | None = None
    needs: AgreedRow | None = None
    aspects: dict[PlanAspect, Aspect] = Field(default_factory=dict)
    cuts: CutsRow | None = None


class JudgementRow(CasePart):
    """One judgement, with what each member of the panel answered."""

    id: Name
    hypothesis: TextId
    new: TextId
    panel: dict[Name, Annotated[int, Field(ge=-2, le=2)]] = Field(default_factory=dict)
    because: TextId | None = None


class ConcordanceRow(TaskRow):
    """``task: concordance``."""

    task: Literal["concordance"]
    items: Annotated[list[JudgementRow], Field(min_length=1)]
    labels: list[TextId] | None = None
    cuts: CutsRow | None = None

    @field_validator("labels", mode="after")
    @classmethod
    def _has_five(cls, labels: list[str] | None) -> list[str] | None:
        if labels is not None and len(labels) != 5:
            raise fault("give five labels, for -2, -1, 0, 1 and 2")
        return labels


class MoveRow(EntryRow):
    """Something to ask, say or offer, and what it is worth."""

    approach: Approach | None = None
    worth: Literal["good", "partial", "poor"]
    because: TextId | None = None


class WriteRow(CasePart):
    """The first words, written in full."""

    prompt: TextId
    min_chars: Annotated[int, Field(ge=1)] = 1
    max_chars: Annotated[int, Field(ge=1)] | None = None


class AdviceRow(TaskRow):
    """``task: advice``."""

    task: Literal["advice"]
    to_whom: Name
    approaches: Annotated[dict[Approach, Fit], Field(min_length=2)]
    why: dict[Approach, TextId] = Field(default_factory=dict)
    moves: Annotated[list[MoveRow], Field(min_length=1)]
    needed: Demands = Field(default_factory=list)
    harmful: Demands = Field(default_factory=list)
    pick: PickRow | None = None
    write: WriteRow | None = None
    aspects: dict[Literal["approach", "moves"], Aspect] = Field(default_factory=dict)
    cuts: CutsRow | None = None
