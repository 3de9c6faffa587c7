"""Backups: nothing is lost, nothing half restored, no secret goes along."""

import gc
import json
import signal
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, event, insert, inspect, select
from sqlalchemy.exc import OperationalError

from lms.accounts.models import AccountLink, Person, Profile, RoleGrant, SignIn
from lms.app import create_app
from lms.audit.services import seal_events
from lms.audit.verification import FaultKind, TrailCheck
from lms.cli import cli
from lms.clock import utc_now
from lms.credentials.domain import verify_credential
from lms.credentials.models import Credential, SigningKey
from lms.credentials.queries.keys import get_jwks
from lms.credentials.services.keys import make_key, rotate_key
from lms.db import Base, Database, make_engine
from lms.demo.setup import PASSWORD
from lms.errors import ConflictError
from lms.migrations import is_current, list_revisions, migrate, rebuilding
from lms.operation.backup.archive import Header, open_archive, write_archive
from lms.operation.backup.columns import PortableTable, describe
from lms.operation.backup.damage import ArchiveError
from lms.operation.backup.dump import back_up
from lms.operation.backup.load import RestoreOrder, restore
from lms.operation.refusals import remedy_for
from tests.conftest import NOON
from tests.databases import empty_file, fresh_database
from tests.factories.accounts import make_person
from tests.operation.archives import (
    MIGRATIONS,
    in_manifest,
    restore_into,
    rows_of,
    tamper,
    with_lines,
)


def all_rows(url):
    engine = make_engine(url)
    try:
        return rows_of(engine)
    finally:
        engine.dispose()


def tables_in(url):
    engine = make_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def without_last(rows):
    """Leave the restoring's own entry in the audit trail aside."""
    own = ("audit_events", "audit_waiting")
    return {**rows, **{name: rows[name][:-1] for name in own}}


def test_every_row_comes_back_in_the_same_and_in_the_other_kind_of_database(
    living, backup_file, empty_url, tmp_path
):
    before = all_rows(living.database_url)
    assert sum(map(len, before.values())) > 300
    restore_into(empty_url, backup_file)
    assert without_last(all_rows(empty_url)) == before

    lite = f"sqlite:///{tmp_path / 'lite.sqlite'}"
    restore_into(lite, backup_file)
    assert without_last(all_rows(lite)) == before

    engine = make_engine(lite)
    back_up(engine, living, tmp_path / "again.zip", now=NOON)
    engine.dispose()
    with fresh_database(tmp_path) as back:
        restore_into(back, tmp_path / "again.zip")
        assert all_rows(back)["people"] == before["people"]
        assert without_last(without_last(all_rows(back))) == before


