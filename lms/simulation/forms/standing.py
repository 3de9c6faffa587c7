"""Choosing what holds where an author stands in a case; sent by GET, nothing kept."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectChoice, SelectField
from wtforms.validators import NumberRange, Optional

from lms.simulation.domain.case import Case, TalkScene
from lms.simulation.domain.standing import Standing, readable_marks
from lms.simulation.domain.variables import Value, Variable
from lms.simulation.forms.acts import checkboxes
from lms.simulation.pages import Reader
from lms.web.forms import BaseForm

_MOST_MINUTES = 100_000
_SETS = ("facts", "lost", "chosen", "visited", "shared")
_VALUE = "state_"


class StandingForm(BaseForm):
    """Minutes here; variables, facts and marks follow the case and the scene."""

    class Meta(BaseForm.Meta):
        """Without a token: the address of a scene can be kept and passed on."""

        csrf = False

    case: Case
    minutes = IntegerField(
        _l("Minutes gone by"),
        default=0,
        validators=[Optional(), NumberRange(min=0, max=_MOST_MINUTES)],
    )

    @property
    def variables(self) -> list[SelectField]:
        """Return the fields of the state variables, in the order of the case."""
        return [self[_VALUE + name] for name in self.case.variables]

    @property
    def sets(self) -> list[Any]:
        """Return the fields of facts and marks that this scene has a use for."""
        return [self[name] for name in _SETS if name in self]

    def to_standing(self) -> Standing:
        """Return the validated fields."""
        return Standing(
            values={
                name: _to_value(row, self[_VALUE + name].data)
                for name, row in self.case.variables.items()
            },
            minutes=self.minutes.data or 0,
            **{name: tuple(self[name].data or ()) for name in _SETS if name in self},
        )


def make_standing_form(reader: Reader, scene: str, formdata: Any) -> StandingForm:
    """Return the form for one scene of a case, in the reader's language."""
    case = reader.case
    fields: dict[str, Any] = {
        _VALUE + name: _variable_field(reader, row)
        for name, row in case.variables.items()
    }
    fields |= {
        name: checkboxes(label, options)
        for name, label, options in _sets_of(reader, scene)
        if options
    }
    made = type("SceneStandingForm", (StandingForm,), {**fields, "case": case})
    form: StandingForm = made(formdata)
    return form


def to_query(standing: Standing) -> dict[str, Any]:
    """Return the fields of an address at which the form says `standing`."""
    query: dict[str, Any] = {
        _VALUE + name: _as_sent(value) for name, value in standing.values.items()
    }
    if standing.minutes:
        query["minutes"] = standing.minutes
    for name in _SETS:
        if getattr(standing, name):
            query[name] = list(getattr(standing, name))
    return query


def _variable_field(reader: Reader, row: Variable) -> SelectField:
    people = reader.case.people
    choices = [
        SelectChoice(
            _as_sent(value),
            f"{reader.person(value)} ({value})"
            if isinstance(value, str) and value in people
            else _as_sent(value),
        )
        for value in row.values
    ]
    return SelectField(row.id, choices=choices, default=_as_sent(row.start))


def _sets_of(
    reader: Reader, scene: str
) -> Iterable[tuple[str, Any, list[tuple[str, str]]]]:
    """Return name, label and options of each set that can be chosen in a scene."""
    case = reader.case
    marks = readable_marks(case, scene)
    facts = {name: reader.text(row.text) for name, row in case.facts.items()}
    lost = _can_be_lost(case, scene)
    yield "facts", _l("Facts that are known"), list(facts.items())
    yield (
        "lost",
        _l("Facts said on arrival that did not come across"),
        [(name, facts[name]) for name in lost],
    )
    yield (
        "chosen",
        _l("Choices made before"),
        [(name, _choice_words(reader, name)) for name in marks.chosen],
    )
    yield "visited", _l("Scenes passed"), [(name, name) for name in marks.visited]
    yield (
        "shared",
        _l("Facts told to somebody"),
        [(name, facts[name]) for name in marks.shared],
    )


def _choice_words(reader: Reader, choice_id: str) -> str:
    choice = reader.case.find_choice(choice_id)
    return f"{choice_id} – {reader.text(choice.text)}" if choice else choice_id


def _can_be_lost(case: Case, scene_id: str) -> list[str]:
    scene = case.scenes[scene_id]
    if not isinstance(scene, TalkScene):
        return []
    renderings = (row for turn in scene.turns for row in turn.renderings.values())
    lost = {fact for row in renderings for fact in row.lost}
    return [name for name in case.facts if name in lost]


def _as_sent(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _to_value(row: Variable, sent: str) -> Value:
    return next(value for value in row.values if _as_sent(value) == sent)
