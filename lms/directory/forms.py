"""Searching the directory, and saying what is known of a client; nothing is kept."""

from collections.abc import Iterable
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from lms.directory.domain import UNKNOWN, Attribute, Directory, Value, Wanted
from lms.directory.words import AREAS, language_name
from lms.web.forms import BaseForm, NoChoice, normalise_text
from lms.web.language import language

_TRUTHS: dict[str, Value] = {"true": True, "false": False}


class SearchForm(BaseForm):
    """Words, theme, language and area; sent by GET and changing nothing."""

    class Meta(BaseForm.Meta):
        """Without a token: the address of what was found can be kept."""

        csrf = False

    q = StringField(
        _l("Words"),
        filters=[normalise_text],
        validators=[Optional(), Length(max=100, message=_l("This is too long."))],
    )
    theme = SelectField(_l("What it is for"), validators=[NoChoice()])
    spoken = SelectField(_l("Language of the counter"), validators=[NoChoice()])
    area = SelectField(_l("Area"), validators=[NoChoice()])

    def __init__(self, *args: Any, directory: Directory, **given: Any) -> None:
        super().__init__(*args, **given)
        everything = SelectChoice("", _("All"))
        self.theme.choices = [everything]
        self.theme.choices += [
            SelectChoice(row.id, row.name.in_language(language()))
            for row in directory.themes.values()
        ]
        codes = {x for row in directory.partners.values() for x in row.languages}
        self.spoken.choices = [everything]
        self.spoken.choices += [
            SelectChoice(code, language_name(code)) for code in sorted(codes)
        ]
        self.area.choices = [everything]
        self.area.choices += [SelectChoice(*row) for row in AREAS.items()]

    def to_wanted(self) -> Wanted:
        """Return the validated fields."""
        return Wanted(
            words=self.q.data or "",
            theme=self.theme.data or "",
            language=self.spoken.data or "",
            area=self.area.data or "",
        )


class ClientForm(BaseForm):
    """What is known of a client, attribute by attribute; each may stay unknown."""

    attributes: ClassVar[tuple[Attribute, ...]] = ()

    def to_facts(self) -> dict[str, Value]:
        """Return what is known."""
        facts: dict[str, Value] = {}
        for attribute in self.attributes:
            given = self[_field_name(attribute)].data
            if given is not None and given != UNKNOWN:
                facts[attribute.id] = _value(attribute, given)
        return facts

    @property
    def themes(self) -> list[str]:
        """Return the headings under which something is asked, in order."""
        return list(dict.fromkeys(row.theme for row in self.attributes))

    def has_answers(self, theme: str) -> bool:
        """Say whether something is entered under a heading, right or wrong."""
        fields = [field for field, _ask in self.questions_of(theme)]
        return any(
            field.errors or field.data not in (None, UNKNOWN) for field in fields
        )

    def questions_of(self, theme: str) -> list[tuple[Any, str]]:
        """Return the questions under one heading."""
        names = {_field_name(row) for row in self.attributes if row.theme == theme}
        return [row for row in self.questions if row[0].name in names]

    @property
    def questions(self) -> list[tuple[Any, str]]:
        """Return each field with the question that it answers, in order."""
        return [
            (self[_field_name(row)], row.ask.in_language(language()))
            for row in self.attributes
        ]


def make_client_form(attributes: Iterable[Attribute], **given: Any) -> ClientForm:
    """Return a form with one field for each attribute."""
    rows = tuple(attributes)
    fields: dict[str, Any] = {_field_name(row): _field(row) for row in rows}
    form = type("AskedForm", (ClientForm,), {**fields, "attributes": rows})
    made: ClientForm = form(**given)
    return made


def _field_name(row: Attribute) -> str:
    """Return a name that no part of a form has already."""
    return f"client-{row.id}"


def _field(row: Attribute) -> Any:
    name = row.name.in_language(language())
    if row.kind == "number":
        unit = row.unit.in_language(language()) if row.unit else ""
        label = _("%(name)s (%(unit)s)", name=name, unit=unit) if unit else name
        text = _(
            "Give a whole number from %(low)s to %(high)s.", low=row.low, high=row.high
        )
        bounds = NumberRange(row.low, row.high, message=text)
        return _WholeNumber(label, validators=[Optional(), bounds])
    choices = [SelectChoice(UNKNOWN, _("Not known"))]
    if row.kind == "bool":
        choices += [SelectChoice("true", _("Yes")), SelectChoice("false", _("No"))]
    else:
        choices += [
            SelectChoice(x.id, x.name.in_language(language())) for x in row.options
        ]
    return SelectField(name, choices=choices, default=UNKNOWN)


class _WholeNumber(IntegerField):  # type: ignore[misc]
    """A whole number; the message says what to type."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Type a whole number, such as 3.")) from error


def _value(attribute: Attribute, given: Any) -> Value:
    value: Value = _TRUTHS[given] if attribute.kind == "bool" else given
    return value
