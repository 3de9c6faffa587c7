"""The doctor finds what is missing, says how to mend it, and keeps secrets."""

import json
import os
import re
import socket
from dataclasses import fields, replace
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, make_url, select, text, update
from sqlalchemy.orm import Session

from lms.accounts.models import Profile, RoleGrant
from lms.accounts.second_factor.models import SecondFactor
from lms.audit.services import record_audit, seal_events
from lms.cli import cli
from lms.clock import utc_now
from lms.content.models import Publication
from lms.credentials.models import Credential, SigningKey
from lms.credentials.queries.keys import Strays, find_strays
from lms.credentials.services.keys import make_key
from lms.db import Database, make_engine
from lms.jobs.models import OutboxMail
from lms.migrations import upgrade_database
from lms.oidc import OidcSettings
from lms.operation.doctor import reachable
from lms.operation.doctor.commands import CHECKS, examine
from lms.operation.doctor.configured import list_settings
from lms.operation.doctor.findings import Check, Level
from lms.permissions import Role
from lms.settings import PROJECT_ROOT
from tests.accounts.oidc_provider import running_provider
from tests.databases import (
    answering_redis,
    asked_for_postgres,
    empty_file,
    fresh_database,
)
from tests.factories.accounts import make_person
from tests.jobs.post import SmtpServer, running
from tests.operation.archives import MIGRATIONS


@pytest.fixture
def sound(template_url, tmp_path, settings):
    """A real installation in which nothing is amiss, with a database of its own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    with fresh_database(tmp_path, template=template_url) as url:
        found = replace(
            settings,
            database_url=url,
            keys_secret="locks-keys-" * 4,
            data_dir=folder,
            body_name_ja="見本認証機構",
            body_name_en="Sample Body",
            trusted_proxies=1,
            is_testing=False,
        )
        engine = make_engine(url)
        with Database(engine).transaction() as session:
            make_key(session, found, now=utc_now())
            session.flush()
            seal_events(session, now=utc_now())
        engine.dispose()
        yield found


def change(settings, *acts):
    """Act on the installation's database, and commit."""
    engine = make_engine(settings.database_url)
    with Database(engine).transaction() as session:
        for act in acts:
            act(session)
    engine.dispose()


def troubles(settings, *names):
    """What is not well, as `check: text`."""
    checks = [row for row in CHECKS if not names or row.name in names]
    return [
        (name, one.level.value, one.text, one.remedy)
        for name, one in examine(settings, checks)
        if one.level is not Level.OK
    ]


def only_trouble(settings, name):
    [(_, level, text, remedy)] = troubles(settings, name)
    assert remedy
    return level, text, remedy


def test_sound_installation_has_no_errors_and_one_hint_about_mail(sound):
    assert [(name, level) for name, level, *_ in troubles(sound)] == [
        ("mail", "warning")
    ]


@pytest.mark.parametrize(
    ("name", "settings_change", "level", "words", "remedy"),
    [
        ("secrets", {"keys_secret": ""}, "warning", "signs sessions", "relock"),
        (
            "body",
            {"body_name_en": "Certification body"},
            "warning",
            "見本認証機構 / Certification body",
            "LMS_BODY_NAME_EN",
        ),
        ("address", {"public_url": "http://a.example"}, "warning", "https", "URL"),
        ("proxies", {"trusted_proxies": 0}, "warning", "counts as one", "mostly 1"),
        ("address", {"public_url": "https://localhost"}, "warning", "https", "URL"),
        ("demo", {"is_demo": True}, "warning", "anybody can sign in", "LMS_DEMO"),
        ("time zone", {"time_zone": "Mars/Base"}, "error", "Mars/Base", "tzdata"),
        ("time zone", {"time_zone": "../x"}, "error", "not known", "LMS_TIME_ZONE"),
        ("mail", {"smtp_url": None}, "warning", "folder outbox", "LMS_SMTP_URL"),
        (
            "mail",
            {"smtp_url": "smtp://u:hidden@127.0.0.1:1", "mail_from": "a@b.example"},
            "error",
            "ConnectionRefusedError",
            "LMS_SMTP_URL",
        ),
        (
            "redis",
            {"redis_url": "redis://:hidden@127.0.0.1:1/0"},
            "error",
            "refused",
            "Start it",
        ),
    ],
)
def test_each_setting_that_makes_trouble_is_named_with_its_remedy(
    sound, name, settings_change, level, words, remedy
):
    found = only_trouble(replace(sound, **settings_change), name)
    assert found[0] == level
    assert words in found[1]
    assert remedy in found[2]
    assert "hidden" not in "".join(found)


