"""Answers to texts, triage, orders, picks and referrals."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.simulation.domain import PlayResult
from lms.simulation.domain.case import TaskScene
from lms.simulation.forms.acts import (
    LONG_TEXT,
    SHORT_TEXT,
    SceneForm,
    TaskForm,
    checkboxes,
    make_task_form,
)
from lms.simulation.languages import language_name
from lms.simulation.pages import Reader
from lms.web.forms import NoChoice, normalise_text

TaskFormMaker = Callable[[Reader, TaskScene, PlayResult, Any], SceneForm]


class FreeTextForm(TaskForm):
    """Write a text in one of the languages asked for."""

    text = TextAreaField(
        _l("Your text"),
        filters=[normalise_text],
        validators=[InputRequired(_l("Write your text.")), Length(max=LONG_TEXT)],
    )
    language = SelectField(_l("Language of your text"), validate_choice=False)

    def to_answer(self) -> Any:
        """Return text and language."""
        return {"text": self.text.data, "language": self.language.data}


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

    return make_task_form(fields, to_answer, formdata)


def _order(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    places = [SelectChoice("", "–")]
    places += [SelectChoice(str(n), str(n)) for n in range(1, len(task.items) + 1)]
    fields = {
        f"item_{item.id}": SelectField(
            reader.entry(item),
            choices=places,
            default="",
            validators=[InputRequired(_l("Give this step a place."))],
        )
        for item in task.items
    }

    def to_answer(form: Any) -> Any:
        rank = {item.id: int(form[f"item_{item.id}"].data) for item in task.items}
        return sorted(rank, key=lambda item: rank[item])

    return make_task_form(
        {**fields, "steps": list(fields), "validate": _validate_order},
        to_answer,
        formdata,
    )


def _validate_order(form: Any, extra_validators: Any = None) -> bool:
    """Refuse two steps in one place: nobody would know which was meant first."""
    is_valid = super(type(form), form).validate(extra_validators)
    if form.shown_again or not is_valid:
        return False
    taken: set[str] = set()
    for name in form.steps:
        place = form[name].data
        if place in taken:
            form[name].errors = [
                _("Two steps have place %(place)s. Give one another.", place=place)
            ]
        taken.add(place)
    return not form.errors


def _choose_many(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    picked = checkboxes(
        reader.text(scene.prompt),
        [(item.id, reader.entry(item)) for item in task.items],
    )
    return make_task_form(
        {"picked": picked}, lambda form: form["picked"].data or [], formdata
    )


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

    partners = [partner.id for partner in task.directory]
    return make_task_form(
        {**fields, "partners": partners, "validate": _validate_referral},
        to_answer,
        formdata,
    )


def _validate_referral(form: Any, extra_validators: Any = None) -> bool:
    """Ask whether the person has agreed: silence would be recorded as a no."""
    is_valid = super(type(form), form).validate(extra_validators)
    if form.shown_again or not is_valid:
        return False
    for partner in form.partners:
        consent = form[f"consent_{partner}"]
        if form[f"pick_{partner}"].data and not consent.data:
            consent.errors = [_("Say whether the person has agreed to this referral.")]
    return not form.errors


def _partner_fields(
    partner: str, label: str, known: list[tuple[str, str]]
) -> dict[str, Any]:
    text = {
        "filters": [normalise_text],
        "validators": [Optional(), Length(max=SHORT_TEXT)],
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
            validators=[NoChoice()],
        ),
        f"share_{partner}": checkboxes(_l("What you tell this partner"), known),
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


ANSWER_FORMS: Mapping[str, TaskFormMaker] = {
    "free_text": _free_text,
    "triage": _triage,
    "order": _order,
    "choose_many": _choose_many,
    "referral": _referral,
}
