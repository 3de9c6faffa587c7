"""The classes of data as a reader knows them: what, how long, and when erased.

`docs/privacy.md` holds the same list in the words of those who run an installation; a
test keeps the two together.
"""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.errors import message
from lms.retention import CLASSES, Retention

_DAYS_OF_YEAR = 365
_AS_LONG = message("as long as you take part")
_DEFENDED = message("as long as certificates must be defended")
_DELETED = message("deleted")
_KEPT = message("kept, under a random number")


@dataclass(frozen=True, slots=True)
class DataClass:
    """A class of data, in messages for the catalogues.

    Attributes
    ----------
    stores : tuple of str
        Tables, columns or folders, as the documents name them.
    time : str
        Name of the class in `Retention`, or a message where no setting limits it.
    """

    name: str
    stores: tuple[str, ...]
    time: str
    fate: str


HELD = (
    DataClass(
        message("Name, reading, e-mail address, language, password (as a hash)"),
        ("profiles",),
        _AS_LONG,
        _DELETED,
    ),
    DataClass(
        message("Roles, and times without access, with the reasons"),
        ("role_grants", "suspensions"),
        _DEFENDED,
        message("kept, under a random number; the reasons are deleted"),
    ),
    DataClass(
        message("Your supervisors or learners, and your places in cohorts"),
        ("assignments", "enrolments"),
        _DEFENDED,
        _KEPT,
    ),
    DataClass(message("Sign-ins"), ("sign_ins",), "sign_ins", _DELETED),
    DataClass(
        message(
            "Links mailed to you, second factor, recovery codes, "
            "tie to your organisation's sign-in"
        ),
        ("account_links", "second_factors", "recovery_codes", "external_identities"),
        message("until used, replaced or removed"),
        _DELETED,
    ),
    DataClass(
        message("Mails sent to you (kind and time)"),
        ("outbox_mails",),
        "mails",
        _DELETED,
    ),
    DataClass(
        message("Mails to you themselves, where there is no mail server"),
        ("<LMS_DATA_DIR>/outbox",),
        "mails",
        _DELETED,
    ),
    DataClass(
        message("Notes beside a case, which you alone read"),
        ("attempt_notebooks",),
        "texts",
        _DELETED,
    ),
    DataClass(message("Drafts"), ("attempt_drafts",), "drafts", _DELETED),
    DataClass(
        message("Forms that you sent after your sign-in had ended"),
        ("kept_forms",),
        "kept_forms",
        _DELETED,
    ),
    DataClass(
        message("What you wrote in cases"), ("attempt_texts",), "texts", _DELETED
    ),
    DataClass(
        message("What raters wrote to you"),
        ("sheets.comment", "sheet_ratings.comment"),
        _AS_LONG,
        message("deleted; the marks stay"),
    ),
    DataClass(
        message("Answers, choices, marks, evidence"),
        (
            "attempts",
            "attempt_actions",
            "responses",
            "submissions",
            "sheets",
            "sheet_ratings",
            "evidence",
        ),
        _DEFENDED,
        _KEPT,
    ),
    DataClass(
        message("How many learners chose what in a case"),
        ("choice_counts",),
        message("as long as the version of the case"),
        message("kept; the numbers are of nobody in particular"),
    ),
    DataClass(
        message("Records for decisions, decisions with their reasons"),
        ("packs", "decisions", "decision_outcomes", "flag_clearances"),
        _DEFENDED,
        _KEPT,
    ),
    DataClass(
        message("Certificates and what became of them"),
        ("credentials", "credential_events"),
        _DEFENDED,
        _KEPT,
    ),
    DataClass(message("Audit trail"), ("audit_events",), _DEFENDED, _KEPT),
    DataClass(
        message("Your requests to be erased"),
        ("erasure_requests",),
        _DEFENDED,
        message("kept, under a random number; what you wrote is deleted"),
    ),
)


@dataclass(frozen=True, slots=True)
class HeldClass:
    """One row of the table that a person sees about their data."""

    name: str
    how_long: str
    fate: str


def held_classes(retention: Retention) -> list[HeldClass]:
    """Return the classes in the reader's language, with the times that are set."""
    return [
        HeldClass(_(row.name), _how_long(row.time, retention), _(row.fate))
        for row in HELD
    ]


def _how_long(time: str, retention: Retention) -> str:
    if time in CLASSES:
        return _after(getattr(retention, time))
    return str(_(time))


def _after(days: int) -> str:
    """Say whole years as years, else days."""
    years, rest = divmod(days, _DAYS_OF_YEAR)
    if years and not rest:
        return str(ngettext("%(num)d year after use", "%(num)d years after use", years))
    return str(ngettext("%(num)d day after use", "%(num)d days after use", days))
