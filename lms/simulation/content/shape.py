"""The shape of ``case.yaml`` without its scenes; key names are the format's."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from lms.content.source import BilingualText, Day, NonEmpty, StrictModel
from lms.simulation.domain.condition_reader import RESERVED

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
TextId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$")]
Scalar = int | str | bool
Whole = int
Minutes = Annotated[int, Field(ge=0)]
Weight = Annotated[int, Field(ge=1)]
SeenWord = Literal["met", "partly", "not_met", "unsafe"]


def fault(text: str) -> PydanticCustomError:
    """Return a refusal whose message is `text` and nothing before it."""
    return PydanticCustomError("case", "{text}", {"text": text})


class CasePart(StrictModel):
    """A part of a case file; words of the format that Python reserves have aliases."""

    model_config = ConfigDict(serialize_by_alias=True)


class VersionName(CasePart):
    """``framework: {id, version}``; a framework's version is a word."""

    id: Name
    version: NonEmpty


class RubricName(CasePart):
    """``rubric: {id, version}``; a rubric's version is a whole number."""

    id: Name
    version: Annotated[int, Field(ge=1)]


class Languages(CasePart):
    """In which language the case was written, and in which it can be read."""

    source: Language
    offered: Annotated[list[Language], Field(min_length=1)]


class PromiseRow(CasePart):
    """One entry of ``blueprint``."""

    criterion: Name
    min_chances: Annotated[int, Field(ge=1)] = 1


class PersonRow(CasePart):
    """One entry of ``people``."""

    role: NonEmpty
    speaks: dict[Language, Literal["fluent", "basic"]] | None = None
    channel: NonEmpty | None = None
    age: Annotated[int, Field(ge=0)] | None = None
    name: TextId | None = None
    about: TextId | None = None


class FactRow(CasePart):
    """One entry of ``facts``."""

    text: TextId
    weight: Literal["key", "normal", "critical"] = "normal"
    sensitive: bool = False
    may_share: bool = False


class VariableRow(CasePart):
    """One entry of ``state``: exactly one of ``int``, ``one_of``, ``bool``."""

    int: Annotated[list[Whole], Field(min_length=2, max_length=2)] | None = None
    one_of: Annotated[list[Name], Field(min_length=2)] | None = None
    bool: Literal[True] | None = None
    start: Scalar
    shown: Literal["never", "always", "after"] = "never"

    @model_validator(mode="after")
    def _has_one_type(self) -> Self:
        if len({"int", "one_of", "bool"} & self.model_fields_set) != 1:
            raise fault("give exactly one of int, one_of and bool")
        return self


class ClockRow(CasePart):
    """``clock``."""

    limit: Annotated[int, Field(ge=1)]
    target: Annotated[int, Field(ge=1)] | None = None
    unit: Literal["virtual_minute"] = "virtual_minute"
    on_limit: Name | None = None


class EvidenceRow(CasePart):
    """One entry of ``evidence``."""

    for_: Name = Field(alias="for")
    seen: SeenWord
    weight: Weight = 1
    because: TextId | None = None
    critical: bool = False
    cue: list[Name] = Field(default_factory=list)
    when: NonEmpty | None = None


class OmissionRow(EvidenceRow):
    """One entry of ``omissions``: its condition is what it is about."""

    when: NonEmpty
    scenes: list[Name] = Field(default_factory=list)


class ExpectRow(CasePart):
    """What a named play must give."""

    end: Name | None = None
    facts: list[Name] | None = None
    evidence: dict[Name, SeenWord] | None = None
    minutes: Minutes | None = None
    state: dict[Name, Scalar] | None = None


class NamedPlayRow(CasePart):
    """One entry of ``tests``."""

    name: NonEmpty
    play: list[Name | dict[Name, Any]]
    expect: ExpectRow

    @field_validator("play", mode="after")
    @classmethod
    def _has_one_scene_each(cls, play: list[Any]) -> list[Any]:
        for entry in play:
            if isinstance(entry, dict) and len(entry) != 1:
                raise fault("an answer is written as {scene: answer}")
        return play


class SourceRow(CasePart):
    """One entry of ``sources``: a law and article, or publisher and title."""

    title: BilingualText
    url: NonEmpty | None = None
    as_of: Day
    review_by: Day
    unverified: bool = False


class AcceptedRow(CasePart):
    """A finding that somebody has looked at and takes as it is."""

    code: NonEmpty
    where: NonEmpty
    reason: NonEmpty
    by: NonEmpty


class ClientRow(CasePart):
    """One value of an attribute, and when it is the one."""

    when: NonEmpty | None = None
    is_: Scalar = Field(alias="is")


def _last_has_no_condition(value: Any) -> Any:
    if isinstance(value, list) and (not value or value[-1].when is not None):
        raise fault("the last value must have no 'when'")
    return value


Attribute = Annotated[
    Annotated[Scalar, Tag("value")] | Annotated[list[ClientRow], Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "value"),
    AfterValidator(_last_has_no_condition),
]


class ChangeRow(CasePart):
    """``change``: what this version changes against an earlier one."""

    from_: Annotated[int, Field(ge=1, alias="from")]
    kind: Literal["wording", "scoring", "structure"]
    renamed: dict[Name, Name] = Field(default_factory=dict)


class CaseFile(CasePart):
    """``case.yaml``; each scene is held against its own shape afterwards."""

    format: Literal["case/1"]
    id: Name
    version: Annotated[int, Field(ge=1)]
    status: Literal["draft", "in_review", "published", "retired"]
    title: TextId | None = None
    summary: TextId | None = None
    framework: VersionName
    rubric: RubricName
    languages: Languages
    minutes_expected: Annotated[int, Field(ge=1)] | None = None
    themes: list[NonEmpty] = Field(default_factory=list)
    notice: TextId | None = None
    sources: dict[Name, SourceRow] = Field(default_factory=dict)
    blueprint: list[PromiseRow] = Field(default_factory=list)
    people: dict[Name, PersonRow]
    facts: dict[Name, FactRow] = Field(default_factory=dict)
    state: dict[Name, VariableRow] = Field(default_factory=dict)
    clock: ClockRow | None = None
    client: dict[Name, Attribute] = Field(default_factory=dict)
    change: ChangeRow | None = None
    start: Name
    scenes: Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]
    omissions: list[OmissionRow] = Field(default_factory=list)
    tests: list[NamedPlayRow] = Field(default_factory=list)
    accepted: list[AcceptedRow] = Field(default_factory=list)

    @field_validator("state", mode="after")
    @classmethod
    def _has_no_reserved_name(cls, state: dict[str, Any]) -> dict[str, Any]:
        for name in state:
            if name in RESERVED:
                raise fault(f"'{name}' is a word of conditions; take another")
        return state

    @field_validator("people", mode="after")
    @classmethod
    def _has_one_trainee(cls, people: dict[str, PersonRow]) -> dict[str, PersonRow]:
        if sum(row.role == "trainee" for row in people.values()) != 1:
            raise fault("exactly one of the people has the role trainee")
        return people
