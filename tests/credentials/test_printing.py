"""The printed certificate: a tagged page in both languages, and only for its reader."""

from dataclasses import replace
from datetime import date

import pytest
import typst

from lms.accounts.models import Profile
from lms.credentials.certificates import _on_paper
from lms.credentials.printing.certificate import PrintedCertificate
from lms.credentials.printing.draw import draw_certificate
from lms.permissions import Role
from tests.credentials.database import make_credentials
from tests.credentials.test_views import change, just_now
from tests.decisions.factory import make_seat
from tests.factories.accounts import make_person

WORDS = PrintedCertificate(
    language="ja",
    document_title="認証証 TN-2026-0001",
    heading="認証証",
    tracking=0.5,
    number_line="第 TN-2026-0001 号",
    holder="髙﨑 葉子 様",
    statement="判定されました。",
    competencies_title="能力",
    competencies=("相談面接技術",),
    issued_on="令和8年（2026年）4月1日",
    issuer="機構",
    period=("有効期間", "まで"),
    verify_words="確かめられます。",
    verify_url="https://lms.example/verify/1",
    qr_alt="コード",
)


@pytest.fixture
def seat(session, library):
    return make_seat(session, library, learner=make_person(session, name="佐久間 遥"))


@pytest.fixture
def issued(session, library, settings, seat):
    return make_credentials(session, library, settings, seat=seat, now=just_now())


def test_page_is_a_tagged_pdf_that_can_be_read_out():
    drawn = draw_certificate(WORDS)
    assert drawn.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in drawn
    assert b"/StructTreeRoot" in drawn
    assert b"/Lang(ja)" in drawn
    assert len(drawn) < 200_000


def test_a_name_is_never_a_command():
    page = draw_certificate(replace(WORDS, holder='#panic("read me") $x^2$ *b*'))
    assert page.startswith(b"%PDF-")


def test_a_letter_that_no_font_has_is_a_fault_and_no_gap():
    with pytest.raises(typst.TypstError):
        draw_certificate(replace(WORDS, holder="𓀀"))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 4, 1), "令和8年（2026年）4月1日"),
        (date(2019, 5, 1), "令和元年（2019年）5月1日"),
    ],
)
def test_days_stand_as_certificates_write_them(app, day, words):
    with app.test_request_context("/"):
        assert _on_paper(day, "ja") == words


@pytest.mark.parametrize("language", ["ja", "en"])
def test_holder_prints_the_certificate_in_the_language_of_the_page(
    client, sign_in, seat, issued, language
):
    sign_in(seat.learner)
    client.get(f"/?lang={language}")
    url = f"/credentials/mine/{issued[0].public_id}.pdf"
    assert url in client.get("/credentials/mine").text
    answer = client.get(url)
    assert answer.mimetype == "application/pdf"
    assert f"/Lang({language})".encode() in answer.data
    assert f"-{language}.pdf" in answer.headers["Content-Disposition"]


def test_a_level_has_no_page(client, sign_in, seat, issued):
    sign_in(seat.learner)
    level = next(row for row in issued if row.kind == "level")
    assert client.get(f"/credentials/mine/{level.public_id}.pdf").status_code == 404


def test_nobody_else_prints_it(client, session, sign_in, issued):
    sign_in(make_person(session))
    url = f"/credentials/mine/{issued[0].public_id}.pdf"
    assert client.get(url).status_code == 404
    assert client.get(f"/credentials/{issued[0].public_id}.pdf").status_code == 403


def test_what_is_suspended_is_not_printed(client, session, sign_in, seat, issued):
    sign_in(make_person(session, Role.CERTIFIER))
    url = f"/credentials/{issued[0].public_id}.pdf"
    change(client, issued[0], "suspended")
    assert client.get(url).status_code == 404
    assert url not in client.get(f"/credentials/{issued[0].public_id}").text
    change(client, issued[0], "restored")
    assert client.get(url).status_code == 200


def test_a_certifier_prints_it_until_the_name_is_erased(
    client, session, sign_in, seat, issued
):
    sign_in(make_person(session, Role.CERTIFIER))
    url = f"/credentials/{issued[0].public_id}.pdf"
    assert client.get(url).status_code == 200
    session.delete(session.get_one(Profile, seat.learner.id))
    session.flush()
    session.expire_all()
    assert client.get(url).status_code == 404
