"""Plans, judgements, papers to fill in, and advice to a colleague."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.simulation.domain import PlayResult
from lms.simulation.domain.case import TaskScene
from lms.simulation.domain.tasks.concordance import SCALE
from lms.simulation.domain.tasks.form import FormField, FormTask
from lms.simulation.domain.tasks.plan import PlanTask
from lms.simulation.domain.tasks.plan_answer import own_name
from lms.simulation.forms.acts import (
    LONG_TEXT,
    SceneForm,
    checkboxes,
    make_task_form,
)
from lms.simulation.forms.answers import TaskFormMaker
from lms.simulation.pages import Reader
from lms.simulation.planning_words import (
    APPROACH_WORDS,
    SCALE_WORDS,
    SLOT_WORDS,
)
from lms.web.forms import NoChoice, normalise_text

_OWN_WORDS = 300
_NOWHERE = ""


def _plan(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    fields: dict[str, Any] = {}
    if task.goals:
        goals = [(entry.id, reader.entry(entry)) for entry in task.goals]
        fields["goals"] = checkboxes(_("Goals of the plan"), goals)
    for number in range(1, task.own_goals + 1):
        fields[f"words_goal-{number}"] = _own(_l("A goal in your own words"))
    for entry in task.pool:
        fields |= _line_fields(reader, task, entry.id, reader.entry(entry))
    for number in range(1, task.own_steps + 1):
        name = own_name(number)
        label = _("A step of your own (%(number)s)", number=number)
        fields[f"words_{name}"] = _own(_l("What is to be done"))
        fields |= _line_fields(reader, task, name, label)
    return make_task_form(
        {**fields, "validate": _validate_plan, "task": task}, _plan_answer, formdata
    )


def _own(label: Any) -> StringField:
    return StringField(
        label, filters=[normalise_text], validators=[Optional(), Length(max=_OWN_WORDS)]
    )


def _line_fields(
    reader: Reader, task: PlanTask, name: str, label: str
) -> dict[str, Any]:
    """Return the place of a step in the plan, and its slots."""
    count = len(task.pool) + task.own_steps
    places = [SelectChoice(_NOWHERE, _("not in the plan"))]
    places += [SelectChoice(str(n), str(n)) for n in range(1, count + 1)]
    fields: dict[str, Any] = {
        f"place_{name}": SelectField(label, choices=places, default=_NOWHERE)
    }
    for slot in task.slots:
        if slot == "agreed":
            fields[f"agreed_{name}"] = BooleanField(SLOT_WORDS[slot])
            continue
        options = [(entry.id, reader.entry(entry)) for entry in task.options[slot]]
        if slot == "goal":
            options += [
                (own_name(n), _("my own goal %(number)s", number=n))
                for n in range(1, task.own_goals + 1)
            ]
        fields[f"{slot}_{name}"] = SelectField(
            SLOT_WORDS[slot],
            choices=[SelectChoice("", _("none")), *(SelectChoice(*o) for o in options)],
            default="",
        )
    return fields


def _places(form: Any) -> Iterator[tuple[int, str]]:
    """Return the steps that are in the plan with their places."""
    names = [entry.id for entry in form.task.pool]
    names += [own_name(number + 1) for number in range(form.task.own_steps)]
    for name in names:
        if form[f"place_{name}"].data:
            yield int(form[f"place_{name}"].data), name


def _validate_plan(form: Any, extra_validators: Any = None) -> bool:
    """Refuse two steps in one place, words missing, and too few or too many steps."""
    is_valid = super(type(form), form).validate(extra_validators)
    if form.shown_again or not is_valid:
        return False
    taken: dict[int, str] = {}
    for place, name in _places(form):
        if place in taken:
            form[f"place_{name}"].errors = [
                _("Two steps have place %(place)s. Give one another.", place=place)
            ]
        taken[place] = name
    _refuse_halves(form, set(taken.values()))
    count, task = len(list(_places(form))), form.task
    if not task.minimum <= count <= task.maximum:
        form.form_errors.append(
            _(
                "The plan has %(count)s steps. Put %(min)s to %(max)s into it.",
                count=count,
                min=task.minimum,
                max=task.maximum,
            )
        )
    _refuse_unknown_goals(form)
    return not form.errors


def _refuse_halves(form: Any, placed: set[str]) -> None:
    """Refuse own steps without words, and words that are in no place."""
    for number in range(1, form.task.own_steps + 1):
        name = own_name(number)
        words = form[f"words_{name}"]
        if name in placed and not words.data:
            words.errors = [_("Say what is to be done, or take the step out.")]
        elif words.data and name not in placed:
            text = _("Give this step a place, or take its words out.")
            form[f"place_{name}"].errors = [text]


def _refuse_unknown_goals(form: Any) -> None:
    if "goal" not in form.task.slots:
        return
    known = set(_goals(form)[1])
    for _place, name in _places(form):
        field = form[f"goal_{name}"]
        if field.data and field.data not in known:
            field.errors = [_("This goal is not in the plan. Choose it above, too.")]


def _goals(form: Any) -> tuple[list[Any], list[str]]:
    """Return the goals of the answer, and the ids under which steps name them."""
    if not form.task.goals:
        return [], []
    chosen = list(form["goals"].data or [])
    numbers = range(1, form.task.own_goals + 1)
    written = [n for n in numbers if form[f"words_goal-{n}"].data]
    own = [{"text": form[f"words_goal-{n}"].data} for n in written]
    return [*chosen, *own], [*chosen, *(own_name(n) for n in written)]


def _plan_answer(form: Any) -> Any:
    goals, names = _goals(form)
    renamed = {
        name: own_name(number)
        for number, name in enumerate((n for n in names if n.startswith("own-")), 1)
    }
    steps = []
    for _place, name in sorted(_places(form)):
        words = f"words_{name}"
        row = {"text": form[words].data} if words in form else {"step": name}
        for slot in form.task.slots:
            value = form[f"{slot}_{name}"].data
            if slot == "agreed" or value:
                row[slot] = renamed.get(value, value) if slot == "goal" else value
        steps.append(row)
    return {"goals": goals, "steps": steps} if form.task.goals else {"steps": steps}


def _concordance(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    words = [reader.text(row) for row in task.labels] or SCALE_WORDS
    choices = [SelectChoice(str(v), w) for v, w in zip(SCALE, words, strict=True)]
    fields = {
        f"item_{item.id}": RadioField(
            reader.text(item.new),
            choices=choices,
            validators=[InputRequired(_l("Choose how this changes your view."))],
        )
        for item in task.items
    }

    def to_answer(form: Any) -> Any:
        judged = {item.id: int(form[f"item_{item.id}"].data) for item in task.items}
        return {"judgements": judged}

    return make_task_form(fields, to_answer, formdata)


def _paper(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    fields = {f"field_{row.id}": _field(reader, row) for row in task.fields}

    def to_answer(form: Any) -> Any:
        return {"fields": dict(_filled(task, form))}

    return make_task_form(fields, to_answer, formdata)


def _field(reader: Reader, row: FormField) -> Any:
    label = reader.entry(row.label)
    options = [(entry.id, reader.entry(entry)) for entry in row.options]
    if row.kind == "text":
        kind = TextAreaField if row.lines > 1 else StringField
        return kind(
            label,
            filters=[normalise_text],
            validators=[Optional(), Length(max=row.max_chars)],
        )
    if row.kind == "choice":
        return RadioField(
            label,
            choices=[SelectChoice(*option) for option in options],
            validators=[NoChoice()],
        )
    if row.kind == "choices":
        return checkboxes(label, options)
    if row.kind == "number":
        bounds = NumberRange(min=row.minimum, max=row.maximum)
        return IntegerField(label, validators=[Optional(), bounds])
    if row.kind == "date":
        return DateField(label, validators=[Optional()])
    return BooleanField(label)


def _filled(task: FormTask, form: Any) -> Iterator[tuple[str, Any]]:
    """Return what was filled in; a box is ticked or not, never left empty."""
    for row in task.fields:
        value = form[f"field_{row.id}"].data
        if row.kind == "check":
            yield row.id, bool(value)
        elif row.kind == "text" and value:
            yield row.id, {"text": value}
        elif row.kind == "date" and value:
            yield row.id, value.isoformat()
        elif value not in (None, "", []):
            yield row.id, value


def _advice(
    reader: Reader, scene: TaskScene, _result: PlayResult, formdata: Any
) -> SceneForm:
    task: Any = scene.task
    fields: dict[str, Any] = {
        "approach": RadioField(
            _l("Which way of advising?"),
            choices=[SelectChoice(name, APPROACH_WORDS[name][0]) for name in task.fits],
            validators=[InputRequired(_l("Choose a way of advising."))],
        ),
        "moves": checkboxes(
            _("What do you ask, say or offer?"),
            [(entry.id, reader.entry(entry)) for entry in task.labels],
        ),
    }
    if task.words:
        fields["text"] = TextAreaField(
            reader.text(task.words.prompt),
            filters=[normalise_text],
            validators=[InputRequired(_l("Write your text.")), Length(max=LONG_TEXT)],
        )

    def to_answer(form: Any) -> Any:
        words = {"text": form["text"].data} if task.words else {}
        moves = form["moves"].data or []
        return {"approach": form["approach"].data, "moves": moves, **words}

    return make_task_form(fields, to_answer, formdata)


PLANNING_FORMS: Mapping[str, TaskFormMaker] = {
    "plan": _plan,
    "concordance": _concordance,
    "form": _paper,
    "advice": _advice,
}
