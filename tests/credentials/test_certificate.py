"""What stands in a credential."""

import json
from datetime import datetime

import pytest
from jsonschema import Draft202012Validator

from lms.content.domain import Bilingual
from lms.credentials.domain import build_certificate, build_level_credential
from lms.settings import PROJECT_ROOT
from tests.credentials.makers import (
    CREDENTIAL,
    HOST,
    START,
    SUBJECT,
    make_award,
    make_competency,
    make_order,
)

SCHEMA = PROJECT_ROOT / "docs/schemas/certificate-credential.schema.json"


@pytest.fixture(scope="module")
def schema():
    document = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def level_credential(**award):
    order = make_order(**award)
    return build_level_credential(order, order.award.competencies[0])


def every_text(value):
    if isinstance(value, dict):
        return [text for part in value.values() for text in every_text(part)]
    if isinstance(value, list):
        return [text for part in value for text in every_text(part)]
    return [value]


@pytest.mark.parametrize("award", [{}, {"is_demo": True}, {"holder_name": "例 太郎"}])
def test_both_kinds_hold_to_our_schema(schema, award):
    assert not list(schema.iter_errors(build_certificate(make_order(**award))))
    assert not list(schema.iter_errors(level_credential(**award)))


def test_schema_refuses_a_certificate_with_a_level_and_a_level_without(schema):
    certificate, level = build_certificate(make_order()), level_credential()
    certificate["credentialSubject"]["result"] = level["credentialSubject"]["result"]
    del level["credentialSubject"]["result"]
    assert list(schema.iter_errors(certificate))
    assert list(schema.iter_errors(level))


def test_ids_stand_under_the_public_address():
    document = build_certificate(make_order())
    subject = document["credentialSubject"]
    assert document["id"] == f"{HOST}/verify/{CREDENTIAL}"
    assert document["issuer"]["id"] == f"{HOST}/issuers/1"
    assert subject["id"] == f"urn:uuid:{SUBJECT}"
    assert subject["achievement"]["id"] == f"{HOST}/achievements/certificate-main"
    assert subject["licenseNumber"] == "TN-2026-0001"


def test_status_index_is_a_string_and_counts_within_its_list():
    first = build_certificate(make_order(status_index=17))["credentialStatus"]
    second = build_certificate(make_order(status_index=131_072 + 5))["credentialStatus"]
    assert (first["id"], first["statusListIndex"]) == (f"{HOST}/status/1#17", "17")
    assert (second["id"], second["statusListIndex"]) == (f"{HOST}/status/2#5", "5")


def test_certificate_names_competencies_but_no_awarded_level():
    award = {"competencies": (make_competency(awarded_level=4, required_level=2),)}
    document = build_certificate(make_order(**award))
    assert "result" not in document["credentialSubject"]
    criteria = document["credentialSubject"]["achievement"]["criteria"]["narrative"]
    assert "水準2" in criteria
    assert "水準4" not in json.dumps(document, ensure_ascii=False)


def test_level_credential_points_to_the_awarded_and_the_required_level():
    document = level_credential(competencies=(make_competency(awarded_level=4),))
    achievement = document["credentialSubject"]["achievement"]
    described = achievement["resultDescription"][0]
    result = document["credentialSubject"]["result"][0]
    assert achievement["achievementType"] == "Competency"
    assert result["resultDescription"] == described["id"]
    assert result["achievedLevel"] == f"{HOST}/achievements/interviewing#level-4"
    assert described["requiredLevel"] == f"{HOST}/achievements/interviewing#level-3"
    level_ids = {row["id"] for row in described["rubricCriterionLevel"]}
    assert {result["achievedLevel"], described["requiredLevel"]} <= level_ids


def test_programme_and_competency_of_one_name_are_two_achievements():
    order = make_order(competencies=(make_competency("main"),))
    certificate = build_certificate(order)["credentialSubject"]["achievement"]
    level = build_level_credential(order, order.award.competencies[0])
    assert certificate["id"] != level["credentialSubject"]["achievement"]["id"]


def test_demo_credentials_say_in_both_languages_that_they_are_none():
    for document in (
        build_certificate(make_order(is_demo=True)),
        level_credential(is_demo=True),
    ):
        achievement = document["credentialSubject"]["achievement"]
        for part in (document, achievement):
            assert "見本・証明の効力なし" in part["name"]
            assert "Specimen, not a credential" in part["name"]
            assert "何も証明しません" in part["description"]
            assert "certifies nothing" in part["description"]


def test_real_credentials_do_not_speak_of_specimens():
    assert "Specimen" not in json.dumps(build_certificate(make_order()))


def test_name_of_the_holder_is_written_only_when_given():
    without = build_certificate(make_order())
    with_name = build_certificate(make_order(holder_name="例 太郎"))
    assert "例 太郎" not in every_text(without)
    assert with_name["credentialSubject"]["identifier"][0]["identityHash"] == "例 太郎"


def test_evidence_is_an_address_without_text():
    evidence = level_credential()["evidence"]
    assert evidence == [
        {
            "id": f"{HOST}/evidence/interviewing/1",
            "type": ["Evidence"],
            "genre": "simulation",
        }
    ]


def test_texts_equal_in_both_languages_stand_once():
    title = Bilingual("Tsunagu", "Tsunagu")
    programme = make_award().programme
    renamed = type(programme)(slug="main", title=title)
    assert build_certificate(make_order(programme=renamed))["name"] == "Tsunagu"


def test_description_of_a_level_is_carried_when_there_is_one():
    level = make_competency().levels[3]
    described = type(level)(
        level=3, name=level.name, description=Bilingual("示す", "shows")
    )
    levels = (*make_competency().levels[:3], described, *make_competency().levels[4:])
    document = level_credential(competencies=(make_competency(levels=levels),))
    achievement = document["credentialSubject"]["achievement"]
    rows = achievement["resultDescription"][0]["rubricCriterionLevel"]
    assert rows[3]["description"] == "示す / shows"
    assert "description" not in rows[2]


@pytest.mark.parametrize("name", ["decided_at", "valid_from", "valid_until"])
def test_moments_without_zone_are_refused(name):
    with pytest.raises(ValueError, match="zone"):
        make_award(**{name: datetime(2028, 1, 1)})  # noqa: DTZ001 - the point


def test_validity_must_last():
    with pytest.raises(ValueError, match="valid for some time"):
        make_award(valid_until=START)


def test_level_that_the_framework_lacks_is_refused():
    with pytest.raises(ValueError, match="interviewing"):
        make_competency(awarded_level=9)
