"""Without scripts a decision and the reasons for clearing flags are one form."""

import re
from html import unescape

import pytest

from lms.decisions.queries import find_live_decision
from tests.competency.factory import make_case_evidence
from tests.decisions.factory import REASON, make_form, make_pack
from tests.reading import text_of

CLEARING = "指導者と話し合い、やり直しを見たうえで解消する。"


@pytest.fixture
def flag(session, library, seat):
    row = make_case_evidence(
        session, library, seat.learner.subject_id, score=0, is_critical=True
    )
    return f"flag-{row.public_id}-reason"


@pytest.fixture
def pack(session, library, seat, flag, certifier):
    return make_pack(session, library, seat, certifier.subject_id)


@pytest.fixture
def clear_url(seat, flag):
    return f"{seat.url}/flags/{flag.removeprefix('flag-').removesuffix('-reason')}"


def reason_in(answer, name):
    found = re.search(rf'name="{name}"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL)
    return unescape(found[1])


def is_whole(answer):
    """Say whether every outcome of the decision stands chosen on the page."""
    radios = re.findall(r'name="([^"]*outcome)" value="award" checked', answer.text)
    return len(radios) == len(
        re.findall(r'name="[^"]*outcome" value="award"', answer.text)
    )


def test_a_refused_decision_keeps_the_reason_for_clearing_a_flag(
    client, seat, pack, flag
):
    answer = client.post(seat.url, data=make_form(pack, "award") | {flag: CLEARING})
    assert answer.status_code == 422
    assert reason_in(answer, flag) == CLEARING


def test_a_refused_reason_keeps_the_decision(client, pack, flag, clear_url):
    answer = client.post(clear_url, data=make_form(pack, "award") | {flag: "短い"})
    assert answer.status_code == 422
    assert reason_in(answer, flag) == "短い"
    assert reason_in(answer, "reason") == REASON
    assert is_whole(answer)


def test_clearing_a_flag_keeps_the_decision_and_records_it_not(
    client, session, seat, pack, flag, clear_url
):
    sent = make_form(pack, "award") | {flag: CLEARING}
    for status, words in [
        (200, "まだ記録されていません"),
        (409, "すでに解消済みです"),
    ]:
        answer = client.post(clear_url, data=sent)  # the second click of two
        assert answer.status_code == status
        assert words in text_of(answer)
        assert reason_in(answer, "reason") == REASON
        assert is_whole(answer)
    session.expire_all()
    assert not find_live_decision(session, seat.cohort.id, seat.learner.subject_id)
    assert client.post(seat.url, data=make_form(pack, "award")).status_code == 303


def test_where_no_decision_is_begun_clearing_leads_back(client, pack, flag, clear_url):
    blank = {"pack_digest": pack.digest, "supersedes": "", "reason": ""}
    assert client.post(clear_url, data=blank | {flag: CLEARING}).status_code == 303


def test_the_reason_belongs_to_the_decision_until_a_script_takes_them_apart(
    client, seat, pack, flag
):
    page = client.get(seat.url).text
    parts = re.findall(r'<(\w+)[^>]*form="decision"[^>]*data-apart', page)
    assert parts == ["textarea", "button"]
    assert '<form class="form" id="decision"' in page


def test_the_enter_key_sends_the_decision_and_clears_no_flag(client, seat, pack):
    page = client.get(seat.url).text
    first = next(tag for tag in re.findall(r"<button[^>]*>", page) if "decision" in tag)
    assert 'type="submit" form="decision"' in first
    assert "formaction" not in first
