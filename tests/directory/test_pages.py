"""Looking up partners and menus, and asking what a client can use."""

import pytest
from sqlalchemy import select, update

from lms.accounts.models import KeptForm, SignIn
from lms.clock import utc_now
from lms.directory.queries import ROWS_ON_A_PAGE
from lms.permissions import Role
from tests.architecture.test_queries import count_queries
from tests.directory.making import shipped
from tests.factories.accounts import make_person
from tests.fuzz.writes import watching

LESSON = "/modules/consultation-interview/listening"
MENU = "/directory/menus/public-assistance"


@pytest.fixture
def reader(session, sign_in):
    person = make_person(session, Role.TRAINEE)
    sign_in(person)
    return person


@pytest.mark.parametrize(
    "path",
    [
        "/directory/",
        "/directory/?show=partners",
        "/directory/check",
        "/directory/partners/houterasu",
        MENU,
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_page_opens_in_both_languages(client, reader, path, language):
    client.get(f"/?lang={language}")
    page = client.get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text


def test_every_partner_and_menu_has_its_page(client, reader):
    paths = [f"/directory/partners/{name}" for name in shipped().partners]
    paths += [f"/directory/menus/{name}" for name in shipped().menus]
    assert {client.get(path).status_code for path in paths} == {200}


@pytest.mark.parametrize("path", ["/directory/partners/x", "/directory/menus/x"])
def test_what_is_not_there_is_not_found(client, reader, path):
    assert client.get(path).status_code == 404


def test_search_finds_by_kana_and_by_english(client, reader):
    for text in ("ダッタイイチジキン", "だったいいちじきん", "lump-sum"):
        page = client.get("/directory/", query_string={"q": text}).text
        assert "脱退一時金" in page, text
        assert "民事法律扶助" not in page


def test_filters_and_pages_keep_what_was_asked(client, reader):
    asked = {"theme": "residence", "show": "", "q": ""}
    page = client.get("/directory/", query_string=asked).text
    assert 'option value="residence" selected' in page
    assert "/directory/?page=2&amp;theme=residence" in page
    second = client.get("/directory/?page=2&theme=residence").text
    assert f"{ROWS_ON_A_PAGE + 1}〜" in second
    assert "法律相談・権利" not in second.split('id="found-title"')[1]


def test_nothing_found_says_so(client, reader):
    page = client.get("/directory/?q=xyzzy&show=partners")
    assert page.status_code == 200
    assert "合うものはありません" in page.text


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "²", "99999"])
def test_a_page_that_is_not_there_is_not_found(client, reader, page):
    assert client.get("/directory/", query_string={"page": page}).status_code == 404


def test_words_that_are_too_long_are_refused(client, reader):
    assert client.get("/directory/", query_string={"q": "x" * 101}).status_code == 422


def test_a_menu_shows_conditions_with_law_and_day(client, reader):
    page = client.get(MENU).text
    assert "昭和29年5月8日社発第382号" in page
    assert "2026年11月23日" in page


def test_a_failed_condition_is_named_with_its_source(client, reader):
    page = client.post(MENU, data={"client-status": "dependent"}).text
    result = page.split('id="result"')[1].split("</section>")[0]
    assert "使えません" in result
    assert "当てはまらない条件" in result
    assert "昭和29年5月8日社発第382号" in result


def test_what_is_missing_is_asked_back(client, reader):
    page = client.post(MENU, data={"client-status": "permanent"}).text
    result = page.split('id="result"')[1].split("</section>")[0]
    assert "まだ分かりません" in result
    assert "収入と貯金はどのくらいですか。" in result


def test_what_holds_can_be_used(client, reader):
    data = {"client-status": "permanent", "client-low-income": "true"}
    result = client.post(MENU, data=data).text.split('id="result"')[1]
    assert "使えます" in result


def test_an_unverified_condition_is_shown_and_does_not_decide(client, reader):
    data = {"client-low-income": "true", "client-status": "student"}
    page = client.post("/directory/menus/welfare-loan", data=data).text
    result = page.split('id="result"')[1].split("</section>")[0]
    assert "使える見込みです" in result
    assert "未確認のため判断に使わない条件" in result


def test_all_menus_are_sorted_by_what_is_known(client, reader):
    page = client.post("/directory/check", data={"client-status": "none"}).text
    parts = page.split('id="result"')[1].split("<details")
    usable, ask, failed, unnamed = parts[1:5]
    assert "避難所・災害の救助" in unnamed
    assert "使えます" not in unnamed
    assert "在留特別許可" in usable
    assert "生活保護（行政措置）" in failed
    assert "一時保護（シェルター）" in ask


@pytest.mark.parametrize(
    "data", [{"client-age": "old"}, {"client-age": "900"}, {"client-status": "tourist"}]
)
def test_an_answer_without_sense_is_refused_and_given_back(client, reader, data):
    page = client.post("/directory/check", data=data)
    assert page.status_code == 422
    assert "入力を1か所直してください" in page.text


def test_asking_writes_nothing(client, reader, engine):
    client.get(MENU)
    with watching(engine) as watch:
        for path in (MENU, "/directory/check"):
            client.post(path, data={"client-status": "none"})
    assert [line for line in watch.kept if "sign_ins" not in line] == []


def test_asking_after_the_sign_in_ended_keeps_nothing(client, reader, session):
    """Other forms are kept a day for their sender; a client's troubles are not."""
    session.execute(update(SignIn).values(ended_at=utc_now()))
    session.commit()
    headers = {"Sec-Fetch-Site": "same-origin"}
    data = {"client-status": "none"}
    assert client.post(MENU, data=data, headers=headers).location == "/sign-in"
    assert session.scalars(select(KeptForm)).all() == []
    client.post(f"{LESSON}/questions/x", data=data, headers=headers)
    assert len(session.scalars(select(KeptForm)).all()) == 1


def test_who_neither_learns_nor_writes_has_no_directory(client, session, sign_in):
    sign_in(make_person(session, Role.CERTIFIER))
    assert client.get("/directory/").status_code == 403
    assert client.post("/directory/check").status_code == 403


def test_a_long_list_asks_the_database_as_often_as_a_short_one(client, reader, engine):
    paths = ["/directory/", "/directory/?q=xyzzy", "/directory/?show=partners", MENU]
    assert len({count_queries(client, engine, path) for path in paths}) == 1
