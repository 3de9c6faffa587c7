"""The base of all forms, and fields with the habits of the product."""

import re
import unicodedata
from functools import cache
from typing import Any

from flask import g, has_request_context, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms.i18n import get_translations

# The field that asks for the page of a form, filled in, instead of the act itself.
REFILL = "refill"


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token; every POST validates one, even without fields.

    Attributes
    ----------
    shown_again : str or None
        Why what was sent does not count and is only shown once more.
    """

    shown_again: str | None = None

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Validators speak the reader's language."""

        @property
        def locales(self) -> list[str]:
            """Return the reader's language for the messages of WTForms."""
            return [str(get_locale())]

        def get_translations(self, _form: Any) -> Any:
            """Return WTForms' own messages; Flask-WTF reads their file every time."""
            return _wtforms_messages(str(get_locale()))

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Leave out what no person types and PostgreSQL cannot store."""
            return _without_controls(super().wrap_formdata(form, formdata))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields; refuse them all where the page is only shown again."""
        self.shown_again = refill_reason()
        return not self.shown_again and bool(super().validate(extra_validators))


def refill_reason() -> str | None:
    """Say why the form is only to be shown again, filled in; None where it counts."""
    if not has_request_context():
        return None
    if "refill" not in g and request.method == "POST" and REFILL in request.form:
        g.refill = _("This was not sent yet. Check it and send it once more.")
    reason: str | None = g.get("refill")
    return reason


@cache
def _wtforms_messages(language: str) -> Any:
    return get_translations([language])


class ActForm(BaseForm):
    """A form without fields, for an act that needs only a button."""


# C0 and C1 controls but tab and line ends; a NUL cannot be stored in PostgreSQL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _without_controls(sent: Any) -> Any:
    if not isinstance(sent, MultiDict):
        return sent
    return MultiDict(
        (name, _CONTROLS.sub("", value) if isinstance(value, str) else value)
        for name, value in sent.items(multi=True)
    )


def normalise_text(value: Any) -> Any:
    """Return typed text in NFC with Unix line ends, without outer blanks."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
