"""Auditors read the trail: newest first, filtered, by page, and as a file."""

import csv
import json
from datetime import timedelta
from uuid import UUID

import pytest

from lms.audit.domain import ACTIONS
from lms.audit.models import AuditEvent
from lms.audit.services import record_audit
from lms.permissions import Role
from tests.audit.trail import ACTOR, clear, make_trail, write
from tests.conftest import NOON
from tests.factories.accounts import make_person


@pytest.fixture
def auditor(session, sign_in):
    person = make_person(session, Role.AUDITOR, name="監査 花子")
    clear(session)
    sign_in(person)
    return person


def record(session, action="pack.frozen", of=("pack", "p-1"), *, actor=None, now=NOON):
    record_audit(session, action, of, actor=actor, now=now, digest="abc")
    session.commit()


def text_of(answer):
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows_of(answer):
    lines = text_of(answer).removeprefix("\ufeff").splitlines()
    return list(csv.DictReader(lines))


def test_a_row_says_who_what_when_from_what_and_under_which_seal(
    client, session, auditor
):
    make_trail(session, batches=1, rows=1)
    record(session, of=("pack", "p-2"), actor=auditor.subject_id)
    page = text_of(client.get("/audit/"))
    assert "判定資料を固定" in page
    assert "監査 花子" in page
    assert str(auditor.subject_id) in page
    assert str(ACTOR) in page
    assert "（名前なし）" in page
    assert "2026年11月23日" in page
    assert "（月）</span></span> 12:00" in page
    assert "判定資料 <code" in page  # what it is about, in the reader's language
    assert "第1束" in page
    assert "封印待ち" in page
    assert page.index("p-2") < page.index(str(ACTOR))


def test_acts_without_a_person_are_the_operators(client, session, auditor):
    record(session)
    assert "サーバーの運用者" in text_of(client.get("/audit/"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("action=key.made", ["k-1"]),
        ("object_id=p-1", ["p-1"]),
        (f"actor={ACTOR}", ["k-1"]),
        ("day=2026-11-24", ["p-9"]),
        ("day=2026-11-23", ["k-1", "p-1"]),
        ("action=key.made&day=2026-11-24", []),
        ("", ["p-9", "k-1", "p-1"]),
    ],
)
def test_filters_narrow_page_and_file_alike(client, session, auditor, query, expected):
    record(session)
    record(session, "key.made", ("key", "k-1"), actor=ACTOR)
    # 00:30 of the 24th in Tokyo is still the 23rd in UTC
    record(session, of=("pack", "p-9"), now=NOON + timedelta(hours=12, minutes=30))
    page = text_of(client.get(f"/audit/?{query}"))
    for name in ("p-1", "k-1", "p-9"):
        assert (f">{name}<" in page) == (name in expected)
    rows = rows_of(client.get(f"/audit/trail.csv?{query}"))
    assert [row["object_id"] for row in rows] == expected


def test_pages_follow_each_other_without_gap_or_double(client, session, auditor):
    for number in range(120):
        write(session, number)
    session.commit()
    seen, address = [], "/audit/?action=records.exported"
    while address:
        page = text_of(client.get(address))
        seen += [number for number in range(120) if f"{number:064x}" in page]
        end = page.partition('rel="next" href="')[2].partition('"')[0]
        address = end.replace("&amp;", "&")
    assert sorted(seen) == list(range(120))


@pytest.mark.parametrize("query", ["actor=nobody", "day=yesterday", "action=none"])
def test_a_filter_that_cannot_be_used_is_said_and_comes_back(client, auditor, query):
    answer = client.get(f"/audit/?{query}")
    assert answer.status_code == 422
    assert "error-summary" in answer.get_data(as_text=True)
    assert client.get(f"/audit/trail.csv?{query}").status_code == 404


@pytest.mark.parametrize("cursor", ["x", str(UUID(int=5))])
def test_a_page_after_a_row_that_is_not_there_is_not_found(client, auditor, cursor):
    assert client.get(f"/audit/?after={cursor}").status_code == 404


def test_the_file_runs_no_formula_and_names_nobody(client, session, auditor):
    record(session, of=("pack", "=1+1"), actor=auditor.subject_id)
    (row,) = rows_of(client.get("/audit/trail.csv"))
    assert row["object_id"] == "'=1+1"
    assert row["actor_id"] == str(auditor.subject_id)
    assert row["inputs"] == '{"digest": "abc"}'
    assert "花子" not in str(row)


def test_a_long_file_comes_whole(client, session, auditor):
    for number in range(1100):
        session.add(
            AuditEvent(
                at=NOON,
                action="pack.frozen",
                object_kind="pack",
                object_id=str(number),
                inputs={},
            )
        )
    session.commit()
    rows = rows_of(client.get("/audit/trail.csv"))
    assert [row["object_id"] for row in rows] == [str(n) for n in range(1099, -1, -1)]


def test_every_act_has_a_name_of_its_own_in_both_languages(client, auditor):
    japanese = text_of(client.get("/audit/"))
    english = client.get("/audit/?lang=en", follow_redirects=True).get_data(True)
    for action, name in ACTIONS.items():
        assert name in english
        assert f'value="{action}"' in japanese
        assert f">{name}<" not in japanese


def test_the_home_of_an_auditor_leads_to_the_trail(client, session, auditor):
    make_trail(session, batches=2)
    page = text_of(client.get("/"))
    assert 'href="/audit/"' in page
    assert "第2束" in page


def test_what_an_act_followed_from_has_words_and_the_file_keeps_the_keys(
    client, session, auditor
):
    inputs = {"kid": "k-1", "outcome": "award", "roles": ["trainee"], "pack": None}
    session.add(
        AuditEvent(
            at=NOON,
            action="decision.recorded",
            object_kind="decision",
            object_id="1",
            inputs=inputs,
        )
    )
    session.commit()
    text = text_of(client.get("/audit/"))
    for said in ("鍵の名前", "結果 認証", "役割 受講者", "判定資料のダイジェスト –"):
        assert said in text
    (row,) = rows_of(client.get("/audit/trail.csv"))
    assert json.loads(row["inputs"]) == inputs
