"""The form of a sheet: a band or "not observed" and a comment for each criterion."""

import re
from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import AnyOf, Length, Optional, Regexp

from lms.content.queries import Published
from lms.framework.domain import Criterion, Rubric
from lms.grading.domain import Rating, SheetDraft
from lms.web.forms import BaseForm, normalise_text

NOT_OBSERVED = "not_observed"  # the value that the picker sets apart
SAVE, RETURN = "save", "return"
MAX_COMMENT_CHARACTERS = 4000
_REVISION = re.compile(r"^\d{1,9}$")


def _comment_field(label: object) -> TextAreaField:
    too_long = _l("Shorten this to %(max)d characters.", max=MAX_COMMENT_CHARACTERS)
    return TextAreaField(
        label,
        filters=[normalise_text],
        validators=[Optional(), Length(max=MAX_COMMENT_CHARACTERS, message=too_long)],
    )


class SheetForm(BaseForm):
    """A sheet as it is typed; `make_sheet_form` adds the rubric's criteria.

    Shape only: a draft may leave criteria open.
    """

    revision = HiddenField(default="0", validators=[Regexp(_REVISION)])
    act = HiddenField(default=SAVE, validators=[AnyOf((SAVE, RETURN))])
    comment = _comment_field(_l("Comment to the learner on the whole"))

    @property
    def is_return(self) -> bool:
        """Say whether the rater asks to give the sheet back."""
        return bool(self.act.data == RETURN)

    @property
    def revision_number(self) -> int:
        """Return the revision that the page was made from."""
        return int(self.revision.data)

    def band_field(self, criterion: str) -> Field:
        """Return the picker of one criterion."""
        return self[f"band-{criterion}"]

    def comment_field(self, criterion: str) -> Field:
        """Return the comment of one criterion."""
        return self[f"comment-{criterion}"]

    def name_of(self, field: Field) -> str:
        """Return what a field is about: the comments on criteria are called alike."""
        _kind, _, criterion = field.name.partition("-")
        named = self.band_field(criterion) if criterion else field
        return str(named.label.text)

    def to_draft(self, rubric: Rubric) -> SheetDraft:
        """Return the validated fields as a domain value."""
        ratings = [self._rating(row.slug) for row in rubric.criteria]
        return SheetDraft.on(rubric, ratings, self.comment.data or "")

    def open_criteria(self, rubric: Rubric) -> list[str]:
        """Return the criteria without a choice, in the rubric's order."""
        slugs = [row.slug for row in rubric.criteria]
        return [slug for slug in slugs if not self.band_field(slug).data]

    def fill(self, draft: SheetDraft, *, revision: int) -> None:
        """Show what is stored."""
        self.revision.data = str(revision)
        self.comment.data = draft.comment
        for rating in draft.ratings:
            self.band_field(rating.criterion).data = _value(rating)
            self.comment_field(rating.criterion).data = rating.comment

    def name_missing(self, missing: Iterable[Criterion], language: str) -> None:
        """Say at each open criterion what keeps the sheet from being returned."""
        for row in missing:
            text = _(
                "%(criterion)s: choose a band or “Not observed”.",
                criterion=row.name.in_language(language),
            )
            self.band_field(row.slug).errors = [text]

    def _rating(self, criterion: str) -> Rating:
        value = self.band_field(criterion).data
        is_blank = value in (None, "", NOT_OBSERVED)
        return Rating(
            criterion,
            band=None if is_blank else int(value),
            not_observed=value == NOT_OBSERVED,
            comment=self.comment_field(criterion).data or "",
        )


_kinds: dict[tuple[str, str], type[SheetForm]] = {}  # by version and language


def make_sheet_form(rubric: Published, language: str, **kwargs: object) -> SheetForm:
    """Return the form that fits a version of a rubric, in the reader's language."""
    key = (rubric.digest, language)
    kind = _kinds.get(key)
    if kind is None:
        kind = _kinds[key] = _make_kind(rubric.content, language)
    return kind(**kwargs)


def _make_kind(rubric: Rubric, language: str) -> type[SheetForm]:
    choices = [
        SelectChoice(str(row.band), row.name.in_language(language))
        for row in rubric.bands
    ]
    choices.append(SelectChoice(NOT_OBSERVED, _("Not observed")))
    fields: dict[str, object] = {}
    for row in rubric.criteria:
        name = row.name.in_language(language)
        # Blanks alone pass `Optional`, so they must be nothing before it looks.
        fields[f"band-{row.slug}"] = RadioField(
            name,
            choices=choices,
            filters=[normalise_text],
            validators=[Optional()],
        )
        fields[f"comment-{row.slug}"] = _comment_field(_l("Comment"))
    return type("RubricForm", (SheetForm,), fields)


def _value(rating: Rating) -> str | None:
    if rating.not_observed:
        return NOT_OBSERVED
    return None if rating.band is None else str(rating.band)
