"""What every act in a case carries, and how a form is made for one task."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    TextAreaField,
    validators,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from lms.simulation.notebook import LONGEST_NOTES
from lms.web.forms import BaseForm, normalise_text

LONG_TEXT = 10_000
SHORT_TEXT = 2_000
_NOT_TYPED = {"csrf_token", "draft_revision", "position", "action_id", "scene"}


class DraftForm(BaseForm):
    """What the page of a scene says about the draft that it was made from."""

    draft_revision = IntegerField(
        widget=HiddenInput(), default=0, validators=[Optional(), NumberRange(min=0)]
    )


class NotebookForm(BaseForm):
    """Notes beside the talk, and the revision that the page was made from."""

    notes = TextAreaField(
        _l("Your notes"),
        filters=[normalise_text],
        validators=[Length(max=LONGEST_NOTES)],
    )
    notes_revision = IntegerField(
        widget=HiddenInput(), default=0, validators=[Optional(), NumberRange(min=0)]
    )
    notes_position = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=0)]
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


def checkboxes(label: Any, choices: list[tuple[str, str]]) -> Any:
    """Return a field of boxes to tick."""
    return SelectMultipleField(
        label,
        choices=[SelectChoice(value, text) for value, text in choices],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def make_task_form(
    fields: Mapping[str, Any], to_answer: Any, formdata: Any
) -> SceneForm:
    """Return a form whose fields follow the case."""
    made = type("SceneTaskForm", (TaskForm,), {**fields, "to_answer": to_answer})
    form: SceneForm = made(formdata)
    return form
