"""Clearing a flag, and deciding on a pack."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    TextAreaField,
    validators,
)
from wtforms.validators import InputRequired, Length, Regexp

from lms.decisions.domain import (
    MINIMUM_REASON,
    CompetencyRuling,
    Fault,
    Outcome,
    Ruling,
)
from lms.framework.domain import Competency
from lms.web.forms import BaseForm, NoChoice, normalise_text

MAXIMUM_REASON = 4000


class ClearFlagForm(BaseForm):
    """Why a critical error stands in the way no more."""

    reason = TextAreaField(
        _l("Reason for clearing the flag"),
        filters=[normalise_text],
        validators=[
            InputRequired(_l("Say why the flag is cleared.")),
            Length(
                min=MINIMUM_REASON,
                max=MAXIMUM_REASON,
                message=_l(
                    "Say why the flag is cleared, in %(min)d to %(max)d characters."
                ),
            ),
        ],
    )


class DecisionForm(BaseForm):
    """A decision on one pack; nothing is chosen beforehand.

    `make_decision_form` adds a part per competency, then the outcome and the reason
    of the whole, in the order of the page.
    """

    pack_digest = HiddenField(validators=[Regexp("^[0-9a-f]{64}$")])
    supersedes = HiddenField(validators=[NoChoice(), validators.UUID()])
    competencies: tuple[Competency, ...] = ()

    @property
    def seen_decision(self) -> UUID | None:
        """Return the live decision that the page showed."""
        return UUID(self.supersedes.data) if self.supersedes.data else None

    @property
    def is_begun(self) -> bool:
        """Say whether somebody has filled in something."""
        parts = [self, *(self[row.slug] for row in self.competencies)]
        return any(part["outcome"].data or part["reason"].data for part in parts)

    def to_ruling(self) -> Ruling:
        """Return the validated fields as a domain value."""
        return Ruling(
            outcome=Outcome(self.outcome.data),
            reason=self.reason.data,
            competencies={
                row.slug: CompetencyRuling(
                    Outcome(self[row.slug]["outcome"].data),
                    self[row.slug]["reason"].data or "",
                )
                for row in self.competencies
            },
        )

    def show_faults(self, faults: Iterable[Fault], language: str) -> None:
        """Put what the rules refuse to the fields that it is about."""
        names = {row.slug: row.name.in_language(language) for row in self.competencies}
        for fault in faults:
            text = _(fault.template, **fault.values)
            part = self if fault.competency is None else self[fault.competency]
            if fault.competency is not None:
                text = _("%(name)s: %(text)s", name=names[fault.competency], text=text)
            part[fault.part].errors = [*part[fault.part].errors, text]


def make_decision_form(
    competencies: Iterable[Competency], language: str, **kwargs: Any
) -> DecisionForm:
    """Return the form with a part for each competency of a pack."""
    rows = tuple(competencies)
    parts: dict[str, Any] = {
        row.slug: FormField(_row_form(row.name.in_language(language)), label="")
        for row in rows
    }
    parts |= {"outcome": _outcome_field(), "reason": _reason_field()}
    kind = type("PackDecisionForm", (DecisionForm,), {**parts, "competencies": rows})
    form: DecisionForm = kind(**kwargs)
    return form


def _outcome_field() -> Any:
    return RadioField(
        _("Decision"),
        validators=[InputRequired(_("Choose what is decided."))],
        choices=[
            SelectChoice(Outcome.AWARD.value, _("Certify")),
            SelectChoice(Outcome.MORE_EVIDENCE.value, _("Ask for more evidence")),
            SelectChoice(Outcome.NOT_THIS_TIME.value, _("Do not certify this time")),
        ],
    )


def _reason_field() -> Any:
    length = _("Give the reason for the decision in %(min)d to %(max)d characters.")
    return TextAreaField(
        _("Reason for the decision"),
        filters=[normalise_text],
        validators=[
            InputRequired(_("Give the reason for the decision.")),
            Length(min=MINIMUM_REASON, max=MAXIMUM_REASON, message=length),
        ],
    )


def _row_form(name: str) -> type[Form]:
    """Return the part for one competency; messages say which one they are about."""
    missing = _("%(name)s: choose an outcome.", name=name)
    long = _("%(name)s: shorten the reason.", name=name)

    class RowForm(Form):  # type: ignore[misc]
        outcome = RadioField(
            name,
            validators=[InputRequired(missing)],
            choices=[
                SelectChoice(Outcome.AWARD.value, _("Award")),
                SelectChoice(Outcome.MORE_EVIDENCE.value, _("More evidence")),
                SelectChoice(Outcome.NOT_THIS_TIME.value, _("Not this time")),
            ],
        )
        reason = TextAreaField(
            _("Reason for %(name)s", name=name),
            filters=[normalise_text],
            validators=[Length(max=MAXIMUM_REASON, message=long)],
        )

    return RowForm
