"""Finding signing keys and their public halves."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.credentials.models import Credential, SigningKey
from lms.errors import NotFoundError, message


@dataclass(frozen=True, slots=True)
class Strays:
    """What was made under another address than it should have been.

    Attributes
    ----------
    address : str or None
        Of the newest key, where it is not that of the installation.
    credentials : int
        Credentials that do not have the address of the key that signed them.
    """

    address: str | None
    credentials: int


def find_address(session: Session) -> str | None:
    """Return the address under which the newest key was made, if there is one."""
    key = session.scalar(select(SigningKey).order_by(SigningKey.id.desc()).limit(1))
    return key.kid.removesuffix(f"/keys/{key.name}") if key else None


def find_strays(session: Session, public_url: str) -> Strays:
    """Return what shows that the permanent address was not always the same.

    Credentials of an address that was left for good, with a key of its own, are none.
    """
    address = find_address(session)
    begin = func.replace(SigningKey.kid, "/keys/" + SigningKey.name, "/verify/")
    found = Credential.document["id"].as_string()
    count = session.scalar(
        select(func.count())
        .select_from(Credential)
        .join(SigningKey, SigningKey.kid == Credential.kid)
        .where(func.substr(found, 1, func.length(begin)) != begin)
    )
    return Strays(address if address != public_url else None, count or 0)


def find_current_key(session: Session) -> SigningKey | None:
    """Return the key that signs now, or nothing before one was made."""
    return session.scalar(
        select(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.id.desc())
        .limit(1)
    )


def get_key(session: Session, name: str) -> SigningKey:
    """Return one key of the certification body."""
    key = session.scalar(select(SigningKey).where(SigningKey.name == name))
    if key is None:
        raise NotFoundError(message("There is no key %(name)s."), name=name)
    return key


def list_signing_keys(session: Session) -> list[SigningKey]:
    """Return all keys, newest first."""
    return list(session.scalars(select(SigningKey).order_by(SigningKey.id.desc())))


def get_public_key(session: Session, name: str) -> dict[str, Any]:
    """Return one public key as JWK; retired keys stay published."""
    return get_key(session, name).public_jwk


def get_jwks(session: Session) -> dict[str, Any]:
    """Return all public keys, newest first (RFC 7517, section 5)."""
    keys = session.scalars(select(SigningKey.public_jwk).order_by(SigningKey.id.desc()))
    return {"keys": list(keys)}