def test_mail_server_is_greeted_and_gets_no_mail(sound):
    with running(SmtpServer()) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        configured = replace(sound, smtp_url=url, mail_from="office@body.example")
        assert troubles(configured, "mail") == []
    assert server.mails == []


def test_sign_in_service_is_asked_where_it_is(sound):
    known = {"client_id": "us", "client_secret": "hidden-secret"}
    away = OidcSettings(issuer="http://127.0.0.1:1", **known)
    found = only_trouble(replace(sound, oidc=away), "sign-in")
    assert (found[0], "LMS_OIDC_ISSUER" in found[2]) == ("error", True)
    with running_provider() as provider:
        there = replace(sound, oidc=OidcSettings(issuer=provider.issuer, **known))
        assert troubles(there, "sign-in") == []
        shown = dict(list_settings(there))
    assert shown["LMS_OIDC_CLIENT_SECRET"] == "set, 13 characters"
    assert dict(list_settings(sound))["LMS_OIDC_CLIENT_SECRET"] == "not set"


def test_demo_needs_neither_mail_server_nor_address_nor_secret_nor_name(sound):
    demo = replace(
        sound,
        is_demo=True,
        keys_secret="",
        public_url="http://127.0.0.1",
        body_name_ja="認証機関",
    )
    assert troubles(demo, "mail", "address", "secrets", "body") == []


def test_folder_that_is_missing_or_open_to_all_is_found(sound):
    missing = replace(sound, data_dir=sound.data_dir / "none")
    level, text, remedy = only_trouble(missing, "data folder")
    assert (level, "No such file" in text) == ("error", True)
    assert troubles(missing, "disk") == []
    sound.data_dir.chmod(0o755)
    level, text, remedy = only_trouble(sound, "data folder")
    assert (level, "chmod" in remedy) == ("warning", True)


@pytest.mark.parametrize(
    ("limit", "level"), [("_FEW_BYTES", "warning"), ("_LEAST_BYTES", "error")]
)
def test_disk_that_fills_up_is_found_before_it_is_full(
    sound, monkeypatch, limit, level
):
    monkeypatch.setattr(reachable, limit, 1 << 62)
    assert only_trouble(sound, "disk")[0] == level


def test_database_that_is_missing_or_does_not_answer_is_found_and_not_made(
    sound, tmp_path
):
    path = tmp_path / "none.sqlite"
    absent = replace(sound, database_url=f"sqlite:///{path}")
    names = [row[0] for row in troubles(absent, "database", "schema", "keys")]
    assert names == ["database"]
    assert not path.exists()
    silent = replace(
        sound, database_url="postgresql+psycopg://user:hidden@127.0.0.1:1/x"
    )
    level, text, _ = only_trouble(silent, "database")
    assert (level, "connection refused" in text.lower()) == ("error", True)
    assert "hidden" not in str(troubles(silent))


def test_a_file_that_cannot_be_read_is_an_error_with_its_remedy(run, tmp_path):
    cut = tmp_path / "cut.sqlite"
    engine = make_engine(empty_file(cut))
    upgrade_database(engine, MIGRATIONS)
    engine.dispose()
    os.truncate(cut, 100_000)
    foreign = tmp_path / "passwd"
    foreign.write_text("root:x:0:0\n" * 100)
    for path, words, remedy in (
        (cut, "malformed", "Restore a backup"),
        (foreign, "file is not a database", "Correct LMS_DATABASE_URL"),
    ):
        result = run(LMS_DATABASE_URL=f"sqlite:///{path}")
        assert (result.exit_code, words in result.output) == (1, True)
        assert remedy in result.output


def test_damage_inside_a_file_is_found(sound, tmp_path):
    path = tmp_path / "own.sqlite"
    engine = make_engine(empty_file(path))
    upgrade_database(engine, MIGRATIONS)
    with engine.connect() as connection:
        ids = range(1, 2000)
        connection.exec_driver_sql("CREATE TABLE filled (id INTEGER PRIMARY KEY, x)")
        for number in ids:
            connection.exec_driver_sql(
                "INSERT INTO filled VALUES (?, ?)", (number, "x" * 400)
            )
        connection.commit()
    engine.dispose()
    raw = bytearray(path.read_bytes())
    raw[-8192:] = bytes(8192)
    path.write_bytes(raw)
    damaged = replace(sound, database_url=f"sqlite:///{path}")
    level, words, remedy = only_trouble(damaged, "database")
    assert (level, "damaged" in words, "Restore" in remedy) == ("error", True, True)


