"""Checks of the database and of what lies in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lms.accounts.queries import list_unreachable
from lms.accounts.second_factor.held import REQUIRED_ROLES
from lms.accounts.second_factor.queries import count_without_factor
from lms.audit.queries.chain import get_waiting
from lms.content.cli import has_content
from lms.content.models import Publication
from lms.credentials.queries.keys import find_strays
from lms.credentials.services.keys import KeyLine, KeyLock, list_keys
from lms.jobs.queries import get_outbox_state
from lms.migrations import SchemaState, find_state
from lms.nouns import some
from lms.operation.doctor.findings import (
    Finding,
    Installation,
    bad,
    good,
    warn,
)
from lms.operation.refusals import remedy_for, words_of
from lms.sqlite import find_file

_MAIL_LATE = timedelta(minutes=15)
_SEAL_LATE = timedelta(minutes=15)
_NAMED = 10
_CLOCK_APART = timedelta(seconds=5)


def look_at_database(here: Installation) -> Iterator[Finding]:
    """Nothing works without it."""
    dialect = here.engine.dialect.name
    if _is_missing(here):
        yield bad("there is no database yet", "Run: lms db upgrade")
        return
    try:
        with here.engine.connect() as connection:
            find_state(connection, here.settings.migrations_dir)
            faults = list(_list_file_faults(connection))
    except DBAPIError as error:
        yield bad(
            f"the database ({dialect}) cannot be used: {words_of(error)}",
            remedy_for(error) or "Correct LMS_DATABASE_URL, or restore a backup.",
        )
        return
    for fault in faults:
        yield bad(fault, "Restore a backup: docs/operations.md.")
    if not faults:
        yield good(f"the database ({dialect}) answers")


def _list_file_faults(connection: Connection) -> Iterator[str]:
    """Yield what is wrong in a file of SQLite, which no server looks after."""
    if connection.dialect.name != "sqlite":
        return
    damage = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if damage != "ok":
        yield f"the file of the database is damaged: {damage}"
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        name, row, other, _ = broken[0]
        yield (
            f"{some(len(broken), 'reference')} to rows that are not there, such as "
            f"that of row {row} of {name} to {other}"
        )


def _is_missing(here: Installation) -> bool:
    """Say whether SQLite has no file; looking into it would make one."""
    path = find_file(here.engine.url)
    return path is not None and not path.exists()


def schema_state(here: Installation) -> SchemaState | None:
    """Say how the schema stands to this version; nothing if it cannot be read.

    Why it cannot, `look_at_database` says.
    """
    if _is_missing(here):
        return None
    try:
        with here.engine.connect() as connection:
            return find_state(connection, here.settings.migrations_dir)
    except SQLAlchemyError:
        return None


def look_at_schema(here: Installation) -> Iterator[Finding]:
    """Tables must be those of this version; without a database nothing is said."""
    state = schema_state(here)
    if state is SchemaState.PRESENT:
        yield good("the schema is that of this version")
    elif state is SchemaState.EARLIER:
        yield bad("the schema is not that of this version", "Run: lms db upgrade")
    elif state is SchemaState.UNKNOWN:
        yield bad(
            "the schema is one that this version does not know",
            "Run the later version that upgraded it, or restore a backup made before.",
        )


def look_at_clocks(here: Installation) -> Iterator[Finding]:
    """Moments are set here and by other servers; their clocks must agree."""
    if here.engine.dialect.name == "sqlite":
        yield good("the database has the clock of this machine")
        return
    with here.session() as session:
        there = session.scalar(select(func.clock_timestamp()))
    apart = abs((there or datetime.max.replace(tzinfo=UTC)) - here.now)
    if apart > _CLOCK_APART:
        yield warn(
            f"this clock and that of the database are {apart.total_seconds():.0f} s "
            "apart",
            "Let both machines set their clocks by NTP.",
        )
    else:
        yield good("the clocks of server and database agree")


def look_at_content(here: Installation) -> Iterator[Finding]:
    """Learners see what was published, not the files."""
    root = here.settings.content_root
    if not has_content(root):
        yield bad(
            f"LMS_CONTENT_ROOT holds no content: {root}",
            "Name the folder that holds curricula/, case_simulations/ and the others.",
        )
    with here.session() as session:
        count = session.scalar(select(func.count()).select_from(Publication))
    if count:
        yield good(f"{some(count, 'publication')} of content")
    else:
        yield bad("no content is published", "Run: lms content publish")


def look_at_keys(here: Installation) -> Iterator[Finding]:
    """Nothing is signed without a key that opens."""
    with here.session() as session:
        lines = list_keys(session, here.settings)
    current = next((line for line in lines if line.retired_at is None), None)
    yield _current_key(current)
    closed = [line.name for line in lines if line.lock is KeyLock.NOTHING]
    if closed:
        yield warn(
            f"keys that do not open: {', '.join(closed)}",
            "Run lms keys relock with LMS_OLD_KEYS_SECRET, or lms keys destroy.",
        )
    older = [line.name for line in lines if line.lock is KeyLock.SHARED]
    if here.settings.keys_secret and older:
        yield warn(
            f"keys that are still locked under LMS_SECRET_KEY: {', '.join(older)}",
            "Run: lms keys relock",
        )


def _current_key(current: KeyLine | None) -> Finding:
    if current is None:
        return bad("there is no signing key", "Run: lms keys new")
    if current.lock is KeyLock.NOTHING:
        return bad(
            f"the signing key {current.name} does not open",
            "Set LMS_KEYS_SECRET as it was, or make another key: lms keys rotate",
        )
    return good(f"the signing key {current.name} opens")


def look_at_permanence(here: Installation) -> Iterator[Finding]:
    """See that the address is the one under which keys and credentials were made."""
    with here.session() as session:
        found = find_strays(session, here.settings.public_url)
    if found.address:
        yield bad(
            f"the keys were made under {found.address}, not under LMS_PUBLIC_URL",
            "Set LMS_PUBLIC_URL as it was. If the old address is given up for good: "
            "lms keys rotate --new-address",
        )
    if found.credentials:
        yield bad(
            f"{some(found.credentials, 'credential')} issued under another address "
            "than the key that signed",
            "Set LMS_PUBLIC_URL alike for all processes, then revoke and issue again.",
        )
    if not found.address and not found.credentials:
        yield good("keys and credentials have the public address")


def look_at_outbox(here: Installation) -> Iterator[Finding]:
    """Mails that stay here tell that nobody carries them."""
    with here.session() as session:
        state = get_outbox_state(session)
    if state.given_up:
        yield warn(
            f"{some(state.given_up, 'mail')} could not be sent and will not be tried "
            "any more",
            "Look into the log of the worker for the reason.",
        )
    if state.oldest_due_at and here.now - state.oldest_due_at > _MAIL_LATE:
        yield warn(
            f"a mail has been due since {state.oldest_due_at.isoformat()}",
            "Run lms worker beside the server, or lms worker --once from cron.",
        )
    elif not state.given_up:
        yield good(f"{some(state.waiting, 'mail')} in the outbox, none late")


def look_at_audit(here: Installation) -> Iterator[Finding]:
    """See that the worker seals: what waits for its seal can be changed unnoticed."""
    with here.session() as session:
        waiting = get_waiting(session)
    if waiting.oldest_at and here.now - waiting.oldest_at > _SEAL_LATE:
        yield warn(
            f"{some(waiting.count, 'act')} without a seal yet, the oldest since "
            f"{waiting.oldest_at.isoformat()}",
            "Run lms worker beside the server, or lms worker --once from cron.",
        )
    else:
        yield good(f"{some(waiting.count, 'act')} without a seal yet, none for long")


def look_at_second_factors(here: Installation) -> Iterator[Finding]:
    """Count, but do not name, those who can do most and have a password alone."""
    with here.session() as session:
        count = count_without_factor(session, REQUIRED_ROLES)
    if count and not here.settings.is_demo:
        who = some(count, "certifier or administrator", "certifiers or administrators")
        yield warn(
            f"{who} without a second factor yet",
            "They are led to set one up when they next sign in; ask them to.",
        )
    else:
        yield good("certifiers and administrators have a second factor")


def look_at_mail_addresses(here: Installation) -> Iterator[Finding]:
    """Name, by random id, who has an address by which the door does not know them."""
    with here.session() as session:
        lost = list_unreachable(session)
    if lost:
        named = [*map(str, lost[:_NAMED]), *(["…"] if len(lost) > _NAMED else [])]
        yield warn(
            f"{some(len(lost), 'person', 'people')} with an e-mail address that is not "
            "stored as it is looked for, in full width perhaps, so that it opens "
            f"nothing: {', '.join(named)}",
            "An administrator opens /admin/people/<id>/edit and saves it as it is.",
        )
    else:
        yield good("e-mail addresses are stored as they are looked for")
