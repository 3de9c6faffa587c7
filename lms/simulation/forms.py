"""Acting in a case. Forms check shape only; the engine decides what is allowed."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    validators,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from lms.simulation.domain import PlayResult
from lms.simulation.domain.case import TaskScene
from lms.simulation.languages import language_name
from lms.simulation.pages import Reader
from lms.web.forms import BaseForm, normalise_text

_LONG_TEXT = 10_000
_SHORT_TEXT = 2_000
_NOT_TYPED = {"csrf_token", "draft_revision", "position", "action_id", "scene"}


class DraftForm(BaseForm):
    """What the page of a scene says about the draft that it was made from."""

    draft_revision = IntegerField(
        widget=HiddenInput(), default=0, validators=[Optional(), NumberRange(min=0)]
    )


class SceneForm(DraftForm):
    """What every action carries: where the page stood, and the click's own id."""

    position = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=0)]
    )
    action_id = HiddenField(validators=[InputRequired(), validators.UUID()])

    @property
    def action(self) -> UUID:
        """Return the id of this click."""
        return UUID(self.action_id.data)

    @property
    def typed(self) -> dict[str, list[str]]:
        """Return what the reader has filled in, as the page sent it."""
        return {
            field.name: list(field.raw_data)
            for field in self
            if field.raw_data and field.name not in _NOT_TYPED
        }


class StartForm(BaseForm):
    """Begin a case."""


class TalkForm(SceneForm):
    """Say or do one of the things on offer."""

    choice = RadioField(
        _l("What do you do?"),
        validators=[InputRequired(_l("Choose what you do."))],
        validate_choice=False,  # what was on offer then: the engine says so
    )

    def to_action(self) -> dict[str, Any]:
        """Return the action."""
        return {"type": "choose", "choice": self.choice.data}


class DocumentForm(SceneForm):
    """Have read the document."""

    scene = HiddenField(validators=[InputRequired()])

    def to_action(self) -> dict[str, Any]:
        """Return the action."""
        return {"type": "read", "scene": self.scene.data}


class TaskForm(SceneForm):
    """Answer a task; subclasses are made per scene, since fields follow the case."""

    scene = HiddenField(validators=[InputRequired()])
    to_answer: Callable[[], Any]  # in the form of docs/schemas/answers.schema.json

    def to_action(self) -> dict[str, Any]:
        """Return the action."""
        return {
            "type": "answer",
            "scene": self.scene.data,
            "answer": self.to_answer(),
        }


class FreeTextForm(TaskForm):
    """Write a text in one of the languages asked for."""

    text = TextAreaField(
        _l("Your text"),
        filters=[normalise_text],
        validators=[InputRequired(_l("Write your text.")), Length(max=_LONG_TEXT)],
    )
    language = SelectField(_l("Language of your text"), validate_choice=False)

    def to_answer(self) -> Any:
        """Return text and language."""
        return {"text": self.text.data, "language": self.language.data}


def make_scene_form(
    reader: Reader, result: PlayResult, formdata: Any = None
) -> SceneForm | None:
    """Return the form that fits the current scene; none at an end."""
    if result.kind == "talk":
        form: Any = TalkForm(formdata)
        form.choice.choices = [
            SelectChoice(row.id, reader.text(row.text))
            for row in result.choices
            if row.is_allowed
        ]
        return form  # type: ignore[no-any-return]
    if result.kind == "document":
        return DocumentForm(formdata)
    if result.task is None:
        return None
    make = _TASK_FORMS[result.task.task.kind]
    return make(reader, result.task, result, formdata)


