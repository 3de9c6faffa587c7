"""Lists of people: every fault named, nothing half written, few statements."""

from base64 import b64encode
from io import BytesIO

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import event, func, select

from lms.accounts.admin.imports.apply import ChangedPlanError, ImportOrder, apply_import
from lms.accounts.admin.imports.plan import Outcome, plan_import
from lms.accounts.domain.people_file import PeopleFileError, read_people
from lms.accounts.domain.people_words import (
    HEADS,
    NO_ROLE,
    ROLE_WORDS,
    UNKNOWN_HEAD,
    Column,
)
from lms.accounts.models import Assignment, Organisation, Person, Profile
from lms.audit.models import AuditEvent
from lms.jobs.models import OutboxMail
from lms.permissions import Role
from tests.conftest import NOON
from tests.factories.accounts import make_person

HEAD = "name,email,kana,roles,organisation,supervisor"


def listed(*rows, head=HEAD):
    return "\r\n".join([head, *rows, ""]).encode()


def order(plan, **given):
    return ImportOrder(
        **{
            "confirmed": plan.digest,
            "actor": None,
            "now": NOON,
            "invites": True,
            **given,
        }
    )


def count(session, row):
    return session.scalar(select(func.count()).select_from(row))


def faults_by_line(rows):
    return {row.line: [str(fault) for fault in row.faults] for row in rows}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_files_of_spreadsheets_in_japan_are_read(encoding):
    text = "氏名,メールアドレス,役割\r\n髙橋　花,Hana@Test.example,受講者、指導者\r\n"
    found = read_people(text.encode(encoding))
    assert found.encoding == encoding.removesuffix("-sig")
    (row,) = found.rows
    assert (row.line, row.name, row.email) == (2, "髙橋　花", "hana@test.example")
    assert row.roles == (Role.TRAINEE, Role.SUPERVISOR)
    assert row.faults == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "does not name the column"),
        (b"name,email\n", "no row"),
        (b"name,age\n", "not known"),
        (b"name,name,email\n", "twice"),
        (b"name,kana\n", "“email”"),
        (b"name;email\n", "with commas"),
        (b"name\temail\n", "“TAB”"),
        (b"name,age\n", "commas, and the file is in UTF-8 or Shift_JIS"),
        (b"PK\x03\x04moon", "no CSV file"),
        ("name,email\n".encode("utf-16"), "CSV UTF-8"),
        (b"name,email\n\xfc\xfc,a@b.example\n", "neither UTF-8 nor Shift_JIS"),
        (b"name,email\n" + b"a,a@b.example\n" * 5001, "5000 rows"),
        (b"name,email\n" + b"x" * 1024 * 1024, "1024 KiB"),
        (b"name,email\n" + b"x" * 200_000, "no row of a CSV"),
    ],
)
def test_files_that_are_no_list_are_refused_with_the_remedy(content, said):
    with pytest.raises(PeopleFileError, match=said):
        read_people(content)


def test_every_fault_of_every_row_is_named_with_its_line():
    found = read_people(
        listed(
            '"two\nlines",a@test.example,,,,',
            ",no address,,moon;trainee,,",
            "short,b@test.example",
            "",
            "good,c@test.example,,,,",
            f"{'x' * 201},C@test.example,,,,nobody",
        )
    )
    faults = faults_by_line(found.rows)
    assert list(faults) == [2, 4, 5, 7, 8]
    assert faults[7] == []
    assert "line end" in faults[2][0]
    assert len(faults[4]) == 3
    assert "Cells in this row: 2; in the first line: 6." in faults[5][0]
    assert {"200", "e-mail", "7"} <= set(" ".join(faults[8]).replace(".", "").split())


def test_signs_that_nobody_sees_are_left_out_and_make_no_name():
    hidden, shown = read_people(
        listed(
            "\u200b\u3164,a@test.example,,,,", "花\u202e子,ｂ＠test.example\u200b,,,,"
        )
    ).rows
    assert [str(fault) for fault in hidden.faults] == ["The name is missing."]
    assert (shown.name, shown.email, shown.faults) == ("花子", "b@test.example", ())