def test_a_row_that_refers_to_one_that_is_not_there_is_found(sound, tmp_path):
    engine = make_engine(empty_file(tmp_path / "own.sqlite"))
    upgrade_database(engine, MIGRATIONS)
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(
            "INSERT INTO role_grants (id, person_id, role, granted_at) "
            "VALUES (7, 999, 'rater', '2026-01-01')"
        )
        connection.commit()
    engine.dispose()
    broken = replace(sound, database_url=f"sqlite:///{tmp_path / 'own.sqlite'}")
    level, words, _ = only_trouble(broken, "database")
    assert (level, "row 7 of role_grants to people" in words) == ("error", True)


@pytest.mark.skipif(asked_for_postgres() is None, reason="SQLite has no users")
def test_who_may_not_read_the_tables_or_does_not_exist_is_told_so(sound):
    engine = make_engine(sound.database_url)
    name = f"lms_test_{uuid4().hex[:8]}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    url = make_url(sound.database_url)
    try:
        for other, words, remedy in (
            (url.set(username=name), "permission denied", "Give the database"),
            (url.set(username="lms_nobody"), "does not exist", "Make that role"),
            (url.set(database="lms_nowhere"), "does not exist", "Make that database"),
        ):
            shown = other.render_as_string(hide_password=False)
            found = only_trouble(replace(sound, database_url=shown), "database")
            assert (found[0], words in found[1]) == ("error", True)
            assert remedy in found[2]
        some = replace(sound, database_url=shown_for(url, name))
        with engine.begin() as connection:
            connection.execute(text(f"GRANT SELECT ON alembic_version TO {name}"))
        assert troubles(some, "database", "schema") == []
        level, words, remedy = only_trouble(some, "outbox")
        assert (level, "permission denied" in words) == ("error", True)
        assert "Give the database" in remedy
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))
        engine.dispose()


def shown_for(url, name):
    return url.set(username=name).render_as_string(hide_password=False)


