"""The classes of data as a reader knows them: what, how long, and when erased."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.retention import Retention

_DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class HeldClass:
    """One row of the table that a person sees about their data."""

    name: str
    how_long: str
    fate: str


def held_classes(retention: Retention) -> list[HeldClass]:
    """Return the classes in the reader's language, with the times that are set."""
    as_long = _("as long as you take part")
    kept = _("kept, under a random number")
    deleted = _("deleted")
    return [
        HeldClass(
            _("Name, reading, e-mail address, password (as a hash)"), as_long, deleted
        ),
        HeldClass(_("Sign-ins"), _after(retention.sign_ins), deleted),
        HeldClass(
            _("Mails sent to you (kind and time)"), _after(retention.mails), deleted
        ),
        HeldClass(_("Drafts"), _after(retention.drafts), deleted),
        HeldClass(_("What you wrote in cases"), _after(retention.texts), deleted),
        HeldClass(_("What raters wrote to you"), as_long, deleted),
        HeldClass(
            _("Answers, choices, marks, evidence"),
            _("as long as certificates must be defended"),
            kept,
        ),
        HeldClass(
            _("Decisions and certificates, with their reasons"),
            _("as long as certificates must be defended"),
            kept,
        ),
        HeldClass(
            _("Audit trail"), _("as long as certificates must be defended"), kept
        ),
    ]


def _after(days: int) -> str:
    """Say whole years as years, else days."""
    years, rest = divmod(days, _DAYS_OF_YEAR)
    if years and not rest:
        return str(ngettext("%(num)d year after use", "%(num)d years after use", years))
    return str(ngettext("%(num)d day after use", "%(num)d days after use", days))
