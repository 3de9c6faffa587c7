"""The base of all forms, and fields with the habits of the product."""

import unicodedata
from typing import Any

from flask_babel import get_locale
from flask_wtf import FlaskForm


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token; every POST validates one, even without fields."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Validators speak the reader's language."""

        @property
        def locales(self) -> list[str]:
            """Return the reader's language for the messages of WTForms."""
            return [str(get_locale())]


class ActForm(BaseForm):
    """A form without fields, for an act that needs only a button."""


def normalise_text(value: Any) -> Any:
    """Return typed text in NFC with Unix line ends, without outer blanks."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