def test_restored_installation_verifies_signs_and_lets_people_in(
    moved, empty_url, backup_file
):
    restore_into(empty_url, backup_file)
    engine = make_engine(empty_url)
    with Database(engine).transaction() as session:
        jwks = get_jwks(session)
        tokens = session.scalars(select(Credential.jwt)).all()
        assert tokens
        for token in tokens:
            assert verify_credential(token, jwks, at=utc_now()).is_signature_valid
        rotate_key(session, moved, now=utc_now())
        credential = session.scalars(select(Credential)).first()
    app = create_app(moved, Database(engine))
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    page = client.get(f"/verify/{credential.public_id}")
    assert "verify--green" in page.text
    assert client.get("/status/1").status_code == 200
    form = {"email": "certifier@demo.example", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    assert client.get("/credentials/").status_code == 200
    engine.dispose()


def test_stays_and_links_of_the_old_copy_open_nothing(
    living, template_url, empty_url, tmp_path
):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        with Database(engine).transaction() as session:
            person = make_person(session)
            moments = {"created_at": NOON, "expires_at": utc_now().replace(year=2199)}
            session.add_all(
                [
                    SignIn(
                        digest="0" * 64,
                        person_id=person.id,
                        method="password",
                        last_seen_at=NOON,
                        **moments,
                    ),
                    AccountLink(person_id=person.id, purpose="reset", **moments),
                ]
            )
        back_up(engine, living, tmp_path / "x.zip", now=NOON)
        engine.dispose()
    restore_into(empty_url, tmp_path / "x.zip")
    engine = make_engine(empty_url)
    with Database(engine).session() as session:
        stay = session.scalars(select(SignIn)).one()
        assert (stay.ended_at, stay.end_reason) == (NOON, "restored")
        assert session.scalars(select(AccountLink.superseded_at)).one() == NOON
    engine.dispose()


def test_audit_trail_of_a_restored_installation_is_whole(
    living, template_url, empty_url, tmp_path
):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        with Database(engine).transaction() as session:
            make_key(session, living, now=NOON)
            session.flush()
            assert seal_events(session, now=NOON)
        back_up(engine, living, tmp_path / "x.zip", now=NOON)
        engine.dispose()
    restore_into(empty_url, tmp_path / "x.zip")
    engine = make_engine(empty_url)
    with Database(engine).session() as session:
        check = TrailCheck(session, now=NOON)
        assert list(check.faults()) == []
        assert check.batches == 1
    engine.dispose()


def test_what_waited_for_its_seal_when_the_copy_was_made_waits_from_the_restoring_on(
    living, template_url, empty_url, tmp_path
):
    made_at = NOON - timedelta(days=3)
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        with Database(engine).transaction() as session:
            while seal_events(session, now=made_at):
                pass
            make_key(session, living, now=made_at)
        back_up(engine, living, tmp_path / "x.zip", now=made_at)
        engine.dispose()
    restore_into(empty_url, tmp_path / "x.zip")
    engine = make_engine(empty_url)
    with Database(engine).session() as session:
        before_the_start = TrailCheck(session, now=NOON + timedelta(minutes=59))
        assert list(before_the_start.faults()) == []
        without_a_worker = TrailCheck(session, now=NOON + timedelta(minutes=61))
        kinds = [fault.kind for fault in without_a_worker.faults()]
        assert kinds == [FaultKind.NOT_SEALED] * 2
    engine.dispose()


def test_numbers_go_on_behind_the_last_row(empty_url, backup_file):
    restore_into(empty_url, backup_file)
    engine = make_engine(empty_url)
    with Database(engine).session(writes=True) as session:
        known = set(session.scalars(select(Person.id)))
        assert make_person(session).id not in known
    engine.dispose()


def test_backup_holds_no_secret_and_no_private_key_in_clear(living, backup_file):
    with zipfile.ZipFile(backup_file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    text = everything.decode()
    assert "-----BEGIN ENCRYPTED PRIVATE KEY-----" in text
    for forbidden in (
        "BEGIN PRIVATE KEY",
        "BEGIN RSA PRIVATE KEY",
        living.secret_key,
        living.keys_secret,
        PASSWORD + '"',
    ):
        assert forbidden not in text
    assert backup_file.stat().st_mode & 0o777 == 0o600


def test_private_key_that_lies_open_stops_the_backup(
    living, backup_file, empty_url, tmp_path
):
    restore_into(empty_url, backup_file)
    engine = make_engine(empty_url)
    with Database(engine).transaction() as session:
        session.scalars(
            select(SigningKey)
        ).one().private_pem = "-----BEGIN PRIVATE KEY-----"
    with pytest.raises(ConflictError, match="not encrypted"):
        back_up(engine, living, tmp_path / "x.zip", now=NOON)
    engine.dispose()
    assert not list(tmp_path.glob("x.zip*"))


def test_manifest_says_what_is_in_it(living, backup_file):
    with zipfile.ZipFile(backup_file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["schema_revision"] == list_revisions(MIGRATIONS)[0]
    assert manifest["public_url"] == living.public_url
    counts = {entry["name"]: entry["rows"] for entry in manifest["tables"]}
    rows = all_rows(living.database_url)
    assert counts == {name: len(lines) for name, lines in rows.items()}
    assert set(counts) == set(Base.metadata.tables)


def test_restoring_into_a_database_with_rows_changes_nothing(living, backup_file):
    before = all_rows(living.database_url)
    with pytest.raises(ConflictError, match="not empty"):
        restore_into(living.database_url, backup_file)
    assert all_rows(living.database_url) == before


def test_upgraded_database_without_rows_is_empty_enough(empty_url, backup_file):
    engine = make_engine(empty_url)
    with rebuilding(engine) as connection:
        migrate(connection, MIGRATIONS, "head")
    engine.dispose()
    restore_into(empty_url, backup_file)
    assert all_rows(empty_url)["people"]


DIGITS = b"[" + b"9" * 30 + b","


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tables/people.jsonl": flipped}, "people"),
        ({"tables/people.jsonl": lambda raw: raw[: raw.index(b"\n") + 1]}, "people"),
        ({"tables/people.jsonl": lambda _raw: None}, "people"),
        ({"manifest.json": lambda _raw: None}, "no backup"),
        ({"manifest.json": lambda _raw: b"[]"}, "no backup"),
        ({"manifest.json": lambda _raw: b"{"}, "no backup"),
        (in_manifest(format="other"), "no backup"),
        (in_manifest(format_version=2), "later version"),
        (in_manifest(tables=[{}]), "manifest"),
        (in_manifest(created_at="yesterday"), "manifest"),
        (in_manifest(tables=[]), "tables of its own schema"),
    ],
)
def test_damaged_or_foreign_archives_are_refused_before_anything_is_made(
    backup_file, empty_url, tmp_path, changes, words
):
    bad = tamper(backup_file, tmp_path / "bad.zip", changes)
    with pytest.raises(ArchiveError, match=words):
        restore_into(empty_url, bad)
    assert tables_in(empty_url) == set()


def test_bytes_changed_or_cut_off_inside_the_file_are_noticed(backup_file, tmp_path):
    raw = backup_file.read_bytes()
    bad = tmp_path / "bad.zip"
    cut, other, changed = "cut off", "no backup", "damaged"
    for content, words in (
        (raw[:-200], cut),
        (b"", other),
        (b"no zip", other),
        (raw[:2000] + flipped(raw[2000:]), changed),
    ):
        bad.write_bytes(content)
        result = CliRunner().invoke(cli, ["backup", "--verify", str(bad)])
        assert isinstance(result.exception, ArchiveError)
        assert words in str(result.exception)


@pytest.mark.parametrize(
    ("table", "change", "words"),
    [
        (
            "profiles",
            lambda raw: raw.replace(b"[1,", b"[999,", 1),
            "Row 999 of profiles refers to a row of people",
        ),
        ("people", lambda raw: raw + raw, r"people\.jsonl, lines 1 to "),
        ("people", lambda raw: b"[]\n" + raw, r"people\.jsonl, line 1:"),
        ("people", lambda raw: raw.replace(b"true", b"null", 1), r"people\.jsonl, l"),
        ("people", lambda raw: raw + b"5\n", r"people\.jsonl, line \d+: this is no"),
        ("people", lambda raw: b"null\n" + raw, r"people\.jsonl, line 1: this is no"),
        ("people", lambda raw: b"{}\n" + raw, r"people\.jsonl, line 1: this is no"),
        ("people", lambda raw: raw.replace(b"true", b'"x"', 1), "this is no row"),
        ("people", lambda raw: raw.replace(b"[1,", b"[1.5,", 1), "this is no row"),
        ("people", lambda raw: raw.replace(b"[1,", b"[9e999,", 1), "this is no row"),
        ("people", lambda raw: raw.replace(b"[1,", DIGITS, 1), "does not take them"),
        ("people", lambda raw: b"[" * 200_000 + b"\n" + raw, "line 1: this is no"),
        ("organisations", lambda raw: raw.replace(b",", b", ", 1), "as it went in"),
    ],
)
def test_rows_that_cannot_be_right_undo_the_whole_restore(
    backup_file, empty_url, tmp_path, table, change, words
):
    bad = with_lines(backup_file, tmp_path / "bad.zip", table, change)
    with pytest.raises(Exception, match=words):
        restore_into(empty_url, bad)
    assert tables_in(empty_url) == set()


def in_entry(name, /, **values):
    """Change members of a table's entry in the manifest."""

    def change(content):
        manifest = json.loads(content)
        for entry in manifest["tables"]:
            if entry["name"] == name:
                entry.update(values)
        return json.dumps(manifest).encode()

    return {"manifest.json": change}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (in_entry("people", key=["nowhere"]), "manifest"),
        (in_entry("people", rows=float("inf")), "manifest"),
        (in_entry("people", columns=[["id", "text"]], key=["id"]), "its own schema"),
        (in_entry("people", key=["is_enabled"]), "its own schema"),
        ({"manifest.json": lambda raw: raw.replace(b'"uuid"', b'"text"')}, "its own"),
        ({"manifest.json": lambda _raw: b"[" * 30_000_000}, "no backup"),
        (in_entry("people", name="../../../people"), "damaged"),
        (in_entry("people", name="/etc/passwd"), "damaged"),
        (in_manifest(format_version=0), "no backup"),
        (in_manifest(format_version=None), "no backup"),
        (in_manifest(format_version="1"), "no backup"),
    ],
)
def test_a_manifest_made_by_hand_is_refused(
    backup_file, empty_url, tmp_path, changes, words
):
    bad = tamper(backup_file, tmp_path / "bad.zip", changes)
    with pytest.raises(ArchiveError, match=words):
        restore_into(empty_url, bad)
    assert tables_in(empty_url) == set()


