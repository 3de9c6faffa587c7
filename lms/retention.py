"""Classes of data that do not stay for ever, each with its reason."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each class of data stays after it has served its purpose.

    Facts under random ids (answers, choices, bands, evidence, decisions, credentials,
    the audit trail) are not in this list: a certificate must stay defensible.

    Attributes
    ----------
    sign_ins : int
        Ended sign-ins: long enough to look into a stolen account.
    mails : int
        Mails sent, as who got which kind when: long enough to answer "I got none".
    drafts : int
        Drafts that nobody touched: a long illness must not cost what was typed.
    kept_forms : int
        Forms sent after a sign-in had ended: to come back the next morning.
    texts : int
        What learners wrote in finished cases: a certificate's three years and the
        renewal that looks back on them.
    """

    sign_ins: int = 90
    mails: int = 90
    drafts: int = 400
    kept_forms: int = 1
    texts: int = 1_825

    def cutoff(self, name: str, now: datetime) -> datetime:
        """Return the moment before which data of a class is deleted."""
        return now - timedelta(days=int(getattr(self, name)))


CLASSES = tuple(field.name for field in fields(Retention))
