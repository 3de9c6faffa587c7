"""`lms privacy`: rights of a person from the command line, and retention."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import get_person
from lms.clock import utc_now
from lms.errors import InvalidInputError, NotFoundError, message
from lms.jobs.mail_files import forget_mail_files, mail_folder
from lms.migrations import open_current_database
from lms.privacy.queries import list_erased
from lms.privacy.services.erasure import (
    Act,
    carry_out,
    erase_again,
    request_erasure,
)
from lms.privacy.services.export import export_person
from lms.privacy.services.retention import sweep_retention
from lms.settings import Settings

_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def privacy() -> None:
    """Take along, erase, and delete what has stayed long enough."""


@privacy.command("export")
@click.argument("subject", type=click.UUID)
@click.option("--out", type=_OUT, required=True)
def export(subject: UUID, out: Path) -> None:
    """Write everything that is held about a person, named by random id, to a file."""
    with _transaction() as session:
        person = _person(session, subject)
        content = export_person(session, person, actor=None, now=utc_now())
    out.touch(mode=0o600)
    out.write_bytes(content)
    click.echo(out)


@privacy.command("erase")
@click.argument("subject", type=click.UUID)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(subject: UUID, yes: bool) -> None:
    """Erase a person for good; facts under the random id stay."""
    if not yes:
        click.confirm("Delete name, address and texts for good?", abort=True)
    act = Act(actor=None, now=utc_now())
    with _deleting() as session:
        _person(session, subject)
        rows = carry_out(session, request_erasure(session, subject, act), act)
    click.echo(f"erased; {rows} rows deleted or blanked")


@privacy.command("erasures")
@click.option("--out", type=_OUT, required=True)
def erasures(out: Path) -> None:
    """Write the random ids of all who were erased: keep it beside the backups.

    Whoever stands in FILE already stays there: after an older backup was restored, the
    database knows less than the list.
    """
    known = _read_ids(out) if out.exists() else []
    with _transaction() as session:
        ids = [str(subject) for subject in dict.fromkeys(known + list_erased(session))]
    partial = out.with_name(out.name + ".partial")  # a list cut off would be none
    partial.write_text(json.dumps(ids, indent=1) + "\n", encoding="utf-8")
    partial.replace(out)
    click.echo(f"{out}: {len(ids)}")


@privacy.command("reapply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def reapply(file: Path) -> None:
    """After restoring an older backup: erase again who had been erased since."""
    wanted = _read_ids(file)
    act = Act(actor=None, now=utc_now())
    with _deleting() as session:
        done = set(list_erased(session))
        missing = [subject for subject in wanted if subject not in done]
        for subject in missing:
            erase_again(session, subject, act)
    click.echo(f"erased again: {len(missing)}")


@privacy.command("sweep")
def sweep() -> None:
    """Delete what has stayed as long as the settings allow."""
    settings = Settings.from_env()
    with _deleting() as session:
        gone = sweep_retention(session, settings.retention, now=utc_now())
    for name, rows in gone.items():
        click.echo(f"{name}: {rows}")


@contextmanager
def _transaction() -> Iterator[Session]:
    settings = Settings.from_env()
    with open_current_database(settings) as database, database.transaction() as session:
        yield session


def _person(session: Session, subject: UUID) -> Person:
    """Return a person; a command may say what a page keeps to itself."""
    try:
        return get_person(session, subject)
    except NotFoundError as error:
        raise NotFoundError(
            message("Nobody here has the id %(subject)s."), subject=subject
        ) from error


@contextmanager
def _deleting() -> Iterator[Session]:
    """Commit, then delete the files of mails whose rows went."""
    settings = Settings.from_env()
    with open_current_database(settings) as database:
        with database.transaction() as session:
            yield session
        with database.session() as session:
            forget_mail_files(session, mail_folder(settings))


def _read_ids(path: Path) -> list[UUID]:
    try:
        return [UUID(text) for text in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInputError(
            message("%(file)s is not a list written by: lms privacy erasures"),
            file=path.name,
        ) from error
