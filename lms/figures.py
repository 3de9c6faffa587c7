"""What /metrics asks of the database: one group of figures a function."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.queries.chain import get_waiting
from lms.jobs.queries import get_outbox_state
from lms.web.figures import Figure


def mail_figures(session: Session, now: datetime) -> list[Figure]:
    """Say whether mails leave."""
    state = get_outbox_state(session)
    return [
        Figure("outbox_waiting", "Mails that will be tried.", state.waiting),
        Figure("outbox_given_up", "Mails that nobody tries any more.", state.given_up),
        Figure(
            "outbox_oldest_seconds",
            "How long the mail that is due longest has been due.",
            _seconds(state.oldest_due_at, now),
        ),
    ]


def audit_figures(session: Session, now: datetime) -> list[Figure]:
    """Say whether the audit trail is being sealed."""
    waiting = get_waiting(session)
    return [
        Figure("audit_unsealed", "Rows that wait for a seal.", waiting.count),
        Figure(
            "audit_unsealed_oldest_seconds",
            "How long the oldest of them has waited.",
            _seconds(waiting.oldest_at, now),
        ),
    ]


def _seconds(since: datetime | None, now: datetime) -> float:
    """Return the time that has passed; what is due later has waited for none."""
    return max((now - since).total_seconds(), 0.0) if since else 0.0


FIGURES = (mail_figures, audit_figures)
