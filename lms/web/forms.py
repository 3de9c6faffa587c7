"""The base of all forms, and fields with the habits of the product."""

import re
import unicodedata
from typing import Any

from flask_babel import get_locale
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token; every POST validates one, even without fields."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Validators speak the reader's language."""

        @property
        def locales(self) -> list[str]:
            """Return the reader's language for the messages of WTForms."""
            return [str(get_locale())]

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Leave out what no person types and PostgreSQL cannot store."""
            return _without_controls(super().wrap_formdata(form, formdata))


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
