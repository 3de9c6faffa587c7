"""Forms of the door, of mailed links, and of one's own account."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from lms.accounts.domain import MAX_CHARACTERS, MIN_CHARACTERS, Weakness, find_weakness
from lms.web.forms import BaseForm


def _email_field() -> EmailField:
    return EmailField(
        _l("E-mail address"),
        validators=[InputRequired(_l("Enter your e-mail address.")), Length(max=254)],
    )


def _new_password_field() -> PasswordField:
    return PasswordField(
        _l("New password"), validators=[InputRequired(_l("Enter a new password."))]
    )


class SignInForm(BaseForm):
    """E-mail address and password."""

    email = _email_field()
    password = PasswordField(
        _l("Password"),
        validators=[
            InputRequired(_l("Enter your password.")),
            Length(max=MAX_CHARACTERS),
        ],
    )
    target = HiddenField(validators=[Length(max=2000)])


class DemoSignInForm(BaseForm):
    """One button per role; exists in demo mode only."""

    role = HiddenField(validators=[InputRequired()])
    target = HiddenField(validators=[Length(max=2000)])


class RoleForm(BaseForm):
    """Look at the product in another of one's roles."""

    role = HiddenField(validators=[InputRequired()])


class ForgottenForm(BaseForm):
    """Ask for a link by mail."""

    email = _email_field()


class NewPasswordForm(BaseForm):
    """A new password; typed once, as it can be shown."""

    password = _new_password_field()

    def __init__(self, *args: Any, about: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._about = tuple(about)

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is too short or would be guessed, and say what to do instead."""
        weakness = find_weakness(field.data or "", about=self._about)
        if weakness is not None:
            raise ValidationError(_advice(weakness))


class ChangePasswordForm(NewPasswordForm):
    """A new password, by somebody who knows the present one."""

    current = PasswordField(
        _l("Present password"),
        validators=[
            InputRequired(_l("Enter your present password.")),
            Length(max=MAX_CHARACTERS),
        ],
    )
    password = _new_password_field()  # stands behind the present one


class PreferencesForm(BaseForm):
    """Language of pages and mails, and light or dark."""

    language = RadioField(
        _l("Language of pages and mails"),
        choices=[SelectChoice("ja", "日本語"), SelectChoice("en", "English")],
        validators=[InputRequired(_l("Choose one."))],
    )
    theme = RadioField(
        _l("Light or dark"),
        choices=[
            SelectChoice("auto", _l("Automatic")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )


def _advice(weakness: Weakness) -> str:
    texts = {
        Weakness.SHORT: _(
            "Use at least %(count)s characters. Several words in a row are easy to "
            "remember.",
            count=MIN_CHARACTERS,
        ),
        Weakness.LONG: _("Use at most %(count)s characters.", count=MAX_CHARACTERS),
        Weakness.REPEATED: _(
            "This repeats itself and is easy to guess. Use several different words."
        ),
        Weakness.EXPECTED: _(
            "This is made of words or rows that are tried first. Use several words "
            "that have nothing to do with you or with Tsunagu."
        ),
    }
    return str(texts[weakness])
