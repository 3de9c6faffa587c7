"""The shape of an item in a bank file, one for each kind."""

from typing import Annotated, Literal

from pydantic import Field

from lms.content.source import BilingualText, Identifier, Sourced, StrictModel


class _Item(Sourced):
    id: Identifier
    version: Annotated[int, Field(ge=1)]
    level: Annotated[int, Field(ge=1, le=2)]
    difficulty: Annotated[float, Field(strict=False, ge=-4, le=4)]
    stem: BilingualText


class _Option(StrictModel):
    id: Identifier
    text: BilingualText
    correct: bool = False
    belief: BilingualText | None = None
    feedback: BilingualText


class ChoiceShape(_Item):
    """Options of which one holds (`single`), or all that hold are asked for."""

    kind: Literal["single", "multiple"]
    options: Annotated[list[_Option], Field(min_length=2)]


class _Step(StrictModel):
    id: Identifier
    text: BilingualText
    feedback: BilingualText


class _Before(StrictModel):
    first: Identifier
    then: Identifier
    reason: BilingualText


class OrderingShape(_Item):
    """Steps in a right order, and the pairs that must hold."""

    kind: Literal["ordering"]
    steps: Annotated[list[_Step], Field(min_length=3, max_length=8)]
    before: list[_Before] = Field(default_factory=list)
    belief: BilingualText


class _Prompt(StrictModel):
    id: Identifier
    text: BilingualText
    answer: Identifier
    feedback: BilingualText


class _Match(StrictModel):
    id: Identifier
    text: BilingualText
    feedback: BilingualText
    belief: BilingualText | None = None


class MatchingShape(_Item):
    """Prompts, and options of which one fits each."""

    kind: Literal["matching"]
    prompts: Annotated[list[_Prompt], Field(min_length=2, max_length=8)]
    options: Annotated[list[_Match], Field(min_length=3, max_length=10)]


class _Way(StrictModel):
    id: Identifier
    text: BilingualText
    value: Literal["best", "between", "worst"]
    feedback: BilingualText
    belief: BilingualText | None = None


class SituationalShape(_Item):
    """Ways to act, of which one fits best and one least."""

    kind: Literal["situational"]
    options: Annotated[list[_Way], Field(min_length=3, max_length=6)]


ItemShape = Annotated[
    ChoiceShape | OrderingShape | MatchingShape | SituationalShape,
    Field(discriminator="kind"),
]
