"""Forms of administration. They check shape; services decide what is allowed."""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    SearchField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from lms.accounts.admin.queries.people import AccountState, PeopleFilter
from lms.accounts.admin.services.organisations import OrganisationNames
from lms.accounts.admin.services.profiles import ProfileFields
from lms.accounts.domain.address import MAX_ADDRESS, is_address, normalise_address
from lms.accounts.models import Organisation
from lms.permissions import Role
from lms.web.forms import BaseForm, NoChoice, normalise_text
from lms.web.lines import normalise_line

MAX_NAME = 200
MAX_REASON = 500
Names = Mapping[Role, Any]


def _too_long(limit: int) -> Length:
    return Length(max=limit, message=_l("Write at most %(max)d characters."))


def _roles(roles: Iterable[Role], names: Names) -> list[SelectChoice]:
    return [SelectChoice(role.value, str(names[role])) for role in roles]


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


class FindForm(BaseForm):
    """Look for people; what is typed here names them, so it is never sent by GET."""

    search = SearchField(
        _l("Name, reading or e-mail address"),
        filters=[normalise_text],
        validators=[_too_long(MAX_NAME)],
    )
    role = SelectField(_l("Role"), validators=[NoChoice()])
    organisation = SelectField(_l("Organisation"), validators=[NoChoice()])
    state = SelectField(_l("State"), validators=[NoChoice()])

    def __init__(
        self,
        *args: Any,
        names: Names,
        states: Mapping[AccountState, str],
        organisations: Iterable[SelectChoice],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        every = SelectChoice("", _("all"))
        self.role.choices = [every, *_roles(Role, names)]
        self.organisation.choices = [every, *organisations]
        self.state.choices = [
            every,
            *(SelectChoice(state.value, states[state]) for state in AccountState),
        ]

    def to_filter(self) -> PeopleFilter:
        """Return the validated fields as a domain value."""
        return PeopleFilter(
            search=self.search.data or "",
            role=Role(self.role.data) if self.role.data else None,
            organisation=_uuid(self.organisation.data),
            state=AccountState(self.state.data) if self.state.data else None,
        )


class PersonForm(BaseForm):
    """What names a person."""

    name = StringField(
        _l("Name"),
        filters=[normalise_line],
        validators=[InputRequired(_l("Enter the person's name.")), _too_long(MAX_NAME)],
    )
    name_kana = StringField(
        _l("Reading of the name"),
        filters=[normalise_line],
        validators=[_too_long(MAX_NAME)],
    )
    email = EmailField(
        _l("E-mail address"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Enter the e-mail address.")),
            _too_long(MAX_ADDRESS),
        ],
    )
    organisation = SelectField(_l("Organisation"), validators=[NoChoice()])
    locale = SelectField(
        _l("Language of pages and mails"),
        choices=[
            SelectChoice("", _l("as the browser asks")),
            SelectChoice("ja", "日本語"),
            SelectChoice("en", "English"),
        ],
        validators=[NoChoice()],
    )

    def __init__(
        self, *args: Any, organisations: Iterable[SelectChoice], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisation.choices = [SelectChoice("", _("none")), *organisations]

    def validate_name(self, field: Field) -> None:
        """Refuse a name of blanks."""
        if not (field.data or "").strip():
            raise ValidationError(_("Enter the person's name."))

    def validate_email(self, field: Field) -> None:
        """Refuse what no mail could be sent to."""
        if not is_address(normalise_address(field.data or "")):
            raise ValidationError(_("Write the address as in name@example.jp."))

    def to_fields(self) -> ProfileFields:
        """Return the validated fields as a domain value."""
        return ProfileFields(
            name=self.name.data or "",
            name_kana=self.name_kana.data or "",
            email=normalise_address(self.email.data or ""),
            locale=self.locale.data or None,
            organisation=_uuid(self.organisation.data),
        )


class EditForm(PersonForm):
    """Correct what names a person, as seen at a revision."""

    revision = IntegerField(validators=[InputRequired()])


class InviteForm(PersonForm):
    """Add a person, with the roles to begin with."""

    roles = SelectMultipleField(
        _l("Roles"), validators=[InputRequired(_l("Choose at least one role."))]
    )

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = _roles(Role, names)

    def to_roles(self) -> tuple[Role, ...]:
        """Return the chosen roles."""
        return tuple(Role(role) for role in self.roles.data or ())


class ReasonForm(BaseForm):
    """An act on a person, with the reason that the next administrator will read."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[normalise_text],
        validators=[InputRequired(_l("Write the reason.")), _too_long(MAX_REASON)],
    )

    def validate_reason(self, field: Field) -> None:
        """Refuse a reason of blanks."""
        if not field.data:
            raise ValidationError(_("Write the reason."))


class GrantForm(ReasonForm):
    """Give a role that the person does not hold."""

    role = SelectField(
        _l("Role"), validators=[InputRequired(_l("Choose a role."))], coerce=str
    )

    def __init__(
        self, *args: Any, names: Names, held: Iterable[Role], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = _roles(
            (role for role in Role if role not in set(held)), names
        )


class AssignForm(BaseForm):
    """Name the other person of an assignment by address."""

    email = EmailField(
        _l("E-mail address"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Enter the e-mail address.")),
            _too_long(MAX_ADDRESS),
        ],
    )


class OrganisationForm(BaseForm):
    """The name of an organisation in both languages."""

    name_ja = StringField(
        _l("Name in Japanese"),
        filters=[normalise_line],
        validators=[InputRequired(_l("Enter the name.")), _too_long(MAX_NAME)],
    )
    name_en = StringField(
        _l("Name in English"),
        filters=[normalise_line],
        validators=[InputRequired(_l("Enter the name.")), _too_long(MAX_NAME)],
    )
    revision = HiddenField()

    def validate_name_ja(self, field: Field) -> None:
        """Refuse a name of blanks."""
        if not field.data:
            raise ValidationError(_("Enter the name."))

    validate_name_en = validate_name_ja

    def to_names(self) -> OrganisationNames:
        """Return the validated fields as a domain value."""
        return OrganisationNames(self.name_ja.data or "", self.name_en.data or "")

    def to_revision(self) -> int:
        """Return the revision that the page showed."""
        text = self.revision.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class ListForm(BaseForm):
    """A list of people, as a spreadsheet wrote it."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])

    def to_bytes(self) -> bytes:
        """Return what was sent."""
        content: bytes = self.file.data.read()
        return content


class ConfirmForm(BaseForm):
    """Take a list in that was looked through; it comes along, and is kept nowhere."""

    content = HiddenField(validators=[InputRequired()])
    digest = HiddenField(validators=[InputRequired(), Length(max=64)])
    invites = BooleanField(_l("Mail an invitation to everybody new"))

    def validate_content(self, field: Field) -> None:
        """Refuse what this page did not write."""
        try:
            b64decode(field.data or "", validate=True)
        except ValueError:
            raise ValidationError(_("Choose the file again.")) from None

    def to_bytes(self) -> bytes:
        """Return the file that was looked through."""
        return b64decode(self.content.data or "")


def organisation_choices(
    rows: Iterable[Organisation], language: str
) -> list[SelectChoice]:
    """Return organisations as choices in the reader's language."""
    return [
        SelectChoice(
            str(row.public_id), row.name_en if language == "en" else row.name_ja
        )
        for row in rows
    ]
