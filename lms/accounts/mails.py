"""Letters about sign-in, written in the reader's language when they are sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.accounts.links import (
    DeadLinkError,
    LinkRequest,
    LinkSigner,
    get_open_link,
    get_requested_link,
)
from lms.accounts.models import AccountLink, Person, Profile
from lms.accounts.ways_in import Purpose
from lms.clock import utc_now
from lms.jobs.mail import Letter, MailKind
from lms.settings import Settings

_DEFAULT_LOCALE = "ja"


def account_mails(settings: Settings) -> tuple[MailKind, ...]:
    """Return the kinds of mail that this package posts."""
    return (
        _LinkMail(settings, Purpose.INVITATION),
        _LinkMail(settings, Purpose.RESET),
        _PasswordChangedMail(settings),
        _AddressChangedMail(),
    )


class _LinkMail:
    """Carries a link with which a password is set."""

    def __init__(self, settings: Settings, purpose: Purpose) -> None:
        self._purpose = purpose
        self._public_url = settings.public_url
        self._signer = LinkSigner(settings.secret_key)

    @property
    def name(self) -> str:
        return self._purpose.value

    def compose(
        self, session: Session, person_id: int, values: Mapping[str, Any]
    ) -> Letter | None:
        """Write the letter, unless the link has become void in the meantime."""
        try:
            link = self._get_link(session, person_id, values)
        except DeadLinkError:
            return None
        profile = link.person.profile
        if profile is None or link.person_id != person_id:
            return None
        address = self._signer.address(link, public_url=self._public_url)
        with force_locale(profile.locale or _DEFAULT_LOCALE):
            if self._purpose is Purpose.INVITATION:
                return _invitation(profile, address)
            return _reset(profile, address)

    def _get_link(
        self, session: Session, person_id: int, values: Mapping[str, Any]
    ) -> AccountLink:
        public_id, purpose, now = UUID(values["link"]), self._purpose, utc_now()
        if "asked_at" not in values:  # made when the mail was posted
            return get_open_link(session, public_id, purpose, now=now)
        asked_at = datetime.fromisoformat(values["asked_at"])
        request = LinkRequest(person_id, purpose, public_id, asked_at)
        return get_requested_link(session, request, now=now)


class _PasswordChangedMail:
    """Tells the owner of an account that its password was set anew."""

    name = "password_changed"

    def __init__(self, settings: Settings) -> None:
        self._forgotten = f"{settings.public_url}/sign-in/forgotten"

    def compose(
        self,
        session: Session,
        person_id: int,
        values: Mapping[str, Any],  # noqa: ARG002 - part of the protocol
    ) -> Letter | None:
        """Write the letter; nobody gets it once the person is erased."""
        person = session.get(Person, person_id)
        if person is None or person.profile is None:
            return None
        with force_locale(person.profile.locale or _DEFAULT_LOCALE):
            return _letter(
                person.profile,
                _("Tsunagu: your password was changed"),
                _("The password of your account was changed just now."),
                _("If that was you, there is nothing to do."),
                _("If it was not, set a new one at once; that signs everybody out:"),
                self._forgotten,
            )


class _AddressChangedMail:
    """Tells whoever reads the former address that letters go elsewhere now.

    It says neither name nor new address: the former one may have been a mistake.
    """

    name = "address_changed"

    def compose(
        self, session: Session, person_id: int, values: Mapping[str, Any]
    ) -> Letter | None:
        """Write the letter; nobody gets it once the person is erased."""
        person = session.get(Person, person_id)
        if person is None or person.profile is None:
            return None
        with force_locale(person.profile.locale or _DEFAULT_LOCALE):
            paragraphs = (
                _(
                    "An administrator changed the e-mail address of an account that "
                    "was signed in to with this one. All its browsers are signed out."
                ),
                _("If you asked for that, there is nothing to do."),
                _("If you did not, tell the certification body at once."),
            )
            return Letter(
                to=values["to"],
                subject=_("Tsunagu: the e-mail address of your account was changed"),
                body="\n\n".join(paragraphs) + "\n",
            )


def _invitation(profile: Profile, address: str) -> Letter:
    return _letter(
        profile,
        _("Tsunagu: set your password"),
        _("You have been given an account for Tsunagu. Set your password here:"),
        address,
        _(
            "The link works once, for seven days. If it has run out, ask whoever "
            "invited you for another."
        ),
        _("If you do not know what this is about, you need do nothing."),
    )


def _reset(profile: Profile, address: str) -> Letter:
    return _letter(
        profile,
        _("Tsunagu: set a new password"),
        _("Somebody asked to set a new password for your account. Set it here:"),
        address,
        _("The link works once, for one hour."),
        _("If it was not you, you need do nothing: your password stays as it is."),
    )


def _letter(profile: Profile, subject: str, *paragraphs: str) -> Letter:
    greeting = _("Dear %(name)s,", name=profile.name)
    return Letter(
        to=profile.email,
        subject=subject,
        body="\n\n".join((greeting, *paragraphs)) + "\n",
    )
