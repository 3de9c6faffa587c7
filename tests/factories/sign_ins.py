"""Open sign-ins for tests."""

from datetime import timedelta

from lms.accounts.models import Person
from lms.accounts.sign_ins import NewStay, StayLimits, begin_sign_in
from lms.clock import utc_now
from lms.db import Database

LIMITS = StayLimits(idle=timedelta(hours=1), overall=timedelta(hours=12))


def open_stay(database: Database, person: Person) -> str:
    """Begin a sign-in with a second factor now; return the token for the cookie."""
    now = utc_now()
    stay = NewStay("password", second_factor_at=now)
    with database.transaction() as session:
        return begin_sign_in(session, person.id, stay, limits=LIMITS, now=now)
