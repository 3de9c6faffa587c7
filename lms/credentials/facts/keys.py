"""Signing keys against the trail: a key of nobody's making signs for everybody."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.facts import (
    FactFault,
    FactTable,
    digest_or_none,
    hold_rows,
    list_missing,
    unlike,
)
from lms.audit.queries.acts import Act
from lms.audit.queries.stored import Stored, walk_stored
from lms.credentials.models import SigningKey

_KEYS = FactTable(
    table="signing_keys",
    object_kind="key",
    action="key.made",
    name=SigningKey.name,
    statement=select(
        SigningKey.id,
        SigningKey.name,
        SigningKey.kid,
        SigningKey.public_jwk,
        SigningKey.created_at,
    ),
)


class KeyFacts:
    """Public keys, which verifiers trust."""

    def __init__(self) -> None:
        self.count = 0

    def faults(self, session: Session) -> Iterator[FactFault]:
        """Hold every key against its act."""
        for rows in walk_stored(session, _KEYS.statement, SigningKey.id):
            self.count += len(rows)
            yield from hold_rows(session, _KEYS, rows, _differences)
        yield from list_missing(session, _KEYS)


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
