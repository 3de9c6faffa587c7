"""Shapes of the directory's files: head, sources, attributes, partners, menus."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from lms.content.source import (
    BilingualText,
    Day,
    Identifier,
    NonEmpty,
    StrictModel,
)
from lms.directory.domain.sources import ARTICLE

Words = Annotated[list[NonEmpty], Field(default_factory=list)]
PartnerKind = Literal[
    "public",
    "quasi_public",
    "professional",
    "nonprofit",
    "intergovernmental",
    "embassy",
    "private",
]
Area = Literal["national", "prefecture", "municipality"]
StandingName = Literal["read", "general", "unverified"]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Article = Annotated[str, Field(pattern=ARTICLE.pattern)]
OptionName = bool | str


class Named(StrictModel):
    """An id with its name in both languages."""

    id: Identifier
    name: BilingualText


class HeadFile(StrictModel):
    """`directory.yaml`: the version label of the whole, and its themes."""

    format: Literal["directory/1"]
    id: Identifier
    version: Annotated[int, Field(ge=1)]
    title: BilingualText
    themes: Annotated[list[Named], Field(min_length=1)]


class LawEntry(StrictModel):
    """A law, ordinance or notice."""

    id: Identifier
    title: BilingualText


class PageEntry(StrictModel):
    """A page that was read, with the day whose state it shows."""

    id: Identifier
    title: BilingualText
    url: NonEmpty | None = None
    as_of: Day


class SourcesFile(StrictModel):
    """`sources.yaml`: laws and pages, named once and referred to by id."""

    format: Literal["directory-sources/1"]
    laws: list[LawEntry]
    pages: list[PageEntry]


class Bounds(StrictModel):
    """Lowest and highest value of a number."""

    low: int
    high: int


class AttributeEntry(Named):
    """One thing that may be known of a client."""

    theme: Identifier
    ask: BilingualText
    kind: Literal["one_of", "bool", "number"]
    options: list[Named] | None = None
    groups: dict[Identifier, list[Identifier]] | None = None
    bounds: Bounds | None = None
    unit: BilingualText | None = None


class AttributesFile(StrictModel):
    """`attributes.yaml`: the vocabulary of conditions."""

    format: Literal["directory-attributes/1"]
    attributes: Annotated[list[AttributeEntry], Field(min_length=1)]


class LawReference(StrictModel):
    """A law with the articles that are meant; none for a whole notice."""

    act: Identifier
    articles: list[Article] = Field(default_factory=list)


class Statement(StrictModel):
    """What an entry rests on; dates that are left out are those around it."""

    law: list[LawReference] = Field(default_factory=list)
    pages: list[Identifier] = Field(default_factory=list)
    standing: StandingName
    as_of: Day | None = None
    review_by: Day | None = None


class PartnerEntry(Statement):
    """One partner or kind of partner."""

    id: Identifier
    name: BilingualText
    words: Words
    kind: PartnerKind
    themes: Annotated[list[Identifier], Field(min_length=1)]
    purpose: BilingualText
    area: Area
    languages: Annotated[list[LanguageCode], Field(min_length=1)]
    languages_note: BilingualText | None = None
    hours: BilingualText | None = None
    cost: BilingualText | None = None
    reach: BilingualText | None = None
    can: Annotated[list[BilingualText], Field(min_length=1)]
    cannot: list[BilingualText] = Field(default_factory=list)


class PartnersFile(StrictModel):
    """`partners/*.yaml`; the dates hold for every entry that has none of its own."""

    format: Literal["directory-partners/1"]
    as_of: Day
    review_by: Day
    partners: Annotated[list[PartnerEntry], Field(min_length=1)]


class Clause(StrictModel):
    """What an attribute must be: values or groups of values, or bounds of a number."""

    one_of: Annotated[list[OptionName], Field(min_length=1)] | None = None
    none_of: Annotated[list[OptionName], Field(min_length=1)] | None = None
    at_least: int | None = None
    at_most: int | None = None


def _as_clause(value: Any) -> Any:
    """Take a bare value or list for ``one_of``."""
    if isinstance(value, bool | str):
        return {"one_of": [value]}
    return {"one_of": value} if isinstance(value, list) else value


_WRITTEN = {
    "anyOf": [
        {"type": ["boolean", "string"]},
        {"type": "array", "items": {"type": ["boolean", "string"]}, "minItems": 1},
        {
            "type": "object",
            "properties": {
                "none_of": {"type": "array", "items": {"type": ["boolean", "string"]}},
                "at_least": {"type": "integer"},
                "at_most": {"type": "integer"},
            },
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
Way = Annotated[
    dict[
        Identifier,
        Annotated[Clause, BeforeValidator(_as_clause), WithJsonSchema(_WRITTEN)],
    ],
    Field(min_length=1),
]


class ConditionEntry(Statement):
    """One condition: words, clauses that all must hold, and where that stands.

    `any` in place of `needs` lists several ways in which it can be met. Standing,
    pages and dates that are left out are those of the menu.
    """

    id: Identifier
    text: BilingualText
    needs: Way | None = None
    any: Annotated[list[Way], Field(min_length=2)] | None = None
    standing: StandingName | None = None  # type: ignore[assignment]  # the menu's


class MenuEntry(Statement):
    """One support menu."""

    id: Identifier
    name: BilingualText
    words: Words
    theme: Identifier
    purpose: BilingualText
    partners: Annotated[list[Identifier], Field(min_length=1)]
    cost: BilingualText | None = None
    limit: BilingualText | None = None
    note: BilingualText | None = None
    conditions: list[ConditionEntry] = Field(default_factory=list)
    instead: list[Identifier] = Field(default_factory=list)
    weighed: bool = False


class MenusFile(StrictModel):
    """`menus/*.yaml`; the dates hold for every entry that has none of its own."""

    format: Literal["directory-menus/1"]
    as_of: Day
    review_by: Day
    menus: Annotated[list[MenuEntry], Field(min_length=1)]
