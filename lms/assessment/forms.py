"""Answering one item: a form for each kind."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    validators,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.assessment.domain import Item, MatchingBody, OrderingBody
from lms.errors import InvalidInputError
from lms.web.forms import BaseForm


class ItemForm(BaseForm):
    """What all answers share; the page makes the action id.

    Attributes
    ----------
    version : HiddenField
        Digest of the version of the item that the page showed.
    """

    action_id = HiddenField(validators=[InputRequired(), validators.UUID()])
    version = HiddenField()
    item: Item
    to_answer: Callable[[], tuple[str, ...]]  # in the words of the item's kind

    @property
    def action(self) -> UUID:
        """Return the id of this click."""
        return UUID(self.action_id.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then whether they make an answer together."""
        if not super().validate(extra_validators):
            return False
        try:
            self.item.normalise(self.to_answer())
        except InvalidInputError as error:
            self.reject(_(error.template, **error.values))
            return False
        return True

    def reject(self, text: str) -> None:
        """Say at the right place that the fields make no answer together."""
        self.form_errors.append(text)


class SingleForm(ItemForm):
    """One of the options."""

    answer = RadioField(
        "", validators=[InputRequired(_l("Choose one answer."))], validate_choice=True
    )

    def to_answer(self) -> tuple[str, ...]:
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

    def to_answer(self) -> tuple[str, ...]:
        """Return the options chosen."""
        return tuple(self.answer.data)


class PartsForm(ItemForm):
    """A field for each part; subclasses are made per item, since fields follow it."""

    names: tuple[str, ...] = ()

    @property
    def rows(self) -> list[Any]:
        """Return the fields of the parts, in the order of the page."""
        return [self[name] for name in self.names]


class OrderingForm(PartsForm):
    """A place for each step."""

    def to_answer(self) -> tuple[str, ...]:
        """Return the steps in the order given; of two in one place only one."""
        steps = {self[name].data: name.removeprefix("part_") for name in self.names}
        return tuple(steps[place] for place in sorted(steps, key=int))

    def reject(self, text: str) -> None:
        """Say it at each step whose place another step has as well."""
        places = [field.data for field in self.rows]
        for field in self.rows:
            if places.count(field.data) > 1:
                step = field.label.text
                field.errors = [_("%(step)s: %(fault)s", step=step, fault=text)]


class PairsForm(PartsForm):
    """Something chosen for each prompt, or for each of the two ends."""

    def to_answer(self) -> tuple[str, ...]:
        """Return ``part=choice`` for each part."""
        return tuple(
            f"{name.removeprefix('part_')}={self[name].data}" for name in self.names
        )

    def reject(self, text: str) -> None:
        """Say it at the last part, which is read with the others in mind."""
        self.rows[-1].errors = [text]


def make_item_form(item: Item, language: str, **kwargs: Any) -> ItemForm:
    """Return the form that fits an item, in the reader's language."""
    form = _MAKERS[item.kind](item, language, {"prefix": f"{item.slug}-", **kwargs})
    form.item = item
    return form


def _choice(kind: type[Any]) -> Callable[[Item, str, dict[str, Any]], ItemForm]:
    def make(item: Item, language: str, kwargs: dict[str, Any]) -> ItemForm:
        form: Any = kind(**kwargs)
        form.answer.label.text = item.stem.in_language(language)
        form.answer.choices = _choices(item.body, language)
        return form  # type: ignore[no-any-return]

    return make


def _ordering(item: Item, language: str, kwargs: dict[str, Any]) -> ItemForm:
    body: OrderingBody = item.body  # type: ignore[assignment]
    places = [SelectChoice("", "–")] + [
        SelectChoice(str(n), str(n)) for n in range(1, len(body.steps) + 1)
    ]
    fields = {
        f"part_{step.slug}": SelectField(
            text := step.text.in_language(language),
            choices=places,
            validators=[InputRequired(_("%(step)s: choose its place.", step=text))],
        )
        for step in body.shown
    }
    return _make(OrderingForm, fields, kwargs)


def _matching(item: Item, language: str, kwargs: dict[str, Any]) -> ItemForm:
    body: MatchingBody = item.body  # type: ignore[assignment]
    options = [SelectChoice("", _("Choose")), *_choices(body, language)]
    fields = {
        f"part_{prompt.slug}": SelectField(
            text := prompt.text.in_language(language),
            choices=options,
            validators=[InputRequired(_("%(prompt)s: choose what fits.", prompt=text))],
        )
        for prompt in body.prompts
    }
    return _make(PairsForm, fields, kwargs)


def _situational(item: Item, language: str, kwargs: dict[str, Any]) -> ItemForm:
    options = _choices(item.body, language)
    labels = {"best": _("Most fitting"), "worst": _("Least fitting")}
    fields = {
        f"part_{end}": RadioField(
            label,
            choices=options,
            validators=[InputRequired(_("%(end)s: choose one.", end=label))],
        )
        for end, label in labels.items()
    }
    return _make(PairsForm, fields, kwargs)


def _choices(body: Any, language: str) -> list[SelectChoice]:
    return [
        SelectChoice(option.slug, option.text.in_language(language))
        for option in body.options
    ]


def _make(
    kind: type[PartsForm], fields: dict[str, Any], kwargs: dict[str, Any]
) -> ItemForm:
    made = type(kind.__name__, (kind,), {**fields, "names": tuple(fields)})
    form: ItemForm = made(**kwargs)
    return form


_MAKERS: dict[str, Callable[[Item, str, dict[str, Any]], ItemForm]] = {
    "single": _choice(SingleForm),
    "multiple": _choice(MultipleForm),
    "ordering": _ordering,
    "matching": _matching,
    "situational": _situational,
}