def test_a_line_without_an_end_is_refused_before_it_is_read(
    backup_file, tmp_path, monkeypatch
):
    monkeypatch.setattr("lms.operation.backup.archive._MAX_LINE_BYTES", 2_000_000)
    endless = with_lines(
        backup_file, tmp_path / "x.zip", "people", lambda raw: raw + b"x" * 3_000_000
    )
    with (
        open_archive(endless) as archive,
        pytest.raises(ArchiveError, match=r"people\.jsonl, line \d+: it is too long"),
    ):
        archive.check()


def test_a_full_disk_is_not_blamed_on_the_backup(backup_file, tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'full.sqlite'}")
    event.listen(
        engine,
        "connect",
        lambda made, _record: made.execute("PRAGMA max_page_count=200"),
    )
    order = RestoreOrder(migrations_dir=MIGRATIONS, may_upgrade=False, now=NOON)
    with (
        open_archive(backup_file) as archive,
        pytest.raises(OperationalError) as refusal,
    ):
        restore(engine, archive, order)
    engine.dispose()
    assert remedy_for(refusal.value) == "Make room on the disk."
    assert not list(tmp_path.glob("full.sqlite*"))


def test_a_refused_restore_leaves_no_file_behind(backup_file, tmp_path):
    bad = with_lines(
        backup_file, tmp_path / "bad.zip", "people", lambda raw: raw + b"5\n"
    )
    with pytest.raises(ArchiveError):
        restore_into(f"sqlite:///{tmp_path / 'new.sqlite'}", bad)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.zip"]
    empty_file(tmp_path / "mine.sqlite")
    with pytest.raises(ArchiveError):
        restore_into(f"sqlite:///{tmp_path / 'mine.sqlite'}", bad)
    assert (tmp_path / "mine.sqlite").exists()


