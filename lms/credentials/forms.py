"""Forms: changing the state of a credential, and checking a file."""

from collections.abc import Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from lms.credentials.domain.handed_over import FileKind, find_kind
from lms.credentials.domain.state import MIN_REASON_CHARACTERS, EventKind
from lms.web.forms import BaseForm, normalise_text

MAX_REASON_CHARACTERS = 2000
MAX_FILE_BYTES = 256 * 1024  # a credential has some 10 kB
EVENT_LABELS: dict[EventKind, LazyString] = {
    EventKind.SUSPENDED: _l("Suspend: it counts for nothing until it is restored"),
    EventKind.RESTORED: _l("Restore: end the suspension"),
    EventKind.REVOKED: _l("Revoke: withdraw it for good"),
}


class StateForm(BaseForm):
    """A change of state with the reason for it; the state itself says if it can be."""

    event = RadioField(
        _l("What should happen?"),
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Give a reason.")),
            Length(
                min=MIN_REASON_CHARACTERS,
                max=MAX_REASON_CHARACTERS,
                message=_l("Write between %(min)d and %(max)d characters."),
            ),
        ],
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer(tuple(EventKind))

    def offer(self, events: Sequence[EventKind]) -> None:
        """Show only what is possible now; a page may have been open for long."""
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

    def validate_file(self, field: FileField) -> None:
        """Name what cannot be read at all; a file of records is known by its start."""
        data = self._read_file()
        if field.data and not data:
            raise ValidationError(_l("This file is empty."))
        if len(data) > MAX_FILE_BYTES and find_kind(data) is not FileKind.RECORDS:
            raise ValidationError(
                _(
                    "This file is larger than %(limit)s kB.",
                    limit=MAX_FILE_BYTES // 1024,
                )
            )

    def validate_text(self, field: TextAreaField) -> None:
        """Ask for one of the two."""
        if not field.data and not self.file.data:
            raise ValidationError(_l("Choose a file, or paste its text."))

    def to_data(self) -> bytes:
        """Return the bytes to check; one more than allowed where there are too many."""
        return self._read_file() or str(self.text.data).encode()

    def _read_file(self) -> bytes:
        if not self.file.data:
            return b""
        self.file.data.seek(0)
        return bytes(self.file.data.read(MAX_FILE_BYTES + 1))
