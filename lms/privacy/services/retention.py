"""Deleting what has stayed as long as it may."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.kept_forms import forget_kept_forms
from lms.accounts.sign_ins import forget_sign_ins
from lms.audit.services import record_audit
from lms.jobs.services import forget_mails
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


def sweep_retention(
    session: Session, retention: Retention, *, now: datetime
) -> dict[str, int]:
    """Delete every class of data past its time; return the rows of each class."""
    gone = {
        name: forget(session, retention.cutoff(name, now))
        for name, forget in SWEEPS.items()
    }
    if any(gone.values()):
        record_audit(
            session, "data.swept", ("retention", "sweep"), actor=None, now=now, **gone
        )
    return gone
