"""A second factor that is set up, and codes of its app."""

from datetime import datetime

from pyotp import TOTP
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.sealing import unseal
from lms.accounts.second_factor.queries import find_offer
from lms.accounts.second_factor.services import confirm_factor, offer_factor
from tests.conftest import NOON

SECRET = "only-for-tests-" * 4


def set_up_factor(
    session: Session, person: Person, *, now: datetime = NOON
) -> tuple[TOTP, list[str]]:
    """Set a factor up at `now`; return its app and the recovery codes."""
    offer_factor(session, person, secret=SECRET, now=now)
    session.flush()
    offer = find_offer(session, person.id, now=now)
    app = TOTP(unseal(offer.sealed_secret, [SECRET]))
    codes = confirm_factor(
        session, person, app.at(now), secrets=[SECRET], now=now, keep_sign_in=None
    )
    assert codes is not None
    session.commit()
    session.expire_all()
    return app, codes
