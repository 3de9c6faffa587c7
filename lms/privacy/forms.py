"""Asking to be erased, and settling it."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.web.forms import BaseForm, normalise_text

MAX_REASON = 1_000


class ErasureForm(BaseForm):
    """Ask to be erased; the box keeps it from happening by a slip."""

    understood = BooleanField(
        _l("I have read what is deleted and what stays."),
        validators=[InputRequired(_l("Tick the box to go on."))],
    )


class CarryOutForm(BaseForm):
    """Carry a request out; the box keeps it from happening by a slip."""

    understood = BooleanField(
        _l("This person is to be erased. It cannot be undone."),
        validators=[InputRequired(_l("Tick the box to go on."))],
    )


class DeclineForm(BaseForm):
    """Decline a request, with a reason that the person reads."""

    reason = TextAreaField(
        _l("Reason for declining"),
        filters=[normalise_text],
        validators=[
            DataRequired(_l("Write the reason.")),
            Length(max=MAX_REASON, message=_l("Write at most %(max)d characters.")),
        ],
    )
