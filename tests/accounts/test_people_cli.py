"""`lms people` on a database of its own."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.accounts.models import AccountLink, Person, Profile
from lms.cli import cli
from lms.db import Database, make_engine
from lms.errors import LmsError
from lms.permissions import Role
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.factories.accounts import make_person


@pytest.fixture
def place(tmp_path, template_url, monkeypatch):
    """A fresh installation; commands read it from the environment."""
    with fresh_database(tmp_path, template=template_url) as url:
        monkeypatch.setenv("LMS_DATABASE_URL", url)
        monkeypatch.setenv("LMS_SECRET_KEY", "only-for-tests-" * 4)
        monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
        engine = make_engine(url)
        yield Database(engine), tmp_path
        engine.dispose()


def run(*arguments):
    return CliRunner().invoke(cli, ["people", *map(str, arguments)])


def invite(email="first@test.example", role="administrator"):
    return run("invite", "--email", email, "--name", "見本 初", "--role", role)


def test_the_first_administrator_gets_a_link_that_opens_the_door(
    place, client, app, settings
):
    answer = invite()
    assert answer.exit_code == 0
    link = answer.stdout.split()[-1]
    assert "/sign-in/invitation/" in link
    with place[0].session() as session:
        person = session.scalar(select(Person).join(Profile))
        assert person.roles == (Role.ADMINISTRATOR,)
    assert isinstance(invite().exception, LmsError)
    assert isinstance(invite(email="no address").exception, LmsError)


def test_a_lost_link_of_the_first_administrator_is_made_again(place):
    first = invite().stdout.split()[-1]
    refused = str(invite().exception)
    assert "lms people invite --again first@test.example" in refused
    assert "/sign-in/forgotten" in refused
    at_once = run("invite", "--again", "First@test.example")
    assert at_once.stdout.split()[-1] == first  # it is younger than a minute
    with place[0].transaction() as session:
        session.scalars(select(AccountLink)).one().created_at = NOON
    again = run("invite", "--again", "First@test.example")
    assert again.exit_code == 0
    link = again.stdout.split()[-1]
    assert "/sign-in/invitation/" in link
    assert link != first
    with place[0].transaction() as session:
        session.scalars(select(Profile)).one().password_hash = "x"
    for known in ("first@test.example", "nobody@test.example"):
        assert isinstance(run("invite", "--again", known).exception, LmsError)
    assert run("invite").exit_code == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "empty"),
        (" \t　", "empty"),
        ("x" * 201, "at most 200"),
        ("a\x1b[2Jb", "control character"),
        ("a\nb", "line end"),
        ("a\udcffb", "control character"),
    ],
)
def test_a_name_that_no_page_would_take_is_refused(place, name, words):
    given = ("--email", "a@test.example", "--role", "author")
    refused = run("invite", *given, "--name", name)
    assert (refused.exit_code, words in refused.stderr) == (2, True)
    if name.strip():
        with_reading = run("invite", *given, "--name", "見本", "--kana", name)
        assert (with_reading.exit_code, words in with_reading.stderr) == (2, True)
    with place[0].session() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize("command", ["disable", "enable"])
@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_an_act_without_a_reason_is_refused(place, command, reason):
    refused = run(command, "a@test.example", "--reason", reason)
    assert (refused.exit_code, "'--reason'" in refused.stderr) == (2, True)


def test_with_a_mail_server_no_link_is_printed(place, monkeypatch):
    monkeypatch.setenv("LMS_SMTP_URL", "smtp://mail.example:587")
    monkeypatch.setenv("LMS_MAIL_FROM", "lms@test.example")
    said = invite().stdout
    assert "mailed" in said
    assert "/sign-in/" not in said


def test_people_are_listed_for_people_and_for_programs(place):
    with place[0].session(writes=True) as session:
        make_person(session, Role.AUTHOR, name="見本 甲", email="a@test.example")
        make_person(session, name="見本 乙", email="b@test.example")
    assert run("list", "--role", "author").stdout.startswith("a@test.example\t見本 甲")
    said = json.loads(run("list", "--search", "乙", "--format", "json").stdout)
    assert [row["email"] for row in said["people"]] == ["b@test.example"]


def test_a_dry_run_says_everything_and_writes_nothing(place):
    database, folder = place
    file = folder / "people.csv"
    file.write_text("name,email\n見本,a@test.example\n見本,bad\n,b@test.example\n")
    answer = run("import", file, "--dry-run")
    assert answer.exit_code == 1
    assert "people.csv:3: " in answer.stderr
    assert "people.csv:4: " in answer.stderr
    assert "nothing written" in answer.stdout
    assert run("import", file).exit_code == 1
    file.write_text("name,email\n見本,a@test.example\n")
    assert run("import", file, "--dry-run").exit_code == 0
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0
    said = json.loads(run("import", file, "--format", "json").stdout)
    assert said["written"]
    assert said["counts"]["new"] == 1
    with database.session() as session:
        assert session.scalar(select(Profile.email)) == "a@test.example"


def test_disable_enable_and_help_after_a_loss(place):
    database, _folder = place
    with database.session(writes=True) as session:
        person = make_person(session, email="a@test.example")
        last = make_person(session, Role.ADMINISTRATOR, email="b@test.example")
    because = ("--reason", "見本")
    assert run("disable", "A@test.example", *because).exit_code == 0
    with database.session() as session:
        assert not session.get(Person, person.id).is_enabled
    assert run("enable", "a@test.example", *because).exit_code == 0
    assert run("remove-second-factor", "a@test.example").exit_code == 0
    refused = run("disable", last.profile.email, *because)
    assert isinstance(refused.exception, LmsError)
    assert isinstance(run("disable", "c@test.example", *because).exception, LmsError)