def test_a_database_with_a_broken_reference_is_not_backed_up(
    living, template_url, tmp_path
):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        with engine.connect() as connection:
            without_checks = (
                "PRAGMA foreign_keys=OFF"
                if engine.dialect.name == "sqlite"
                else "SET session_replication_role = replica"
            )
            connection.connection.driver_connection.execute(without_checks)
            connection.execute(
                insert(RoleGrant).values(
                    id=7, person_id=999, role="rater", granted_at=NOON
                )
            )
            connection.commit()
        with pytest.raises(ConflictError, match=r"Row 7 of role_grants .* of people"):
            back_up(engine, living, tmp_path / "x.zip", now=NOON)
        engine.dispose()
    assert not list(tmp_path.glob("x.zip*"))


@pytest.mark.concurrent
def test_two_restores_at_once_give_one_and_a_refusal(empty_url, backup_file):
    def run(_number):
        try:
            restore_into(empty_url, backup_file)
        except ConflictError as error:
            return str(error)
        return "restored"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(run, range(2)))
    assert [words[:23] for words in said] == ["The database is not emp", "restored"]


def earlier_archive(folder, living):
    """A backup as the version before the last migration would have made it."""
    before = list_revisions(MIGRATIONS)[1]
    engine = make_engine(empty_file(folder / "earlier.sqlite"))
    with rebuilding(engine) as connection:
        migrate(connection, MIGRATIONS, before)
        connection.exec_driver_sql(
            "INSERT INTO people (id, subject_id, created_at, is_enabled) VALUES "
            "(7, '2b5f8a5861a44b7c9d0b08a6a1c1a001', '2026-01-01 00:00:00', TRUE)"
        )
    header = Header(
        product_version="0.0.9",
        revision=before,
        database="sqlite",
        public_url=living.public_url,
        created_at=NOON,
    )
    with engine.connect() as connection:
        tables = [(known, known.lines(connection)) for known in known_in(connection)]
        write_archive(folder / "earlier.zip", header, tables)
    engine.dispose()
    return folder / "earlier.zip"


def known_in(connection) -> Iterator[PortableTable]:
    inspector = inspect(connection)
    for name in inspector.get_table_names():
        if name not in Base.metadata.tables:
            continue
        stored = {column["name"] for column in inspector.get_columns(name)}
        now = describe(Base.metadata.tables[name])
        columns = tuple(pair for pair in now.columns if pair[0] in stored)
        yield PortableTable(now.name, columns, now.key)


def test_backup_of_an_earlier_schema_is_loaded_as_it_was_and_then_upgraded(
    living, empty_url, tmp_path
):
    path = earlier_archive(tmp_path, living)
    with pytest.raises(ConflictError, match="--upgrade"):
        restore_into(empty_url, path)
    assert tables_in(empty_url) == set()
    restore_into(empty_url, path, may_upgrade=True)
    engine = make_engine(empty_url)
    assert is_current(engine, MIGRATIONS)
    with Database(engine).session() as session:
        assert session.scalars(select(Person.id)).all() == [7]
    engine.dispose()


