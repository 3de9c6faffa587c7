"""The letter that tells the owner of an account that its second factor changed."""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.second_factor.services import CHANGED, Change
from lms.jobs.mail import Letter

_DEFAULT_LOCALE = "ja"


class SecondFactorMail:
    """Goes out after every change, because a change may not have been the owner's."""

    name = CHANGED

    def compose(
        self, session: Session, person_id: int, values: Mapping[str, Any]
    ) -> Letter | None:
        """Write the letter; nobody gets it once the person is erased."""
        person = session.get(Person, person_id)
        profile = person.profile if person else None
        if profile is None:
            return None
        with force_locale(profile.locale or _DEFAULT_LOCALE):
            change = Change(values["change"])
            paragraphs = (
                _("Dear %(name)s,", name=profile.name),
                _what_happened(change),
                _("If that was you, there is nothing to do."),
                _(
                    "If it was not, set a new password at once and tell whoever "
                    "administers people."
                ),
            )
            return Letter(
                to=profile.email,
                subject=_subject(change),
                body="\n\n".join(paragraphs) + "\n",
            )


def _subject(change: Change) -> str:
    if change is Change.REFUSED:
        return str(_("Tsunagu: wrong codes were entered for your account"))
    return str(_("Tsunagu: your second factor was changed"))


def _what_happened(change: Change) -> str:
    texts: dict[Change, str] = {
        Change.SET_UP: _("An authenticator app was set up for your account just now."),
        Change.CODES_RENEWED: _(
            "New recovery codes were made for your account just now. "
            "The ones from before no longer work."
        ),
        Change.REMOVED: _("The second factor of your account was removed just now."),
        Change.REFUSED: _(
            "Somebody who had signed in to your account entered five wrong codes in a "
            "row just now, and was signed out."
        ),
    }
    return texts[change]
