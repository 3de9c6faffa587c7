"""Typing a code; proving who one is before a factor is changed."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.accounts.second_factor.codes import normalise_code
from lms.web.forms import BaseForm


def _plain(typed: Any) -> Any:
    return normalise_code(typed) if isinstance(typed, str) else typed


class OnwardForm(BaseForm):
    """An act on the way to the page that was asked for."""

    target = HiddenField(validators=[Length(max=2000)])


class CodeForm(OnwardForm):
    """A code of the app or, where one is asked for at sign-in, a recovery code."""

    code = StringField(
        _l("Code"),
        filters=[_plain],
        validators=[DataRequired(_l("Enter the code.")), Length(max=64)],
    )


class FirstForm(OnwardForm):
    """The password, before the first app is set up."""

    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Enter your password.")), Length(max=1024)],
    )


class ProofForm(BaseForm):
    """The password or a code, and which of the acts it is for."""

    password_or_code = PasswordField(
        _l("Password, or a code of your app"),
        validators=[
            InputRequired(_l("Enter your password or a code.")),
            Length(max=1024),
        ],
    )
    act = HiddenField(validators=[InputRequired()])
