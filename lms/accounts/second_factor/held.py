"""Who must show a second factor before anything else."""

from flask import current_app

from lms.accounts.gate import current_stay, own_person
from lms.permissions import Role
from lms.web.access import current_reader, held_at

REQUIRED_ROLES = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})
_DEMO_BUTTON = "demo"


def first_step() -> str | None:
    """Return where the reader must go first: to show a factor, or to set one up.

    Asks nothing of the database: the reader came with all of this.
    """
    stay = current_stay()
    if stay is None or stay.second_factor_at is not None:
        return None
    if stay.method == _DEMO_BUTTON:  # made-up people whom all visitors share
        return None
    if current_reader().has_factor:
        return "second_factor.step"
    return "second_factor.own" if must_have_factor() else None


def must_have_factor() -> bool:
    """Say whether the roles of the reader ask for a second factor on this installation.

    Who certifies and who administers people can do what cannot be taken back.
    """
    settings = current_app.config["LMS_SETTINGS"]
    return not settings.is_demo and not REQUIRED_ROLES.isdisjoint(
        current_reader().roles
    )


def must_show_password() -> bool:
    """Say whether the first app takes the password once more.

    The page may be open on a desk, and an app of somebody else would keep its owner
    out. Who is held here has just signed in; who comes through a provider, or by the
    button of the demo, has no password to show.
    """
    stay = current_stay()
    if held_at() is not None or stay is None or stay.method == _DEMO_BUTTON:
        return False
    profile = own_person().profile
    return profile is not None and profile.password_hash is not None
