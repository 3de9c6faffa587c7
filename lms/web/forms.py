"""The base of all forms, and fields with the habits of the product."""

import unicodedata
from enum import StrEnum
from typing import Any

from flask import abort, g, has_request_context, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms.validators import Optional

from lms.unseen import without_controls, without_unseen
from lms.web.faults import FaultWords
from lms.web.signing import form_token

# The field that asks for the page of a form, filled in, instead of the act itself.
REFILL = "refill"
_FAULT_WORDS = FaultWords()


class Refill(StrEnum):
    """What a form that is only shown again lacks of what had been typed."""

    UNCHECKED = "1"
    NOTHING = "nothing"
    FILES = "files"
    SECRETS = "secrets"


class _LateToken:
    """A token that is signed when it is shown: a form that was sent is only read."""

    def __str__(self) -> str:
        """Return the token."""
        return form_token()


class _LateTokens(FlaskForm.Meta.csrf_class):  # type: ignore[misc]
    def generate_csrf_token(self, _field: Any) -> _LateToken:
        return _LateToken()


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token; every POST validates one, even without fields.

    Attributes
    ----------
    shown_again : str or None
        Why what was sent does not count and is only shown once more.
    """

    shown_again: str | None = None

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Validators speak the reader's language, in the words of the product."""

        csrf_class = _LateTokens

        @property
        def locales(self) -> list[str]:
            """Return the reader's language, for numbers in fields of WTForms."""
            return [str(get_locale())]

        def get_translations(self, _form: Any) -> Any:
            """Return what says WTForms' own messages."""
            return _FAULT_WORDS

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Leave out what no person types and no database stores."""
            return _without_controls(super().wrap_formdata(form, formdata))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields; refuse them all where the page is only shown again.

        Who reads the page in the other language reads its faults in it too, unless a
        field was left out on the way: it would be called empty.
        """
        self.shown_again = refill_reason()
        if not self.shown_again:
            return bool(super().validate(extra_validators))
        if request.form.get(REFILL) == Refill.NOTHING:
            super().validate(extra_validators)
        return False


def refill_reason() -> str | None:
    """Say why the form is only to be shown again, filled in; None where it counts."""
    if not has_request_context():
        return None
    if "refill" not in g and request.method == "POST":
        lacks = _sent_refill()
        if lacks is not None:
            g.refill = _why_again(lacks)
    reason: str | None = g.get("refill")
    return reason


def _sent_refill() -> str | None:
    try:
        return request.form.get(REFILL)
    except HTTPException:  # too large, or broken off
        return None


def _why_again(lacks: str) -> str:
    texts: dict[str, str] = {
        Refill.FILES: _("This was not sent yet. Choose the file again, then send it."),
        Refill.SECRETS: _(
            "This was not sent yet. Passwords and codes are not carried along: "
            "enter them again, then send it."
        ),
    }
    return str(
        texts.get(lacks, _("This was not sent yet. Check it and send it once more."))
    )


class NoChoice(Optional):  # type: ignore[misc]
    """A choice may be left out; blanks are neither a choice nor none."""

    def __init__(self) -> None:
        super().__init__(strip_whitespace=False)


class ActForm(BaseForm):
    """A form without fields, for an act that needs only a button."""


def require_act() -> None:
    """Refuse a button that no page of ours sent, or whose page is only shown again.

    Raises
    ------
    BadRequest
        The act must not happen.
    """
    if not ActForm().validate():
        abort(400)


def _without_controls(sent: Any) -> Any:
    if not isinstance(sent, MultiDict):
        return sent
    return MultiDict(
        (name, without_controls(value) if isinstance(value, str) else value)
        for name, value in sent.items(multi=True)
    )


def normalise_text(value: Any) -> Any:
    """Return typed text in NFC with Unix line ends, without outer blanks.

    Signs that nobody sees are left out, so what is made of them alone is empty.
    """
    if not isinstance(value, str):
        return value
    text = without_unseen(value.replace("\r\n", "\n"))
    return unicodedata.normalize("NFC", text).strip()