def _free_text(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    form = FreeTextForm(formdata)
    form.text.label.text = reader.text(scene.prompt)
    form.text.render_kw = {"rows": 10, "data-count": "", "maxlength": task.max_chars}
    form.language.choices = [
        SelectChoice(code, language_name(code)) for code in task.answer_in
    ]
    if not form.language.raw_data and reader.language in task.answer_in:
        form.language.data = reader.language
    return form


def _triage(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    bins = [SelectChoice(entry.id, reader.entry(entry)) for entry in task.bins]
    fields = {
        f"item_{item.id}": RadioField(
            reader.entry(item),
            choices=bins,
            validators=[InputRequired(_l("Choose when to deal with this."))],
        )
        for item in task.items
    }

    def to_answer(form: Any) -> Any:
        return {item.id: form[f"item_{item.id}"].data for item in task.items}

    return _make(fields, to_answer, formdata)


def _order(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    places = [SelectChoice(str(n), str(n)) for n in range(1, len(task.items) + 1)]
    fields = {
        f"item_{item.id}": SelectField(reader.entry(item), choices=places)
        for item in task.items
    }

    def to_answer(form: Any) -> Any:
        rank = {item.id: int(form[f"item_{item.id}"].data) for item in task.items}
        return sorted(rank, key=lambda item: rank[item])

    return _make(fields, to_answer, formdata)


def _choose_many(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    picked = _checkboxes(
        reader.text(scene.prompt),
        [(item.id, reader.entry(item)) for item in task.items],
    )
    return _make({"picked": picked}, lambda form: form["picked"].data or [], formdata)


def _referral(
    reader: Reader, scene: TaskScene, result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    known = [
        (row.fact, reader.text(reader.case.facts[row.fact].text))
        for row in result.facts
    ]
    fields: dict[str, Any] = {}
    for partner in task.directory:
        fields |= _partner_fields(partner.id, reader.entry(partner), known)

    def to_answer(form: Any) -> Any:
        rows = [
            _referral_row(form, partner.id)
            for partner in task.directory
            if form[f"pick_{partner.id}"].data
        ]
        return {"referrals": rows}

    return _make(fields, to_answer, formdata)


def _partner_fields(
    partner: str, label: str, known: list[tuple[str, str]]
) -> dict[str, Any]:
    text = {
        "filters": [normalise_text],
        "validators": [Optional(), Length(max=_SHORT_TEXT)],
    }
    return {
        f"pick_{partner}": BooleanField(label),
        f"reason_{partner}": TextAreaField(
            _l("Why this partner"), render_kw={"rows": 2}, **text
        ),
        f"consent_{partner}": RadioField(
            _l("Consent of the person"),
            choices=[
                SelectChoice("yes", _l("The person has agreed to this referral")),
                SelectChoice(
                    "no", _l("The person has not been asked, or has not agreed")
                ),
            ],
            validators=[Optional()],
        ),
        f"share_{partner}": _checkboxes(_l("What you tell this partner"), known),
        f"follow_{partner}": TextAreaField(
            _l("How you follow up"), render_kw={"rows": 2}, **text
        ),
    }


def _referral_row(form: Any, partner: str) -> dict[str, Any]:
    return {
        "partner": partner,
        "reason": form[f"reason_{partner}"].data or "",
        "consent": form[f"consent_{partner}"].data == "yes",
        "share": form[f"share_{partner}"].data or [],
        "follow_up": form[f"follow_{partner}"].data or "",
    }


def _checkboxes(label: Any, choices: list[tuple[str, str]]) -> Any:
    return SelectMultipleField(
        label,
        choices=[SelectChoice(value, text) for value, text in choices],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _make(fields: Mapping[str, Any], to_answer: Any, formdata: Any) -> SceneForm:
    made = type("SceneTaskForm", (TaskForm,), {**fields, "to_answer": to_answer})
    form: SceneForm = made(formdata)
    return form


TaskFormMaker = Callable[[Reader, TaskScene, PlayResult, Any], SceneForm]
_TASK_FORMS: Mapping[str, TaskFormMaker] = {
    "free_text": _free_text,
    "triage": _triage,
    "order": _order,
    "choose_many": _choose_many,
    "referral": _referral,
}
