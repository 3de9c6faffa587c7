"""A page for developers that shows every component; served by demos only."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from lms.errors import NotFoundError
from lms.web.access import public
from lms.web.drawing.layers import lay_out
from lms.web.drawing.radar import RadarAxis, draw_radar
from lms.web.drawing.trajectory import LevelOnDay, draw_trajectory
from lms.web.forms import BaseForm

bp = Blueprint("styleguide", __name__)
_TOP = 5
_LINKS = (
    *(("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("c", "g")),
    *(("d", "c"), ("d", "e"), ("e", "f"), ("e", "g")),
)
_KINDS = {
    "a": "talk",
    "b": "document",
    "c": "talk",
    "d": "task",
    "e": "route",
    "f": "end",
    "g": "end",
}
_TAKEN = frozenset({("a", "c"), ("c", "d"), ("d", "e"), ("e", "f")})


class SampleForm(BaseForm):
    """One field of each kind, without consequence."""

    _CHOICES = (
        SelectChoice("a", _l("Telephone interpreter")),
        SelectChoice("b", _l("Video interpreter")),
    )

    _LANGUAGES = (SelectChoice("ja", "日本語"), SelectChoice("en", "English"))

    words = StringField(_l("Name"), validators=[InputRequired(_l("Write a name."))])
    long = TextAreaField(_l("Reason"))
    one = SelectField(
        _l("Language"),
        choices=[SelectChoice("ja", "日本語"), SelectChoice("en", "English")],
    )
    radio = RadioField(
        _l("Kind"), choices=_CHOICES, validators=[InputRequired(_l("Choose one."))]
    )
    several = SelectMultipleField(_l("Kind"), choices=_CHOICES)
    tick = BooleanField(_l("Done"))
    band = RadioField(
        _l("Criterion"),
        choices=[SelectChoice(band, band) for band in ("0", "1", "2", "not_observed")],
        default="1",
    )


@dataclass(frozen=True, slots=True)
class SampleMap:
    """A map as `components/case_map.html` takes it."""

    width: float
    height: float
    scenes: list[dict[str, Any]]
    roads: list[dict[str, Any]]


@bp.get("/styleguide")
@public
def styleguide() -> ResponseReturnValue:
    """Show every component with its states; not found outside a demo."""
    if not (current_app.config["LMS_SETTINGS"].is_demo or current_app.debug):
        raise NotFoundError
    refused = SampleForm(formdata=None, prefix="refused-")
    for name in ("words", "radio"):
        refused[name].errors = [refused[name].validators[0].message]
    return render_template(
        "styleguide/page.html",
        sample=SampleForm(formdata=None),
        refused=refused,
        radar_figure=_radar(),
        trajectory_figure=_trajectory(),
        map_figure=_map(),
    )


def _radar() -> Any:
    known = [(3, 2, 3, 4), (2, 1, 2, 3), (3, None, None, None), (4, 2, 4, 5)]
    axes = [
        RadarAxis(_("Competency %(number)s", number=number), *values)
        for number, values in enumerate([*known, (1, 1, 1, 2)], 1)
    ]
    return draw_radar(axes, top=_TOP)


def _trajectory() -> Any:
    days = (
        LevelOnDay(date(2026, 4, 6), 0, 1, 3, 12, 2),
        LevelOnDay(date(2026, 6, 1), 1, 2, 3, 38, 5),
        LevelOnDay(date(2026, 10, 12), 2, 3, 4, 71, 9),
    )
    return draw_trajectory(days, required=3, top=_TOP)


def _map() -> SampleMap:
    drawing = lay_out(list(_KINDS), _LINKS)
    numbers = {name: number for number, name in enumerate(_KINDS, 1)}
    seen = {name for link in _TAKEN for name in link}
    return SampleMap(
        width=drawing.width,
        height=drawing.height,
        scenes=[
            {
                "number": numbers[node.id],
                "kind": _KINDS[node.id],
                "name": _("Scene %(number)s", number=numbers[node.id]),
                "x": node.x,
                "y": node.y,
                "is_taken": node.id in seen,
                "leads_to": [
                    (numbers[b], (a, b) in _TAKEN) for a, b in _LINKS if a == node.id
                ],
            }
            for node in drawing.nodes
        ],
        roads=[
            {
                "path": road.path,
                "arrow": road.arrow,
                "is_taken": (road.source, road.target) in _TAKEN,
            }
            for road in drawing.roads
        ],
    )
