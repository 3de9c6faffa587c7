"""The other language on a page that answers a form: what was typed comes along."""

import json
import re
from base64 import b64encode
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.clock import utc_now
from lms.permissions import Role
from tests.accounts.factor_makers import set_up_factor
from tests.factories.accounts import make_person
from tests.web.hidden import hidden_fields

OWN = {"Origin": "https://localhost"}
TOO_LONG = "理由　“<&\n" * 200
SECRET_WORDS = "seven quiet herons"


@pytest.fixture
def administrator(session, sign_in):
    person = make_person(session, Role.ADMINISTRATOR)
    sign_in(person)
    return person


@pytest.fixture
def disabling(session, administrator):
    return f"/admin/people/{make_person(session).subject_id}/disable"


def switch_in(html):
    """Return where the button of the other language leads, and what it sends."""
    form = re.search(
        r'<form class="languages" method="post" action="([^"]+)">(.*?)</form>',
        html,
        re.DOTALL,
    )
    return unescape(form[1]), json.loads(hidden_fields(form[2])["carried"])


def switch(client, html):
    return press(client, *switch_in(html))


def press(client, address, fields):
    data = {"carried": json.dumps(fields)}
    return client.post(address, data=data, headers=OWN)


def is_enabled(session, address):
    session.expire_all()
    subject = address.split("/")[3]
    people = {str(row.subject_id): row for row in session.scalars(select(Person))}
    return people[subject].is_enabled


def test_a_refused_form_is_shown_in_the_other_language_with_what_was_typed(
    client, session, disabling
):
    data = {"access-reason": TOO_LONG, "access-csrf_token": "x"}
    refused = client.post(disabling, data=data, headers=OWN)
    assert refused.status_code == 422
    assert "lang=en" not in refused.text.replace(f"{disabling}?lang=en", "")
    assert 'action="/theme"' not in refused.text
    english = switch(client, refused.text)
    assert english.status_code == 422
    assert '<html lang="en"' in english.text
    assert TOO_LONG.strip() in unescape(english.text)
    assert "Write at most 500 characters." in english.text
    assert '<html lang="ja"' in switch(client, english.text).text
    assert client.get("/admin/people/").text.count('<html lang="en"') == 0
    assert is_enabled(session, disabling)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/forgotten"])
def test_carried_text_that_is_no_text_is_left_out(client, path):
    fields = {"email": ["\ud800a@test.example"], "password": ["\udfff\x00"]}
    answer = press(client, f"{path}?lang=en", fields)
    assert answer.status_code in (303, 422)
    assert "\ufffd" not in answer.text


def test_nothing_is_done_though_the_form_could_be_taken(client, session, disabling):
    refused = client.post(disabling, data={"access-reason": TOO_LONG}, headers=OWN)
    address, fields = switch_in(refused.text)
    fields["access-reason"] = ["退職したため。"]
    shown = press(client, address, fields)
    assert shown.status_code == 422
    assert "This was not sent yet. Check it" in shown.text
    assert is_enabled(session, disabling)


