"""The form that narrows the trail down; it is sent by GET and changes nothing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from lms.audit.domain import ACTIONS
from lms.audit.queries.trail import TrailFilter
from lms.web.forms import BaseForm, NoChoice, normalise_text


class TrailForm(BaseForm):
    """What was done, to what, by whom, on which day."""

    class Meta(BaseForm.Meta):
        """Without a token: the address of a filtered page can be kept."""

        csrf = False

    action = SelectField(_l("What was done"), validators=[NoChoice()])
    object_id = StringField(
        _l("Id of what it was done to"),
        filters=[normalise_text],
        validators=[Optional(), Length(max=200, message=_l("This is too long."))],
    )
    actor = StringField(
        _l("Id of the person"), filters=[normalise_text], validators=[Optional()]
    )
    day = DateField(_l("Day"), validators=[Optional()])

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        named = sorted((_(text), action) for action, text in ACTIONS.items())
        self.action.choices = [("", _("Everything"))]
        self.action.choices += [(action, text) for text, action in named]

    def validate_actor(self, field: StringField) -> None:
        """Ask for an id as the rows show it."""
        try:
            UUID(field.data)
        except ValueError as error:
            raise ValidationError(_("Copy the whole id from a row.")) from error

    def to_filter(self, time_zone: str) -> TrailFilter:
        """Return the validated fields; a day is one of the installation's zone."""
        since = before = None
        if self.day.data:
            zone = ZoneInfo(time_zone)
            midnight = datetime.min.time()
            since = datetime.combine(self.day.data, midnight, zone)
            before = datetime.combine(self.day.data + timedelta(days=1), midnight, zone)
        return TrailFilter(
            action=self.action.data or None,
            object_id=self.object_id.data or None,
            actor_id=UUID(self.actor.data) if self.actor.data else None,
            since=since,
            before=before,
        )
