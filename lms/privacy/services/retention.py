"""Deleting what has stayed as long as it may."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.kept_forms import forget_kept_forms
from lms.accounts.sign_ins import forget_sign_ins
from lms.audit.services import record_audit
from lms.jobs.services import forget_mails
from lms.privacy.services.erasure import erase_late_arrivals
from lms.retention import Retention
from lms.simulation.drafts import forget_drafts
from lms.simulation.personal import forget_texts

Forget = Callable[[Session, datetime], int]
SWEEPS: Mapping[str, Forget] = {
    "sign_ins": forget_sign_ins,
    "mails": forget_mails,
    "drafts": forget_drafts,
    "kept_forms": forget_kept_forms,
    "texts": forget_texts,
}


# Sweeps are a day apart; a worker may have stood still for a while.
_LATE = timedelta(days=30)


def sweep_retention(
    session: Session, retention: Retention, *, now: datetime
) -> dict[str, int]:
    """Delete every class of data past its time; return the rows of each class."""
    gone = {
        name: forget(session, retention.cutoff(name, now))
        for name, forget in SWEEPS.items()
    }
    gone["late"] = erase_late_arrivals(session, since=now - _LATE)
    if any(gone.values()):
        record_audit(
            session, "data.swept", ("retention", "sweep"), actor=None, now=now, **gone
        )
    return gone
