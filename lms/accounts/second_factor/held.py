"""Who must show a second factor before anything else."""

from flask import current_app

from lms.accounts.gate import current_sign_in
from lms.accounts.models import SignIn
from lms.permissions import Role

REQUIRED_ROLES = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})
_DEMO_BUTTON = "demo"


def first_step() -> str | None:
    """Return where the reader must go first: to show a factor, or to set one up.

    Asks nothing of the database: the sign-in was read together with all of this.
    """
    sign_in = current_sign_in()
    if sign_in is None or sign_in.second_factor_at is not None:
        return None
    if sign_in.method == _DEMO_BUTTON:  # made-up people whom all visitors share
        return None
    if sign_in.person.second_factor is not None:
        return "second_factor.step"
    return "second_factor.own" if must_have_factor(sign_in) else None


def must_have_factor(sign_in: SignIn) -> bool:
    """Say whether the roles of a person ask for a second factor on this installation.

    Who certifies and who administers people can do what cannot be taken back.
    """
    settings = current_app.config["LMS_SETTINGS"]
    return not settings.is_demo and not REQUIRED_ROLES.isdisjoint(sign_in.person.roles)
