"""Forms that were sent too late: kept for their sender, whom the old token names.

The sender is known from the token of the stay that ended, which only their browser
has; the token opens nothing any more. What is kept is shown to nobody but them after
they have signed in again, few forms at a time and not for long, and never one with a
password or a code in it (`lms.web.typed`).
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from lms.accounts.models import KeptForm
from lms.accounts.sign_ins import find_former_holder
from lms.db import change_rows, read_rows

MOST_FORMS = 5
MOST_CHARACTERS = 60_000
# Long enough to come back the next morning.
KEPT_FOR = timedelta(hours=24)

Fields = dict[str, list[str]]
_ANY = (
    select(KeptForm.id)
    .where(
        KeptForm.person_id == bindparam("person"), KeptForm.kept_at > bindparam("since")
    )
    .limit(1)
)


def keep_form(
    session: Session, token: str, path: str, fields: Fields, *, now: datetime
) -> bool:
    """Keep what the holder of an ended stay has sent; say whether it was kept."""
    person_id = find_former_holder(session, token)
    size = sum(len(name) + sum(map(len, given)) for name, given in fields.items())
    if person_id is None or not fields or size > MOST_CHARACTERS:
        return False
    newest = list_kept_forms(session, person_id, now=now)
    if any(row.path == path and row.fields == fields for row in newest):
        return True
    for surplus in newest[MOST_FORMS - 1 :]:
        session.delete(surplus)
    session.add(KeptForm(person_id=person_id, path=path, fields=fields, kept_at=now))
    return True


def list_kept_forms(
    session: Session, person_id: int, *, now: datetime
) -> list[KeptForm]:
    """Return what is kept for a person, newest first."""
    return list(
        session.scalars(
            select(KeptForm)
            .where(KeptForm.person_id == person_id, KeptForm.kept_at > now - KEPT_FOR)
            .order_by(KeptForm.id.desc())
        )
    )


def has_kept_forms(session: Session, person_id: int, *, now: datetime) -> bool:
    """Say whether anything is kept for a person; asked by each look at their home."""
    given = {"person": person_id, "since": now - KEPT_FOR}
    return bool(read_rows(session, _ANY, given))


def drop_sent_forms(session: Session, person_id: int, path: str) -> int:
    """Delete what is kept of a form that its writer has sent by now; count the rows."""
    own = KeptForm.person_id == person_id
    return change_rows(session, delete(KeptForm).where(own, KeptForm.path == path))


def drop_kept_forms(session: Session, person_id: int) -> int:
    """Delete everything that is kept for a person; count the rows."""
    return change_rows(session, delete(KeptForm).where(KeptForm.person_id == person_id))


def forget_kept_forms(session: Session, before: datetime) -> int:
    """Delete what was kept before a moment; count the rows."""
    return change_rows(session, delete(KeptForm).where(KeptForm.kept_at < before))
