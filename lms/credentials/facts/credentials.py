"""Credentials against the trail, their own signature, and their decision."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from lms.audit.facts import FactTable, TableFacts, digest_or_none, unlike
from lms.audit.queries.acts import Act
from lms.audit.queries.stored import Stored
from lms.content.domain import Bilingual
from lms.credentials.domain import KeysError, moment_text, verify_credential
from lms.credentials.domain.repeated import list_strays
from lms.credentials.models import Credential, CredentialKind, SigningKey
from lms.decisions.domain import Outcome
from lms.decisions.models import Decision

_CREDENTIALS = FactTable(
    table="credentials",
    object_kind="credential",
    action="credential.issued",
    key=Credential.id,
    name=Credential.public_id,
    statement=select(
        Credential.id,
        Credential.public_id,
        Credential.number,
        Credential.kind,
        Credential.competency,
        Credential.achievement,
        Credential.title_ja,
        Credential.title_en,
        Credential.subject_id,
        Credential.document,
        Credential.jwt,
        Credential.kid,
        Credential.issued_at,
        Credential.issued_by,
        Credential.valid_from,
        Credential.valid_until,
        Credential.status_index,
        SigningKey.public_jwk,
        Decision.subject_id.label("decided_on"),
        Decision.decided_at,
        Decision.outcome,
    )
    .outerjoin(SigningKey, SigningKey.kid == Credential.kid)
    .outerjoin(Decision, Decision.id == Credential.decision_id),
)
_REPEATED = (
    "public_id",
    "number",
    "competency",
    "achievement",
    "subject_id",
    "valid_from",
    "valid_until",
    "status_index",
)


def credential_facts() -> TableFacts:
    """Hold every credential against its act, and verify it with its key."""
    return TableFacts(_CREDENTIALS, _differences)


def _differences(row: Stored, act: Act) -> Iterator[str]:
    given, document = act.inputs, row["document"]
    is_level = row["competency"] != ""
    kind = CredentialKind.LEVEL if is_level else CredentialKind.CERTIFICATE
    yield from unlike(
        {
            "document": (digest_or_none(document), given["digest"]),
            "kind": (row["kind"], kind.value),
            "number": (row["number"], given["number"]),
            "subject_id": (str(row["subject_id"]), given["holder"]),
            "kid": (row["kid"], given["kid"]),
            "issued_at": (row["issued_at"], act.at),
            "issued_by": (row["issued_by"], act.actor_id),
            "jwt": (_signed_in(row), document),
            "decision_id": (
                (row["decided_on"], row["outcome"], _decided_text(row)),
                (row["subject_id"], Outcome.AWARD, document["awardedDate"]),
            ),
        }
    )
    yield from list_strays(
        document,
        title=Bilingual(row["title_ja"], row["title_en"]),
        **{name: row[name] for name in _REPEATED},
    )


def _decided_text(row: Stored) -> str | None:
    moment = row["decided_at"]
    return moment_text(moment) if moment else None


def _signed_in(row: Stored) -> Mapping[str, Any] | None:
    """Return what the published key of the credential vouches for, if anything."""
    keys = {"keys": [row["public_jwk"]]}
    try:
        return verify_credential(row["jwt"], keys, at=row["valid_from"]).document
    except KeysError:
        return None
