"""Open Badges 3.0 credentials as plain data: one certificate, one per competency.

Members and lists follow Open Badges 3.0 (1EdTech), "Data Model", on the Verifiable
Credentials Data Model 2.0 (W3C). Only terms of the three named contexts are used: an
unknown term makes a credential invalid for JSON-LD readers in safe mode. Text is
Japanese with English behind it, since the standard has one string per member.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lms.content.domain import Bilingual
from lms.credentials.domain.order import (
    Award,
    CertificateOrder,
    CompetencyAward,
    EvidenceLink,
    Issuer,
    LevelText,
)
from lms.credentials.domain.status_list import status_entry

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    # defines the type that `credentialSchema` must have
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
SCHEMA_ID = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
    "ob_v3p0_achievementcredential_schema.json"
)
SCHEMA_TYPE = "1EdTechJsonSchemaValidator2019"
PRIMARY_LANGUAGE = "ja"
DEMO_NAME = "【見本・証明の効力なし / Specimen, not a credential】"
DEMO_NOTICE = (
    "これは見本であり、何も証明しません。人物・組織は架空です。"
    " / This is a specimen and certifies nothing. People and bodies are fictional. "
)


def build_certificate(order: CertificateOrder) -> dict[str, Any]:
    """Return the certificate credential of a decision.

    It names the competencies but no levels: those stand in credentials of their own,
    so that the holder chooses what to show.
    """
    award = order.award
    title = both(award.programme.title)
    return _credential(
        order,
        name=title,
        description=(
            f"「{award.programme.title.ja}」の認証証 {order.number}。 / "
            f"Certificate {order.number}: {award.programme.title.en}."
        ),
        achievement=_certificate_achievement(award, title),
        evidence=award.evidence,
    )


def build_level_credential(
    order: CertificateOrder, competency: CompetencyAward
) -> dict[str, Any]:
    """Return the credential for the level awarded in one competency."""
    awarded = competency.level_text(competency.awarded_level)
    name = (
        f"{competency.name.ja}：水準{awarded.level} {awarded.name.ja} / "
        f"{competency.name.en}: level {awarded.level}, {awarded.name.en}"
    )
    achievement = _level_achievement(order.award, competency)
    credential = _credential(
        order,
        name=name,
        description=(
            f"「{order.award.framework.title.ja}」での水準。番号 {order.number}。 / "
            f"A level in {order.award.framework.title.en}. Number {order.number}."
        ),
        achievement=achievement,
        evidence=competency.evidence,
    )
    described = achievement["resultDescription"][0]["id"]
    credential["credentialSubject"]["result"] = [
        {
            "type": ["Result"],
            "resultDescription": described,
            "achievedLevel": _level_id(achievement["id"], awarded.level),
            "status": "Completed",
        }
    ]
    return credential


def awarded_level(credential: Mapping[str, Any]) -> int | None:
    """Return the level that a level credential awards; None for a certificate."""
    results = credential["credentialSubject"].get("result")
    if not results:
        return None
    return int(str(results[0]["achievedLevel"]).rpartition("#level-")[2])


def moment_text(moment: datetime) -> str:
    """Return a moment with its zone and whole seconds, as `DateTimeZ` asks."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def both(text: Bilingual) -> str:
    """Return a text in both languages, Japanese first."""
    return text.ja if text.ja == text.en else f"{text.ja} / {text.en}"


def issuer_profile(issuer: Issuer) -> dict[str, Any]:
    """Return the issuer's profile, as it stands in credentials and at its address."""
    return {
        "id": issuer.id,
        "type": ["Profile"],
        "name": both(issuer.name),
        "url": issuer.public_url,
    }


def _credential(
    order: CertificateOrder,
    *,
    name: str,
    description: str,
    achievement: dict[str, Any],
    evidence: tuple[EvidenceLink, ...],
) -> dict[str, Any]:
    award = order.award
    credential: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": award.issuer.verify_url(order.credential_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _marked(award, name),
        "description": _noted(award, description),
        "issuer": issuer_profile(award.issuer),
        "validFrom": moment_text(award.valid_from),
        "validUntil": moment_text(award.valid_until),
        "awardedDate": moment_text(award.decided_at),
        "credentialSubject": _subject(order, achievement),
        "credentialStatus": status_entry(award.issuer.public_url, order.status_index),
        "credentialSchema": [{"id": SCHEMA_ID, "type": SCHEMA_TYPE}],
    }
    if evidence:
        credential["evidence"] = [
            {"id": row.url, "type": ["Evidence"], "genre": row.kind} for row in evidence
        ]
    return credential