def test_backup_of_an_unknown_schema_is_refused(backup_file, empty_url, tmp_path):
    later = tamper(
        backup_file,
        tmp_path / "later.zip",
        in_manifest(schema_revision="9999", product_version="7.0"),
    )
    with pytest.raises(ConflictError, match=r"9999.*7\.0"):
        restore_into(empty_url, later, may_upgrade=True)


def test_database_that_is_not_up_to_date_is_not_backed_up(living, empty_url, tmp_path):
    engine = make_engine(empty_url)
    with pytest.raises(ConflictError, match="lms db upgrade"):
        back_up(engine, living, tmp_path / "x.zip", now=NOON)
    engine.dispose()


def test_files_that_exist_are_never_overwritten(living, backup_file, tmp_path):
    engine = make_engine(living.database_url)
    with pytest.raises(ConflictError, match="exists already"):
        back_up(engine, living, backup_file, now=NOON)
    (tmp_path / "x.zip.partial").touch()
    with pytest.raises(ConflictError, match="remove it first"):
        back_up(engine, living, tmp_path / "x.zip", now=NOON)
    with pytest.raises(ConflictError, match="cannot be written"):
        back_up(engine, living, tmp_path / "none" / "x.zip", now=NOON)
    engine.dispose()


@pytest.mark.concurrent
def test_backup_shows_one_moment_while_others_write(living, template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        database, stop = Database(engine), Event()

        def write():
            while not stop.is_set():
                with database.session(writes=True) as session:
                    make_person(session)

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            try:
                for number in range(3):
                    path = tmp_path / f"{number}.zip"
                    back_up(engine, living, path, now=NOON)
            finally:
                stop.set()
            writing.result()
        engine.dispose()
        counts = []
        for number in range(3):
            with open_archive(tmp_path / f"{number}.zip") as archive:
                archive.check()
                rows = {part.table.name: part.rows for part in archive.parts}
            assert rows["people"] == rows["profiles"] == rows["role_grants"]
            counts.append(rows["people"])
        assert counts == sorted(counts)


def test_commands_back_up_check_and_restore(
    living, template_url, empty_url, tmp_path, monkeypatch
):
    monkeypatch.setenv("LMS_SECRET_KEY", living.secret_key)
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LMS_DATABASE_URL", living.database_url)
    monkeypatch.setenv("LMS_PUBLIC_URL", living.public_url)
    path = str(tmp_path / "all.zip")
    made = CliRunner().invoke(cli, ["backup", path])
    assert (made.exit_code, "rows in" in made.output) == (0, True)
    checked = CliRunner().invoke(cli, ["backup", "--verify", path])
    assert checked.output.startswith("good: ")
    assert living.public_url in checked.output
    monkeypatch.setenv("LMS_DATABASE_URL", empty_url)
    monkeypatch.setenv("LMS_PUBLIC_URL", "https://elsewhere.example")
    done = CliRunner().invoke(cli, ["restore", path])
    assert done.exit_code == 0
    assert "lms doctor" in done.output
    assert f"The backup is of {living.public_url}" in done.output
    again = CliRunner().invoke(cli, ["restore", path])
    assert isinstance(again.exception, ConflictError)
    for wrong in (["restore", f"{path}x"], ["backup", "--verify", f"{path}x"]):
        assert CliRunner().invoke(cli, wrong).exit_code == 2


@pytest.mark.filterwarnings("ignore:.*ServerCursor:ResourceWarning")
def test_a_backup_that_is_told_to_stop_leaves_nothing_half_written(
    living, tmp_path, monkeypatch
):
    monkeypatch.setenv("LMS_SECRET_KEY", living.secret_key)
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LMS_DATABASE_URL", living.database_url)
    partial = tmp_path / "all.zip.partial"

    def tell(*_about):
        if partial.exists():
            signal.raise_signal(signal.SIGTERM)

    # without a handler of the command's own, the signal would end the tests
    before = signal.signal(signal.SIGTERM, lambda *_about: None)
    event.listen(Engine, "after_cursor_execute", tell)
    try:
        told = CliRunner().invoke(cli, ["backup", str(tmp_path / "all.zip")])
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    finally:
        event.remove(Engine, "after_cursor_execute", tell)
        signal.signal(signal.SIGTERM, before)
    assert told.exit_code == 128 + signal.SIGTERM
    assert not list(tmp_path.glob("all.zip*"))
    # SQLAlchemy drops the connection and leaves the cursor of what was interrupted
    del told
    gc.collect()


def test_people_restored_have_their_names(empty_url, backup_file):
    restore_into(empty_url, backup_file)
    engine = make_engine(empty_url)
    with Database(engine).session() as session:
        assert "見本 梶原" in session.scalars(select(Profile.name)).all()
    engine.dispose()
