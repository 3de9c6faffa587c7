"""The shape of each kind of task."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from lms.content.source import NonEmpty
from lms.simulation.content.form_shapes import FormRow
from lms.simulation.content.plan_shapes import AdviceRow, ConcordanceRow, PlanRow
from lms.simulation.content.shape import CasePart, Language, Name, TextId
from lms.simulation.content.task_parts import (
    Aspect,
    BeforeRow,
    CutsRow,
    Entries,
    Fit,
    Listed,
    PickRow,
    Share,
    TaskRow,
)


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
    before: list[BeforeRow] = Field(default_factory=list)
    cuts: CutsRow | None = None


class ChooseManyRow(TaskRow):
    """``task: choose_many``."""

    task: Literal["choose_many"]
    items: Entries
    needed: Annotated[list[Name], Field(min_length=1)]
    harmful: list[Name] = Field(default_factory=list)
    pick: PickRow | None = None
    cuts: CutsRow | None = None


class NeedsRow(CasePart):
    """Conditions under which an aspect of a referral is in place."""

    consent: NonEmpty | None = None


class ReferralRow(TaskRow):
    """``task: referral``."""

    task: Literal["referral"]
    directory: Listed
    pick: PickRow
    ask: list[Literal["reason", "consent", "what_is_shared", "follow_up"]] = Field(
        default_factory=list
    )
    fit: dict[Name, Fit]
    may_share: list[Name] = Field(default_factory=list)
    needs: NeedsRow = Field(default_factory=NeedsRow)
    aspects: dict[
        Literal["addressee", "reason", "consent", "sharing", "follow_up"], Aspect
    ] = Field(default_factory=dict)
    cuts: CutsRow | None = None


TASK_SHAPES: Mapping[str, type[CasePart]] = {
    "free_text": FreeTextRow,
    "triage": TriageRow,
    "order": OrderRow,
    "choose_many": ChooseManyRow,
    "referral": ReferralRow,
    "plan": PlanRow,
    "concordance": ConcordanceRow,
    "form": FormRow,
    "advice": AdviceRow,
}