def _subject(order: CertificateOrder, achievement: dict[str, Any]) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "id": f"urn:uuid:{order.award.subject_id}",
        "type": ["AchievementSubject"],
        "licenseNumber": order.number,
        "achievement": achievement,
    }
    if order.award.holder_name:
        subject["identifier"] = [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": order.award.holder_name,
                "identityType": "name",
            }
        ]
    return subject


def _certificate_achievement(award: Award, title: str) -> dict[str, Any]:
    slug = award.programme.achievement_slug
    return {
        **_achievement(award, slug, kind="Certificate", name=title),
        "description": _noted(
            award,
            f"「{award.programme.title.ja}」を修了し、必要な水準に達したと判定された。"
            f" / Completed {award.programme.title.en} and judged to have reached "
            "the required levels.",
        ),
        "criteria": {
            "id": f"{award.issuer.achievement_id(slug)}#criteria",
            "narrative": _certificate_criteria(award.competencies),
        },
        "alignment": [_alignment(award, row) for row in award.competencies],
    }


def _level_achievement(award: Award, competency: CompetencyAward) -> dict[str, Any]:
    address = award.issuer.achievement_id(competency.slug)
    return {
        **_achievement(
            award, competency.slug, kind="Competency", name=both(competency.name)
        ),
        "description": _noted(
            award,
            f"「{award.framework.title.ja}」の能力項目「{competency.name.ja}」。 / "
            f"A competency of {award.framework.title.en}: {competency.name.en}.",
        ),
        "criteria": {
            "id": f"{address}#criteria",
            "narrative": (
                "証拠に基づき、複数の人が判定した。 / Decided by people, on evidence."
            ),
        },
        "alignment": [_alignment(award, competency)],
        "resultDescription": [
            {
                "id": f"{address}#levels",
                "type": ["ResultDescription"],
                "name": "水準 / Level",
                "resultType": "RubricCriterionLevel",
                "requiredLevel": _level_id(address, competency.required_level),
                "rubricCriterionLevel": [
                    _rubric_level(address, row) for row in competency.levels
                ],
            }
        ],
    }


def _achievement(award: Award, slug: str, *, kind: str, name: str) -> dict[str, Any]:
    return {
        "id": award.issuer.achievement_id(slug),
        "type": ["Achievement"],
        "achievementType": kind,
        "humanCode": slug,
        "version": award.framework.version,
        "inLanguage": PRIMARY_LANGUAGE,
        "name": _marked(award, name),
        "creator": issuer_profile(award.issuer),
    }


def _alignment(award: Award, competency: CompetencyAward) -> dict[str, Any]:
    """Point to the competency; without `targetType`, as no CASE item stands there."""
    return {
        "type": ["Alignment"],
        "targetCode": competency.slug,
        "targetName": both(competency.name),
        "targetFramework": f"{both(award.framework.title)} {award.framework.version}",
        "targetUrl": award.issuer.achievement_id(competency.slug),
    }


def _rubric_level(address: str, row: LevelText) -> dict[str, Any]:
    level: dict[str, Any] = {
        "id": _level_id(address, row.level),
        "type": ["RubricCriterionLevel"],
        "name": both(row.name),
        "level": str(row.level),
        "points": str(row.level),
    }
    if row.description:
        level["description"] = both(row.description)
    return level


def _certificate_criteria(competencies: tuple[CompetencyAward, ...]) -> str:
    """Return the required levels as Markdown, one line for each competency."""
    lines = [
        f"- {row.name.ja}：水準{row.required_level} / "
        f"{row.name.en}: level {row.required_level}"
        for row in competencies
    ]
    return "\n".join(["必要な水準 / Required levels:", "", *lines])


def _level_id(address: str, level: int) -> str:
    return f"{address}#level-{level}"


def _marked(award: Award, name: str) -> str:
    return DEMO_NAME + name if award.is_demo else name


def _noted(award: Award, description: str) -> str:
    return DEMO_NOTICE + description if award.is_demo else description