def test_a_redis_that_accepts_and_is_silent_holds_nobody_up(sound, monkeypatch):
    monkeypatch.setattr(reachable, "_TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for scheme in ("redis", "rediss"):
            url = f"{scheme}://:hidden@127.0.0.1:{port}/0"
            level, text, remedy = only_trouble(replace(sound, redis_url=url), "redis")
            assert (level, "Timeout" in text, "rediss" in remedy) == (
                "error",
                True,
                True,
            )


@pytest.mark.parametrize(
    ("place", "words", "remedy"),
    [
        ("nobody:hidden@127.0.0.1:6379/0", "username-password", "user and password"),
        ("127.0.0.1:6379/99999", "DB index", "Correct the database"),
    ],
)
def test_a_redis_that_refuses_says_why(sound, place, words, remedy):
    answering_redis("redis://127.0.0.1:6379/9").close()
    found = only_trouble(replace(sound, redis_url=f"redis://{place}"), "redis")
    assert (words in found[1], remedy in found[2]) == (True, True)
    assert "hidden" not in "".join(found)


def test_empty_database_is_told_to_upgrade(sound, tmp_path):
    with fresh_database(tmp_path) as url:
        change(replace(sound, database_url=url), lambda session: session.connection())
        level, _, remedy = only_trouble(replace(sound, database_url=url), "schema")
        assert (level, remedy) == ("error", "Run: lms db upgrade")


def test_database_of_a_later_version_is_not_told_to_upgrade(sound):
    later = text("UPDATE alembic_version SET version_num = '29990101_later'")
    change(sound, lambda session: session.execute(later))
    level, words, remedy = only_trouble(sound, "schema")
    assert (level, "does not know" in words) == ("error", True)
    assert "upgrade" not in remedy.replace("upgraded", "").replace("the upgrade", "")


def test_clock_of_another_machine_that_goes_wrong_is_found(sound, monkeypatch):
    assert troubles(sound, "clocks") == []
    late = utc_now() - timedelta(minutes=2)
    monkeypatch.setattr("lms.operation.doctor.commands.utc_now", lambda: late)
    if sound.database_url.startswith("postgresql"):
        assert "NTP" in only_trouble(sound, "clocks")[2]


def test_content_that_is_missing_is_found(sound, tmp_path):
    level, text, _ = only_trouble(
        replace(sound, content_root=tmp_path / "none"), "content"
    )
    assert (level, "LMS_CONTENT_ROOT" in text) == ("error", True)
    empty = replace(sound, content_root=tmp_path)
    assert "holds no content" in only_trouble(empty, "content")[1]
    change(sound, lambda session: session.execute(delete(Publication)))
    assert only_trouble(sound, "content")[2] == "Run: lms content publish"


def test_keys_that_are_missing_or_locked_otherwise_are_found(sound):
    other = replace(sound, keys_secret="another-secret-" * 3)
    assert [row[1] for row in troubles(other, "keys")] == ["error", "warning"]
    older = replace(sound, keys_secret="")
    change(sound, lambda session: make_key(session, older, now=utc_now()))
    assert "still locked under LMS_SECRET_KEY" in only_trouble(sound, "keys")[1]
    change(sound, lambda session: session.execute(delete(SigningKey)))
    assert only_trouble(sound, "keys")[2] == "Run: lms keys new"


def test_an_address_that_has_changed_is_found(sound):
    assert troubles(sound, "permanence") == []
    forgotten = replace(sound, public_url="http://127.0.0.1:8000")
    level, text, remedy = only_trouble(forgotten, "permanence")
    assert (level, sound.public_url in text) == ("error", True)
    assert "--new-address" in remedy
    change(sound, lambda session: make_key(session, forgotten, now=utc_now()))
    assert troubles(forgotten, "permanence") == []


def test_credentials_of_another_address_than_their_key_are_counted(living):
    own = replace(living, is_demo=False)
    assert troubles(own, "permanence") == []
    engine = make_engine(own.database_url)
    with engine.connect() as connection, Session(connection) as session:
        one = session.scalars(select(Credential).limit(1)).one()
        one.document = {**one.document, "id": "http://127.0.0.1:8000/verify/x"}
        session.flush()
        assert find_strays(session, own.public_url) == Strays(None, 1)
    engine.dispose()


def add_mail(**given):
    def add(session):
        person = make_person(session, name="秘匿 花子", email="hidden@test.example")
        moments = {"created_at": utc_now(), "next_attempt_at": utc_now()}
        session.add(
            OutboxMail(person_id=person.id, kind="x", values={}, **{**moments, **given})
        )

    return add


def test_mails_that_stay_are_found_without_naming_anybody(sound):
    change(sound, add_mail())
    assert troubles(sound, "outbox") == []
    late = utc_now() - timedelta(hours=1)
    change(sound, lambda s: s.execute(update(OutboxMail).values(next_attempt_at=late)))
    level, _, remedy = only_trouble(sound, "outbox")
    assert (level, "lms worker" in remedy) == ("warning", True)
    failed = {"next_attempt_at": None, "last_error": "SMTPRecipientsRefused"}
    change(sound, lambda s: s.execute(update(OutboxMail).values(**failed)))
    assert "could not be sent" in only_trouble(sound, "outbox")[1]


def test_acts_that_nobody_seals_are_found(sound):
    assert troubles(sound, "audit") == []
    late = utc_now() - timedelta(hours=1)
    change(
        sound,
        lambda s: record_audit(s, "key.made", ("key", "x"), actor=None, now=late),
    )
    level, text, _ = only_trouble(sound, "audit")
    assert (level, "1 act without a seal" in text) == ("warning", True)


def test_certifiers_without_a_second_factor_are_counted_and_not_named(sound):
    assert troubles(sound, "factors") == []
    change(
        sound,
        lambda s: make_person(s, Role.CERTIFIER, Role.ADMINISTRATOR, name="秘匿"),
        lambda s: make_person(s, Role.TRAINEE),
    )
    level, text, _ = only_trouble(sound, "factors")
    assert (level, text[:2], "秘匿" in text) == ("warning", "1 ", False)
    assert troubles(replace(sound, is_demo=True), "factors") == []

    def confirm(session):
        person = session.scalars(
            select(RoleGrant.person_id).where(RoleGrant.role == Role.CERTIFIER.value)
        ).one()
        session.add(
            SecondFactor(
                person_id=person,
                sealed_secret="sealed",
                offered_at=utc_now(),
                confirmed_at=utc_now(),
            )
        )

    change(sound, confirm)
    assert troubles(sound, "factors") == []


def test_addresses_that_nobody_is_found_by_are_named_by_id_alone(sound):
    change(sound, lambda s: make_person(s, email="known@test.example"))
    assert troubles(sound, "addresses") == []

    lost = []

    def keep_as_typed(session):
        person = make_person(session)
        person.profile.email = "ｗｉｄｅ@test.example"
        lost.append(str(person.subject_id))

    change(sound, keep_as_typed)
    level, text, remedy = only_trouble(sound, "addresses")
    assert (level, lost[0] in text, "ｗ" in text) == ("warning", True, False)
    assert text.startswith("1 person with")
    assert "save" in remedy


def test_check_that_fails_is_a_finding_without_its_text(sound):
    def fail(_here):
        raise RuntimeError("hidden")
        yield

    [(name, one)] = examine(sound, [Check("own", fail)])
    assert (name, one.level) == ("own", Level.ERROR)
    assert "RuntimeError" in one.text
    assert "hidden" not in one.text


def test_nothing_secret_or_personal_is_ever_shown(sound):
    secrets = {
        "smtp_url": "smtp://u:hidden-1@127.0.0.1:1",
        "redis_url": "redis://:hidden-2@127.0.0.1:1/0",
        "mail_from": "office@body.example",
    }
    change(sound, add_mail())
    shown = "\n".join(str(one) for _, one in examine(replace(sound, **secrets)))
    engine = make_engine(sound.database_url)
    with Database(engine).session() as session:
        people = session.query(Profile).all()
    engine.dispose()
    for forbidden in (
        "hidden",
        sound.secret_key,
        sound.keys_secret,
        *(value for person in people for value in (person.name, person.email)),
    ):
        assert forbidden not in shown


def test_every_secret_setting_is_marked_as_one(sound):
    marked = {field.name for field in fields(sound) if not field.repr}
    likely = {
        field.name
        for field in fields(sound)
        if re.search(r"secret|password|token|key|_url$", field.name)
    }
    assert likely - {"public_url"} <= marked


def test_every_variable_that_settings_read_is_known(sound):
    lms = PROJECT_ROOT / "lms"
    source = "".join((lms / name).read_text() for name in ("settings.py", "oidc.py"))
    read = set(re.findall(r'"(LMS_[A-Z_]+)"', source))
    assert read <= {name for name, _ in list_settings(sound)}


@pytest.fixture
def run(sound, monkeypatch):
    """Run `lms doctor` with the environment of the sound installation."""
    for name, value in {
        "LMS_DATABASE_URL": sound.database_url,
        "LMS_SECRET_KEY": sound.secret_key,
        "LMS_KEYS_SECRET": sound.keys_secret,
        "LMS_DATA_DIR": str(sound.data_dir),
        "LMS_PUBLIC_URL": sound.public_url,
        "LMS_TRUSTED_PROXIES": "1",
        "LMS_BODY_NAME_JA": sound.body_name_ja,
        "LMS_BODY_NAME_EN": sound.body_name_en,
    }.items():
        monkeypatch.setenv(name, value)

    def call(*options, **variables):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            return CliRunner().invoke(cli, ["doctor", *options])

    return call


def test_command_ends_well_with_warnings_and_badly_with_errors(run):
    well = run(LMS_SLIP="1")
    assert well.exit_code == 0
    assert "LMS_SLIP is set, but there is no such setting" in well.output
    assert "→ Compare the name" in well.output
    assert well.output.endswith("0 errors, 2 warnings\n")
    badly = run(LMS_TIME_ZONE="Mars/Base")
    assert badly.exit_code == 1
    assert badly.output.endswith("1 error, 1 warning\n")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("LMS_SECRET_KEY", "short", "must have at least 32 characters"),
        ("LMS_DATABASE_URL", "mysql://u:hidden@a/b", "must look like sqlite:"),
    ],
)
def test_settings_that_cannot_be_used_are_a_finding_too(run, variable, value, words):
    result = run(**{variable: value})
    assert result.exit_code == 1
    assert f"{variable} {words}" in result.output
    assert "hidden" not in result.output


def test_the_name_of_the_body_is_said_as_it_will_stand_in_credentials(run):
    named = run(LMS_BODY_NAME_JA="機構", LMS_BODY_NAME_EN="Body")
    assert "credentials are issued by: 機構 / Body\n" in named.output
    left_empty = run(LMS_BODY_NAME_JA="", LMS_BODY_NAME_EN=" ")
    assert "issued by: 認証機関 / Certification body, which is no" in left_empty.output


def test_answer_for_programs(run):
    rows = json.loads(run("--format", "json").output)
    assert {"check", "level", "text", "remedy"} == set(rows[0])
    assert {row["check"] for row in rows} >= {"database", "keys", "outbox"}


def test_upgraded_database_without_anything_needs_content_and_a_key(sound, tmp_path):
    with fresh_database(tmp_path) as url:
        engine = make_engine(url)
        upgrade_database(engine, sound.migrations_dir)
        engine.dispose()
        found = troubles(replace(sound, database_url=url), "content", "keys")
        assert [row[3] for row in found] == [
            "Run: lms content publish",
            "Run: lms keys new",
        ]
