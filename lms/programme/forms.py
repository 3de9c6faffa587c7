"""Opening a cohort, and enrolling in it."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, Field, StringField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from lms.content.domain import Bilingual
from lms.programme.services import NewCohort
from lms.web.forms import BaseForm, normalise_text
from lms.web.language import format_day
from lms.web.lines import normalise_line

_NAME = Length(max=200, message=_l("Write at most %(max)d characters."))
_FIRST, _YEARS_AHEAD = date(2000, 1, 1), 10
_RESERVED = frozenset({"new"})  # a page of its own


class CohortForm(BaseForm):
    """What is needed to open a cohort."""

    slug = StringField(
        _l("Short name for addresses"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Enter a short name.")),
            Regexp(
                r"^[a-z0-9][a-z0-9-]{1,39}$",
                message=_l("Use 2 to 40 small letters, digits and hyphens."),
            ),
        ],
    )
    name_ja = StringField(
        _l("Name in Japanese"),
        filters=[normalise_line],
        validators=[InputRequired(_l("Enter the name.")), _NAME],
    )
    name_en = StringField(
        _l("Name in English"),
        filters=[normalise_line],
        validators=[InputRequired(_l("Enter the name.")), _NAME],
    )
    started_on = DateField(
        _l("First day"), validators=[InputRequired(_l("Enter the first day."))]
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._last = date(today.year + _YEARS_AHEAD, 12, 31)

    def validate_slug(self, field: Field) -> None:
        """Keep free what is an address of another page."""
        if field.data in _RESERVED:
            raise ValidationError(_("Choose another short name."))

    def validate_name_ja(self, field: Field) -> None:
        """Refuse a name of blanks."""
        if not field.data:
            raise ValidationError(_("Enter the name."))

    validate_name_en = validate_name_ja

    def validate_started_on(self, field: Field) -> None:
        """Refuse a year that was mistyped."""
        if field.data and not _FIRST <= field.data <= self._last:
            raise ValidationError(
                _(
                    "Enter a day from %(first)s to %(last)s.",
                    first=format_day(_FIRST, weekday=False),
                    last=format_day(self._last, weekday=False),
                )
            )

    def to_cohort(self, framework_version_id: int) -> NewCohort:
        """Return the validated fields as a domain value."""
        return NewCohort(
            slug=self.slug.data or "",
            name=Bilingual(self.name_ja.data or "", self.name_en.data or ""),
            framework_version_id=framework_version_id,
            started_on=self.started_on.data,
        )


class EnrolForm(BaseForm):
    """Give a trainee a place and a candidate number."""

    email = EmailField(
        _l("E-mail address"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Enter the e-mail address.")),
            Length(max=254, message=_l("Write at most %(max)d characters.")),
        ],
    )
    number = StringField(
        _l("Candidate number"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Enter a candidate number.")),
            Regexp(
                r"^[0-9A-Za-z][0-9A-Za-z-]{0,19}$",
                message=_l("Use up to 20 letters, digits and hyphens."),
            ),
        ],
    )