def test_the_button_carries_a_token_and_its_sending_asks_for_one(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.search(r'name="csrf_token".*?value="([^"]+)', client.get("/verify").text)
    data = {"csrf_token": token[1]}
    refused = client.post(
        "/verify", data=data, headers=OWN | {"Referer": "https://localhost/"}
    )
    assert refused.status_code == 422
    form = refused.text.split('<form class="languages"')[1].split("</form>")[0]
    assert 'name="csrf_token"' in form
    assert "open for too long" in switch(client, refused.text).text


def test_no_name_of_a_field_stands_twice_on_the_page(client, disabling):
    data = {"access-reason": TOO_LONG}
    refused = client.post(disabling, data=data, headers=OWN)
    assert refused.text.count('name="access-reason"') == 1


@pytest.mark.parametrize("packed", ["", "{", "[]", "7", '{"a": "b"}', '{"a": [1]}'])
def test_what_no_page_of_ours_packed_carries_nothing(client, disabling, packed):
    data = {"carried": packed, "access-reason": TOO_LONG}
    answer = client.post(f"{disabling}?lang=en", data=data, headers=OWN)
    assert answer.status_code == 422
    assert TOO_LONG.strip() in unescape(answer.text)


def test_another_site_changes_no_language(client):
    elsewhere = {"Origin": "https://elsewhere.example"}
    client.post("/verify?lang=en", headers=elsewhere)
    assert '<html lang="ja"' in client.get("/verify").text


def test_a_page_with_an_address_of_its_own_keeps_its_link(client):
    page = client.get("/verify?x=1").text
    assert 'href="/verify?x=1&amp;lang=en"' in page
    assert '<form class="languages"' not in page
    assert 'action="/theme"' in page
    assert client.get("/verify?x=1&lang=en").location == "/verify?x=1"


def test_passwords_and_codes_stand_in_no_hidden_field(client):
    data = {"email": "who@example.jp", "password": SECRET_WORDS}
    refused = client.post("/sign-in", data=data, headers=OWN)
    assert SECRET_WORDS not in refused.text
    shown = switch(client, refused.text)
    assert 'value="who@example.jp"' in shown.text
    assert "Passwords and codes are not carried along" in shown.text
    assert "field__error" not in shown.text
    assert "パスワードや" in switch(client, shown.text).text


def test_a_file_has_to_be_chosen_again_and_the_page_says_so(client):
    data = {"file": (BytesIO(b"no credential"), "c.json")}
    answer = client.post("/verify", data=data, headers=OWN)
    shown = switch(client, answer.text)
    assert "Choose the file again" in shown.text
    assert "ファイルを選び直し" in switch(client, shown.text).text


def test_a_list_that_was_checked_is_there_in_the_other_language(
    client, session, administrator
):
    content = "name,email\n見本 新,new@test.example\n".encode()
    before = session.scalar(select(func.count()).select_from(Person))
    data = {"file": (BytesIO(content), "people.csv")}
    checked = client.post("/admin/people/import/", data=data, headers=OWN)
    late = {"content": b64encode(content).decode(), "digest": "0" * 64}
    changed = client.post("/admin/people/import/confirm", data=late, headers=OWN)
    assert changed.status_code == 409
    for page in (checked, changed):
        shown = switch(client, page.text)
        assert "new@test.example" in shown.text
        assert 'action="/admin/people/import/confirm"' in shown.text
        switch(client, shown.text)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Person)) == before


def test_a_question_to_the_directory_is_answered_again(client, session, sign_in):
    sign_in(make_person(session))
    answered = client.post("/directory/check", data={}, headers=OWN)
    assert answered.status_code == 200
    english = switch(client, answered.text)
    assert english.status_code == 200
    assert '<html lang="en"' in english.text


def test_codes_shown_once_stand_there_in_both_languages_and_cannot_be_lost(
    client, session, sign_in
):
    person = make_person(session)
    app, _ = set_up_factor(session, person)
    sign_in(person)
    answer = client.post(
        "/account/second-factor",
        data={"act": "codes", "password_or_code": app.at(utc_now())},
        headers=OWN,
    )
    assert answer.text.count("<li><code>") == 10
    assert "lang=en" not in answer.text
    assert '<form class="languages"' not in answer.text
    assert "コードが表示されるのは、この1回だけです" in answer.text
    assert "These codes are shown only once" in answer.text
    assert 'action="/theme"' not in answer.text


def test_a_button_alone_is_not_pressed_by_reading_in_the_other_language(
    client, session, administrator
):
    person = make_person(session)
    address = f"/admin/people/{person.subject_id}/second-factor/remove"
    shown = client.post(address, data={"refill": "nothing"}, headers=OWN)
    assert shown.status_code == 400
    assert "何も行われていません" in shown.text
    assert f'href="/admin/people/{person.subject_id}"' in shown.text
    assert "外しました" not in client.get("/admin/people/").text


@pytest.mark.parametrize(
    ("address", "above"),
    [
        (
            "/credentials/00000000-0000-0000-0000-000000000000/events",
            "/credentials/00000000-0000-0000-0000-000000000000",
        ),
        ("/admin/people/import/confirm", "/admin/people/import/"),
        ("/cases/rent-letter/attempts", "/cases/rent-letter"),
        ("/theme", None),
    ],
)
def test_an_address_that_takes_forms_alone_says_so_and_leads_back(
    client, session, administrator, address, above
):
    page = client.get(address)
    assert page.status_code == 405
    assert page.headers["Allow"] == "OPTIONS, POST"
    assert "このアドレスは、フォームから送られた内容だけを受け取ります。" in page.text
    assert "存在しない" not in page.text
    assert ("フォームのある画面に戻る" in page.text) == (above is not None)
    if above:
        assert f'href="{above}"' in page.text
