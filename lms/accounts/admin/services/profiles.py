"""Inviting people and correcting what names them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.admin.queries.organisations import get_organisation
from lms.accounts.invitations import invite_person
from lms.accounts.models import Organisation, Person, Profile
from lms.accounts.naming import search_text
from lms.accounts.queries import find_person_by_email
from lms.accounts.services import NewPerson
from lms.accounts.sign_ins import end_sign_ins
from lms.accounts.ways_in import (
    close_mailed_ways,
    lock_person,
    untie_identities,
)
from lms.audit.services import record_audit
from lms.db import change_rows
from lms.errors import ConflictError, InvalidInputError, NotFoundError, message
from lms.jobs.services import post_mail
from lms.permissions import Role


class TakenAddressError(InvalidInputError):
    """Somebody else signs in with this address."""

    default = message("This e-mail address is already in use.")


class StaleProfileError(ConflictError):
    """Somebody else edited the person since the page was made."""

    default = message("Somebody else edited this person in the meantime.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFields:
    """What an administrator can correct."""

    name: str
    name_kana: str
    email: str
    locale: str | None
    organisation: UUID | None


def fields_of(profile: Profile, organisation: Organisation | None) -> ProfileFields:
    """Return what is stored, in the shape of what is typed."""
    return ProfileFields(
        name=profile.name,
        name_kana=profile.name_kana,
        email=profile.email,
        locale=profile.locale,
        organisation=organisation.public_id if organisation else None,
    )


def invite(
    session: Session,
    typed: ProfileFields,
    roles: tuple[Role, ...],
    *,
    actor: UUID | None,
    now: datetime,
) -> Person:
    """Add a person and mail them the link with which they set a password.

    Raises
    ------
    TakenAddressError
        Somebody signs in with the address already.
    """
    if find_person_by_email(session, typed.email) is not None:
        raise TakenAddressError
    new = NewPerson(
        name=typed.name,
        name_kana=typed.name_kana,
        email=typed.email,
        roles=roles,
        organisation=_organisation(session, typed.organisation),
    )
    person = invite_person(session, new, actor=actor, now=now)
    if person.profile is not None:
        person.profile.locale = typed.locale
    return person


def edit_profile(
    session: Session,
    person: Person,
    typed: ProfileFields,
    *,
    revision: int,
    actor: UUID | None,
    now: datetime,
) -> None:
    """Store what was corrected, if nobody else corrected it since `revision`.

    Raises
    ------
    StaleProfileError
        Somebody did.
    TakenAddressError
        Somebody else signs in with the address.
    """
    profile = _profile(person)
    organisation = _organisation(session, typed.organisation, present=person)
    before = session.get(Organisation, person.organisation_id or 0)
    changed = _changed(fields_of(profile, before), typed)
    if profile.revision != revision:
        raise StaleProfileError
    if not changed:
        return
    if "email" in changed and find_person_by_email(session, typed.email) is not None:
        raise TakenAddressError
    lock_person(session, person.id)  # first, as whoever changes an account does
    former = profile.email
    if not _replace(session, profile, typed, revision):
        raise StaleProfileError
    person.organisation_id = organisation.id if organisation else None
    session.refresh(profile)
    if "email" in changed:
        _change_address(session, person, former, now=now)
    record_audit(
        session,
        "person.edited",
        ("person", person.subject_id),
        actor=actor,
        now=now,
        fields=changed,
    )


def _profile(person: Person) -> Profile:
    if person.profile is None:
        raise NotFoundError
    return person.profile


def _changed(stored: ProfileFields, typed: ProfileFields) -> list[str]:
    value: Callable[[ProfileFields, str], object] = getattr
    return [
        field.name
        for field in fields(ProfileFields)
        if value(stored, field.name) != value(typed, field.name)
    ]


def _replace(
    session: Session, profile: Profile, typed: ProfileFields, revision: int
) -> bool:
    """Write in one statement that finds nothing once the revision has moved on."""
    statement = update(Profile).where(
        Profile.person_id == profile.person_id, Profile.revision == revision
    )
    return bool(
        change_rows(
            session,
            statement.values(
                name=typed.name,
                name_kana=typed.name_kana,
                email=typed.email,
                locale=typed.locale,
                search_text=search_text(typed.name, typed.name_kana, typed.email),
                revision=Profile.revision + 1,
            ),
        )
    )


def _organisation(
    session: Session, public_id: UUID | None, *, present: Person | None = None
) -> Organisation | None:
    """Return an organisation to give to somebody; an archived one only to keep."""
    if public_id is None:
        return None
    found = get_organisation(session, public_id)
    keeps = present is not None and present.organisation_id == found.id
    if found.archived_at is not None and not keeps:
        raise InvalidInputError(message("This organisation is archived."))
    return found


def _change_address(
    session: Session, person: Person, former: str, *, now: datetime
) -> None:
    """End what opened the account to whoever reads the former address, and tell them.

    Letters about the account go to the new address from now on, so this one is the
    last that reaches its owner if the change is not their wish.
    """
    close_mailed_ways(session, person.id, now=now)
    end_sign_ins(session, person.id, now=now, reason="address_changed")
    had_ties = untie_identities(session, person.id)
    if had_ties or _profile(person).password_hash:
        post_mail(session, "address_changed", person.id, now=now, to=former)
