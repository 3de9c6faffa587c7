"""Sign-in."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from lms.web.forms import BaseForm


class SignInForm(BaseForm):
    """E-mail address and password."""

    email = EmailField(
        _l("E-mail address"),
        validators=[InputRequired(_l("Enter your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Enter your password.")), Length(max=1024)],
        render_kw={"autocomplete": "current-password"},
    )
    target = HiddenField(validators=[Length(max=2000)])


class DemoSignInForm(BaseForm):
    """One button per role; exists in demo mode only."""

    role = HiddenField(validators=[InputRequired()])
    target = HiddenField(validators=[Length(max=2000)])


class RoleForm(BaseForm):
    """Look at the product in another of one's roles."""

    role = HiddenField(validators=[InputRequired()])
