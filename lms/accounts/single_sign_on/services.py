"""Find the person whom a provider vouches for, and link the two the first time.

Nobody registers themselves: a link comes about only for a person whom somebody
registered here, at their first sign-in, and only by an address that the provider says
it has verified. The operator has chosen that one provider and trusts it for its
addresses, as the mail with an invitation trusts whoever reads that mailbox; so asking
for the password first would add nothing but people who never had one. From then on
the provider's own id counts and the address no longer does.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.domain.address import is_plain
from lms.accounts.models import Person
from lms.accounts.queries import find_person_by_email
from lms.accounts.single_sign_on.errors import NobodyKnownError
from lms.accounts.single_sign_on.models import ExternalIdentity
from lms.accounts.single_sign_on.values import Identity
from lms.audit.services import record_audit


def enter_with_identity(
    session: Session, identity: Identity, *, now: datetime
) -> Person:
    """Return the person to let in.

    Raises
    ------
    NobodyKnownError
        The identity is linked to nobody and cannot be, or its person may not sign in.
    """
    person = _find_linked(session, identity) or _link(session, identity, now=now)
    if not person.is_active:
        raise NobodyKnownError
    return person


def _find_linked(session: Session, identity: Identity) -> Person | None:
    return session.scalar(
        select(Person)
        .join(ExternalIdentity, ExternalIdentity.person_id == Person.id)
        .where(
            ExternalIdentity.issuer == identity.issuer,
            ExternalIdentity.subject == identity.subject,
        )
    )


def _link(session: Session, identity: Identity, *, now: datetime) -> Person:
    """Link an identity to the person who was registered with its verified address."""
    email = identity.email
    proven = email if email and is_plain(email) else None
    person = find_person_by_email(session, proven) if proven else None
    if person is None or not person.is_active:
        raise NobodyKnownError
    link = ExternalIdentity(
        person_id=person.id,
        issuer=identity.issuer,
        subject=identity.subject,
        linked_at=now,
    )
    try:
        with session.begin_nested():
            session.add(link)
    except IntegrityError:  # another account of the provider has the person already
        raise NobodyKnownError from None
    record_audit(
        session,
        "identity.linked",
        ("person", person.subject_id),
        actor=person.subject_id,
        now=now,
        issuer=identity.issuer,
    )
    return person
