"""Finding signing keys and their public halves."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.credentials.models import SigningKey
from lms.errors import NotFoundError, message


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
