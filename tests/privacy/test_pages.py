"""Pages of one's own data, and of those who carry requests out."""

import json
from uuid import uuid4

from sqlalchemy import select

from lms.accounts.models import Profile
from lms.jobs.mail_files import mail_folder
from lms.permissions import Role
from lms.privacy.models import ErasureRequest
from tests.factories.accounts import make_person


def test_anybody_can_download_what_is_held_about_them(session, client, sign_in):
    person = make_person(session, Role.AUTHOR, name="見本 著者")
    sign_in(person)
    answer = client.post("/account/data/export")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.data)["account"]["profile"]["name"] == "見本 著者"


def test_asking_to_be_erased_needs_the_box_and_can_be_taken_back(
    session, client, sign_in
):
    person = make_person(session)
    sign_in(person)
    refused = client.post("/account/data/erasure", data={})
    assert refused.status_code == 422
    assert session.scalar(select(ErasureRequest.id)) is None
    assert (
        client.post("/account/data/erasure", data={"understood": "y"}).status_code
        == 303
    )
    assert "受け付けました" in client.get("/account/data").get_data(as_text=True)
    client.post("/account/data/erasure/withdraw")
    session.expire_all()
    assert session.scalar(select(ErasureRequest.settlement)) == "withdrawn"
    assert session.get(Profile, person.id) is not None
    again = client.post("/account/data/erasure/withdraw")
    assert again.status_code == 303


def test_an_administrator_carries_a_request_out(session, client, sign_in, settings):
    person = make_person(session, name="見本 退会")
    administrator = make_person(session, Role.ADMINISTRATOR)
    sign_in(person)
    client.post("/account/data/erasure", data={"understood": "y"})
    sign_in(administrator)
    assert "見本 退会" in client.get("/admin/erasures").get_data(as_text=True)
    found = session.scalar(select(ErasureRequest))
    path = f"/admin/erasures/{found.public_id}"
    assert client.get(path).status_code == 200
    assert client.post(f"{path}/carry-out", data={}).status_code == 422
    kept = mail_folder(settings) / f"{uuid4()}.eml"  # of a mail whose row is gone
    kept.parent.mkdir()
    kept.touch()
    assert client.post(f"{path}/carry-out", data={"understood": "y"}).status_code == 303
    assert not kept.exists()
    assert client.post(f"{path}/carry-out", data={"understood": "y"}).status_code == 409
    assert "見本 退会" not in client.get("/admin/erasures").get_data(as_text=True)
    session.expire_all()
    assert session.get(Profile, person.id) is None


def test_declining_needs_a_reason_that_the_person_reads(session, client, sign_in):
    person = make_person(session)
    administrator = make_person(session, Role.ADMINISTRATOR)
    sign_in(person)
    client.post("/account/data/erasure", data={"understood": "y"})
    found = session.scalar(select(ErasureRequest))
    sign_in(administrator)
    path = f"/admin/erasures/{found.public_id}/decline"
    empty = client.post(path, data={"reason": " "}).text
    assert "理由を書いてください。" in empty
    long = client.post(path, data={"reason": "長" * 1_001}).text
    assert "1000字以内で書いてください。" in long
    assert "理由を書いてください。" not in long
    label = long.split('for="reason"')[1].split("</label>")[0]
    assert "必須" in label
    reason = "認証証の発行が終わってから、もう一度お申し出ください。"
    assert client.post(path, data={"reason": reason}).status_code == 303
    sign_in(person)
    assert reason in client.get("/account/data").get_data(as_text=True)


def test_only_administrators_see_requests(session, client, sign_in):
    for role in set(Role) - {Role.ADMINISTRATOR}:
        sign_in(make_person(session, role))
        assert client.get("/admin/erasures").status_code == 403
