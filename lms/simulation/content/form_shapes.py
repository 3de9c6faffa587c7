"""The shape of a form: each kind of field has keys of its own."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from lms.content.source import Day
from lms.simulation.content.shape import CasePart, Name, TextId
from lms.simulation.content.task_parts import CutsRow, Entries, Share, TaskRow


class _FieldRow(CasePart):
    id: Name
    text: TextId
    about: TextId | None = None
    required: bool = False
    because: TextId | None = None


class TextFieldRow(_FieldRow):
    """``kind: text``: words, which the engine does not judge."""

    kind: Literal["text"]
    max_chars: Annotated[int, Field(ge=1)] = 200
    lines: Annotated[int, Field(ge=1, le=20)] = 1
    example: TextId | None = None


class ChoiceFieldRow(_FieldRow):
    """``kind: choice``: one of the options."""

    kind: Literal["choice"]
    options: Entries
    key: Annotated[dict[Name, Share], Field(min_length=1)] | None = None
    harmful: list[Name] = Field(default_factory=list)


class ChoicesFieldRow(_FieldRow):
    """``kind: choices``: some of the options."""

    kind: Literal["choices"]
    options: Entries
    needed: Annotated[list[Name], Field(min_length=1)] | None = None
    harmful: list[Name] = Field(default_factory=list)


class NumberFieldRow(_FieldRow):
    """``kind: number``: a whole number."""

    kind: Literal["number"]
    min: int | None = None
    max: int | None = None
    expected: int | None = None
    unit: TextId | None = None


class DateFieldRow(_FieldRow):
    """``kind: date``."""

    kind: Literal["date"]
    expected: Day | None = None


class CheckFieldRow(_FieldRow):
    """``kind: check``: a box to tick."""

    kind: Literal["check"]
    expected: bool | None = None


def _kind(value: Any) -> str | None:
    is_row = isinstance(value, dict)
    kind = value.get("kind") if is_row else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


FieldRow: TypeAlias = Annotated[
    Annotated[TextFieldRow, Tag("text")]
    | Annotated[ChoiceFieldRow, Tag("choice")]
    | Annotated[ChoicesFieldRow, Tag("choices")]
    | Annotated[NumberFieldRow, Tag("number")]
    | Annotated[DateFieldRow, Tag("date")]
    | Annotated[CheckFieldRow, Tag("check")],
    Discriminator(
        _kind,
        custom_error_type="case",
        custom_error_message=(
            "a field needs a kind: text, choice, choices, number, date or check"
        ),
    ),
]


class FormRow(TaskRow):
    """``task: form``."""

    task: Literal["form"]
    fields: Annotated[list[FieldRow], Field(min_length=1)]
    cuts: CutsRow | None = None
