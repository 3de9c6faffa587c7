"""Signing keys against the trail: a key of nobody's making signs for everybody."""

from collections.abc import Iterator

from sqlalchemy import select

from lms.audit.facts import FactTable, TableFacts, digest_or_none, unlike
from lms.audit.queries.acts import Act
from lms.audit.queries.stored import Stored
from lms.credentials.models import SigningKey

_KEYS = FactTable(
    table="signing_keys",
    object_kind="key",
    action="key.made",
    key=SigningKey.id,
    name=SigningKey.name,
    statement=select(
        SigningKey.id,
        SigningKey.name,
        SigningKey.kid,
        SigningKey.public_jwk,
        SigningKey.created_at,
    ),
)


def key_facts() -> TableFacts:
    """Hold every public key, which verifiers trust, against its act."""
    return TableFacts(_KEYS, _differences)


def _differences(row: Stored, act: Act) -> Iterator[str]:
    given = act.inputs
    yield from unlike(
        {
            "kid": (row["kid"], given["kid"]),
            "created_at": (row["created_at"], act.at),
        }
    )
    if "digest" in given:  # recorded since 2026-11-28
        digest = digest_or_none(row["public_jwk"])
        yield from unlike({"public_jwk": (digest, given["digest"])})
