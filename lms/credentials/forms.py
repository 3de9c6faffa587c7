"""Forms: changing the state of a credential, and checking a file."""

from collections.abc import Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from lms.credentials.domain.state import EventKind
from lms.web.forms import BaseForm, normalise_text

MAX_REASON_CHARACTERS = 2000
MAX_FILE_BYTES = 256 * 1024  # a credential has some 10 kB
EVENT_LABELS: dict[EventKind, LazyString] = {
    EventKind.SUSPENDED: _l("Suspend: it counts for nothing until it is restored"),
    EventKind.RESTORED: _l("Restore: end the suspension"),
    EventKind.REVOKED: _l("Revoke: withdraw it for good"),
}


class StateForm(BaseForm):
    """One of the changes that are possible now, with the reason for it."""

    event = RadioField(
        _l("What should happen?"), validators=[InputRequired(_l("Choose one."))]
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Give a reason.")),
            Length(
                min=10,
                max=MAX_REASON_CHARACTERS,
                message=_l("Write between %(min)d and %(max)d characters."),
            ),
        ],
    )

    def __init__(self, *args: Any, events: Sequence[EventKind], **given: Any) -> None:
        super().__init__(*args, **given)
        self.event.choices = [(kind.value, EVENT_LABELS[kind]) for kind in events]

    def to_event(self) -> EventKind:
        """Return the chosen change."""
        return EventKind(self.event.data)


class FileForm(BaseForm):
    """A credential as a file or as text."""

    file = FileField(_l("Credential file (.jwt)"))
    text = TextAreaField(
        _l("Or the text of the file"),
        filters=[normalise_text],
        validators=[Length(max=MAX_FILE_BYTES, message=_l("This is too long."))],
    )

    def validate_text(self, field: TextAreaField) -> None:
        """Ask for one of the two."""
        if not field.data and not self.file.data:
            raise ValidationError(_l("Choose a file, or paste its text."))

    def to_data(self) -> bytes:
        """Return the bytes to check; one more than allowed where there are too many."""
        if self.file.data:
            return bytes(self.file.data.read(MAX_FILE_BYTES + 1))
        return str(self.text.data).encode()
