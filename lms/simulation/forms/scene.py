"""The form that fits where a play stands."""

from typing import Any

from wtforms import SelectChoice

from lms.simulation.domain import PlayResult
from lms.simulation.forms.acts import DocumentForm, SceneForm, TalkForm
from lms.simulation.forms.answers import ANSWER_FORMS
from lms.simulation.forms.planning import PLANNING_FORMS
from lms.simulation.pages import Reader

_MAKERS = {**ANSWER_FORMS, **PLANNING_FORMS}


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
    make = _MAKERS[result.task.task.kind]
    return make(reader, result.task, result, formdata)