def test_a_row_names_what_is_missing_here(session):
    supervisor = make_person(session, Role.SUPERVISOR)
    author = make_person(session, Role.AUTHOR)
    gone = make_person(session)
    gone.is_enabled = False
    me = make_person(session, Role.ADMINISTRATOR)
    session.flush()
    rows = (
        "a,a@test.example,,,nowhere,",
        "b,b@test.example,,,,nobody@test.example",
        f"c,c@test.example,,,,{author.profile.email}",
        f"d,d@test.example,,author,,{supervisor.profile.email}",
        f"e,{gone.profile.email},,,,",
        f"f,{me.profile.email},,certifier,,",
        f"g,g@test.example,,,,{supervisor.profile.email}",
    )
    plan = plan_import(session, read_people(listed(*rows)), actor=me.subject_id)
    assert [row.outcome.value for row in plan.rows] == ["refused"] * 6 + ["new"]
    said = [str(row.faults[0]) if row.faults else "" for row in plan.rows]
    for text, word in zip(
        said,
        ("nowhere", "nobody@", "supervisor", "trainee", "disabled", "This is you", ""),
        strict=True,
    ):
        assert word in text


def test_a_list_is_written_whole_and_the_second_time_changes_nothing(session):
    place = Organisation(name_ja="見本の窓口", name_en="Specimen counter")
    session.add(place)
    known = make_person(session, name="見本 旧姓")
    content = listed(
        "見本 新人,new@test.example,みほん しんじん,,見本の窓口,boss@test.example",
        "見本 上司,boss@test.example,,supervisor;certifier,specimen counter,",
        f"見本 新姓,{known.profile.email},,author,,boss@test.example",
    )
    plan = plan_import(session, read_people(content), actor=None)
    assert [row.outcome.value for row in plan.rows] == ["new", "new", "updated"]
    apply_import(session, plan, order(plan))
    session.flush()
    session.expire_all()
    rows = session.execute(select(Profile.email, Person).join(Person))
    people = dict(iter(rows))
    new, boss = people["new@test.example"], people["boss@test.example"]
    assert new.roles == (Role.TRAINEE,)
    assert boss.roles == (Role.SUPERVISOR, Role.CERTIFIER)
    assert new.organisation_id == boss.organisation_id == place.id
    assert new.profile.search_text.startswith("みほんしんじん")
    assert known.profile.name == "見本 新姓"
    assert known.profile.search_text.startswith("見本新姓")
    assert known.roles == (Role.TRAINEE, Role.AUTHOR)
    guided = session.scalars(
        select(Assignment.learner_id).where(Assignment.supervisor_id == boss.id)
    )
    assert set(guided) == {new.id, known.id}
    assert count(session, OutboxMail) == 2
    again = plan_import(session, read_people(content), actor=None)
    assert again.count(Outcome.UNCHANGED) == 3
    assert not again.can_be_applied


def test_the_trail_has_the_list_and_each_person_but_no_name(session):
    content = listed("見本 新人,new@test.example,,,,")
    plan = plan_import(session, read_people(content), actor=None)
    apply_import(session, plan, order(plan, invites=False))
    session.flush()
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.inputs["list"].is_not(None))
    ).all()
    one = session.scalar(
        select(AuditEvent).where(AuditEvent.action == "people.imported")
    )
    assert one.object_id == plan.file.digest
    assert one.inputs["new"] == 1
    assert "person.registered" in {row.action for row in rows}
    assert "見本" not in str([row.inputs for row in rows])
    assert count(session, OutboxMail) == 0


def test_what_was_confirmed_before_a_change_is_refused(session):
    content = listed("見本 新人,new@test.example,,,,")
    plan = plan_import(session, read_people(content), actor=None)
    make_person(session, email="new@test.example", name="見本 先")
    later = plan_import(session, read_people(content), actor=None)
    with pytest.raises(ChangedPlanError):
        apply_import(session, later, order(plan))


