"""Answering one item."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    validators,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.assessment.domain import Item, ItemKindName
from lms.web.forms import BaseForm


class ItemForm(BaseForm):
    """What both kinds of answers share; the page makes the action id."""

    action_id = HiddenField(validators=[InputRequired(), validators.UUID()])

    @property
    def action(self) -> UUID:
        """Return the id of this click."""
        return UUID(self.action_id.data)


class SingleForm(ItemForm):
    """One of the options."""

    answer = RadioField(
        "", validators=[InputRequired(_l("Choose one answer."))], validate_choice=True
    )

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the option chosen."""
        return (self.answer.data,)


class MultipleForm(ItemForm):
    """All of the options that hold."""

    answer = SelectMultipleField(
        "",
        validators=[InputRequired(_l("Choose at least one answer."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the options chosen."""
        return tuple(self.answer.data)


def make_item_form(item: Item, language: str, **kwargs: object) -> ItemForm:
    """Return the form that fits an item, in the reader's language."""
    kind = SingleForm if item.kind is ItemKindName.SINGLE else MultipleForm
    form = kind(prefix=f"{item.slug}-", **kwargs)
    form.answer.label.text = item.stem.in_language(language)
    form.answer.choices = [
        SelectChoice(option.slug, option.text.in_language(language))
        for option in item.options
    ]
    return form
