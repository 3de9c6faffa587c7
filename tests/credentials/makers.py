"""Awards, keys and signed files with valid defaults."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from joserfc.jwk import RSAKey

from lms.content.domain import Bilingual
from lms.credentials.domain import (
    Award,
    CertificateOrder,
    CompetencyAward,
    CredentialState,
    EvidenceLink,
    FrameworkEdition,
    Issuer,
    LearnerRecord,
    LevelText,
    ListedCredential,
    Programme,
    Purpose,
    RecordsHeader,
    build_certificate,
    build_records_document,
    build_status_list,
    issuer_profile,
    sign_credential,
    sign_records,
    verify_status_list,
)
from lms.credentials.domain.status_list import status_entry

HOST = "https://tsunagu.example"
KID = f"{HOST}/keys/2026-1"
OTHER_KID = f"{HOST}/keys/2026-2"
START = datetime(2026, 4, 1, tzinfo=UTC)
END = datetime(2029, 3, 31, 14, 59, 59, tzinfo=UTC)
DURING = datetime(2027, 1, 1, tzinfo=UTC)
SUBJECT = UUID("2b5f8a58-61a4-4b7c-9d0b-08a6a1c1a001")
CREDENTIAL = UUID("d6f5e8d2-3c7e-4a5c-8f55-0a2b6d7e9f10")
FRAMEWORK = FrameworkEdition(
    slug="coordinator",
    version="2026.1",
    title=Bilingual("能力の枠組み", "Competency framework"),
)
ISSUER = Issuer(public_url=HOST, name=Bilingual("例示認証機構", "Example Body"))
LEVELS = tuple(
    LevelText(level=level, name=Bilingual(ja, en))
    for level, (ja, en) in enumerate(
        [
            ("まだ届かない", "Not yet"),
            ("知っている", "Knows"),
            ("判断できる", "Knows how"),
            ("示せる", "Shows how"),
            ("実践できる", "Does"),
            ("指導できる", "Guides others"),
        ]
    )
)


@lru_cache
def _generated(number: int) -> RSAKey:
    return RSAKey.generate_key(2048)


def private_key(number: int = 1) -> RSAKey:
    return _generated(number)


def jwks(number: int = 1, kid: str = KID) -> dict[str, Any]:
    public = private_key(number).as_dict(private=False)
    return {"keys": [{**public, "kid": kid, "use": "sig", "alg": "RS256"}]}


def make_competency(slug: str = "interviewing", **given: Any) -> CompetencyAward:
    given.setdefault("name", Bilingual("相談面接技術", "Interviewing"))
    given.setdefault("awarded_level", 3)
    given.setdefault("required_level", 3)
    given.setdefault("levels", LEVELS)
    given.setdefault(
        "evidence",
        (EvidenceLink(url=f"{HOST}/evidence/{slug}/1", kind="simulation"),),
    )
    return CompetencyAward(slug=slug, **given)


def make_award(**given: Any) -> Award:
    given.setdefault("subject_id", SUBJECT)
    given.setdefault("issuer", ISSUER)
    given.setdefault(
        "programme",
        Programme(slug="main", title=Bilingual("支援の課程", "Support programme")),
    )
    given.setdefault("framework", FRAMEWORK)
    given.setdefault(
        "competencies",
        (
            make_competency(),
            make_competency("ethics", name=Bilingual("行動規範", "Ethics")),
        ),
    )
    given.setdefault("decided_at", START - timedelta(days=3))
    given.setdefault("valid_from", START)
    given.setdefault("valid_until", END)
    return Award(**given)


def make_order(*, status_index: int = 17, **award: Any) -> CertificateOrder:
    return CertificateOrder(
        credential_id=CREDENTIAL,
        number="TN-2026-0001",
        status_index=status_index,
        award=make_award(**award),
    )


def make_jwt(**award: Any) -> str:
    return sign_credential(
        build_certificate(make_order(**award)), private_key(), kid=KID
    )


def make_status_jwt(
    *indices: int,
    purpose: Purpose = Purpose.REVOCATION,
    number: int = 1,
    issuer: Issuer = ISSUER,
    until: str = "2199-01-01T00:00:00Z",
) -> str:
    url = f"{HOST}/status/{number}"
    document = build_status_list(
        url=url if purpose is Purpose.REVOCATION else f"{url}/suspension",
        issuer=issuer_profile(issuer),
        purpose=purpose,
        indices=indices,
        as_of="2026-12-31T00:00:00Z",
        until=until,
    )
    return sign_credential(document, private_key(), kid=KID)


def make_status_list(*indices: int, **given: Any) -> Any:
    return verify_status_list(make_status_jwt(*indices, **given), jwks())


def make_entry(competency: str = "interviewing", **given: Any) -> dict[str, Any]:
    return {
        "competency": competency,
        "required_level": 3,
        "attested_level": 3,
        "chance": 912,
        "interval": [2, 4],
        "raters": 2,
        "missing_kinds": [],
        "evidence": [{"id": "0f1e", "content": {"digest": "ab" * 32}}],
        **given,
    }


def make_learner_record(
    *,
    entries: Any = None,
    decision: Any = None,
    state: CredentialState = CredentialState.VALID,
) -> LearnerRecord:
    unseen = make_entry(
        "ethics",
        attested_level=None,
        chance=None,
        interval=None,
        raters=0,
        missing_kinds=["simulation"],
        evidence=[],
    )
    record = {
        "subject_id": str(SUBJECT),
        "competencies": entries or [make_entry(), unseen],
    }
    return LearnerRecord(
        record=record,
        decision=decision,
        credentials=(
            ListedCredential(
                id=f"{HOST}/verify/{CREDENTIAL}",
                state=state,
                entry=status_entry(HOST, 17),
            ),
        ),
    )


def make_records(
    *, entries: Any = None, decision: Any = None, **given: Any
) -> dict[str, Any]:
    header = RecordsHeader(
        issuer=ISSUER,
        cohort="2026-spring",
        framework=FRAMEWORK,
        as_of=DURING,
        **given,
    )
    learner = make_learner_record(entries=entries, decision=decision)
    return build_records_document(header, [learner])


def make_records_file(**given: Any) -> bytes:
    return sign_records(make_records(**given), private_key(), kid=KID)