def test_a_list_takes_as_many_statements_for_two_hundred_rows_as_for_twenty(
    session, engine
):
    def statements(prefix, number):
        seen = []
        rows = [
            f"{prefix}{n},{prefix}{n}@test.example,,,,{prefix}0@test.example"
            for n in range(1, number)
        ]
        boss = f"{prefix}0,{prefix}0@test.example,,supervisor,,"
        event.listen(
            engine, "before_cursor_execute", listener := lambda *a: seen.append(a[2])
        )
        plan = plan_import(session, read_people(listed(boss, *rows)), actor=None)
        apply_import(session, plan, order(plan))
        session.flush()
        event.remove(engine, "before_cursor_execute", listener)
        assert plan.count(Outcome.NEW) == number
        return len(seen)

    statements("a", 5)
    assert statements("b", 200) <= statements("c", 20) + 2


@pytest.fixture
def administrator(session, sign_in):
    person = make_person(session, Role.ADMINISTRATOR)
    sign_in(person)
    return person


def send(client, content):
    return client.post(
        "/admin/people/import/", data={"file": (BytesIO(content), "people.csv")}
    )


def confirm(client, content, digest):
    return client.post(
        "/admin/people/import/confirm",
        data={"content": b64encode(content).decode(), "digest": digest, "invites": "y"},
    )


def digest_in(page):
    return page.split('name="digest"')[-1].split('value="')[1].split('"')[0]


def test_a_checked_list_is_written_only_when_it_is_confirmed(
    client, session, administrator
):
    before = count(session, Person)
    content = listed("=SUM(1),new@test.example,,,,", "見本 次,next@test.example,,,,")
    page = send(client, content)
    assert page.status_code == 200
    assert "new@test.example" in page.text
    assert count(session, Person) == before
    assert confirm(client, content, "0" * 64).status_code == 409
    assert count(session, Person) == before
    assert confirm(client, content, digest_in(page.text)).status_code == 303
    session.expire_all()
    assert count(session, Person) == before + 2
    assert confirm(client, content, digest_in(page.text)).status_code == 409


def test_one_bad_row_keeps_the_whole_list_out(client, session, administrator):
    before = count(session, Person)
    content = listed("見本 良,good@test.example,,,,", "見本 悪,bad,,,,")
    page = send(client, content).text
    assert "メールアドレスの形が正しくありません" in page
    assert 'action="/admin/people/import/confirm"' not in page
    plan = plan_import(session, read_people(content), actor=administrator.subject_id)
    assert confirm(client, content, plan.digest).status_code == 422
    assert count(session, Person) == before


def test_a_list_gives_nobody_who_sends_it_a_role(client, session, administrator):
    content = listed(f"私,{administrator.profile.email},,certifier,,")
    assert "自分の行です" in send(client, content).text
    plan = plan_import(session, read_people(content), actor=administrator.subject_id)
    assert confirm(client, content, plan.digest).status_code == 422
    session.expire_all()
    assert session.get(Person, administrator.id).roles == (Role.ADMINISTRATOR,)


def test_faults_name_columns_as_the_file_does_and_roles_as_the_reader_does(
    client, administrator
):
    rows = f"氏名,メールアドレス,役割\n{'長' * 201},a@test.example,月\n"
    page = send(client, rows.encode("cp932")).text
    assert "「氏名」が200文字を超えています。" in page
    assert "使える役割：受講者、指導者、" in page
    assert "trainee" not in page.split("<main")[1]


def test_every_column_and_role_is_named_to_readers_of_both_languages(app):
    names = app.extensions["lms_role_names"]
    with app.test_request_context(), force_locale("ja"):
        japanese, heads = gettext(NO_ROLE), gettext(UNKNOWN_HEAD)
        shown = {role: str(names[role]) for role in Role}
    for role in Role:
        assert role.value in NO_ROLE
        assert shown[role] in japanese
        assert ROLE_WORDS[shown[role]] is role
    known = heads.split("使える列名：")[1].split("。")[0].split("、")
    assert {HEADS[word] for word in known} == set(Column)
    english = UNKNOWN_HEAD.split("Known are: ")[1].split(".")[0].split(", ")
    assert english == [column.value for column in Column]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"moon\n1\n"])
def test_what_is_no_list_is_said_at_the_field(client, administrator, content):
    assert send(client, content).status_code == 422
    assert confirm(client, content, "x").status_code == 422
