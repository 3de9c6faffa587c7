"""`lms people`: invite, list, import, disable, and help after a loss."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from lms.accounts.admin.forms import MAX_NAME, MAX_REASON
from lms.accounts.admin.imports.apply import ImportOrder, apply_import
from lms.accounts.admin.imports.plan import Outcome, plan_import
from lms.accounts.admin.imports.report import report_import
from lms.accounts.admin.queries.organisations import list_organisations
from lms.accounts.admin.queries.people import (
    AccountState,
    PeopleFilter,
    PersonRow,
    find_people_by_email,
    list_people,
)
from lms.accounts.admin.queries.person import find_invitation
from lms.accounts.admin.services.profiles import (
    ProfileFields,
    TakenAddressError,
    invite,
)
from lms.accounts.admin.services.roles import Act, disable_person, enable_person
from lms.accounts.domain.address import is_address, normalise_address
from lms.accounts.domain.line import clean_line, has_control
from lms.accounts.domain.people_file import read_people
from lms.accounts.invitations import resend_invitation
from lms.accounts.links import LinkSigner
from lms.accounts.models import AccountLink, Person
from lms.accounts.naming import normalise_for_search
from lms.accounts.second_factor.services import remove_second_factor
from lms.clock import utc_now
from lms.db import Database
from lms.errors import InvalidInputError, message
from lms.migrations import open_current_database
from lms.permissions import Role
from lms.settings import Settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FORMAT = click.Choice(["text", "json"])
_ROLE = click.Choice([role.value for role in Role])


def _typed(_context: click.Context, option: click.Parameter, text: str) -> str:
    """Take a line by the rules of the browser and of lists."""
    line = clean_line(text)
    if option.required and not line:
        raise click.BadParameter("it must not be empty")
    limit = MAX_REASON if option.name == "reason" else MAX_NAME
    if len(line) > limit:
        raise click.BadParameter(f"it may have at most {limit} characters")
    if has_control(line):
        raise click.BadParameter("it holds a line end or a control character")
    return line


def _invite_again(
    context: click.Context, _option: click.Parameter, email: str | None
) -> None:
    """Send an invitation again; nothing else has to be given then."""
    if email is None or context.resilient_parsing:
        return
    settings = Settings.from_env()
    with _database(settings) as database, database.transaction() as session:
        person = _person(session, email)
        resend_invitation(session, person, actor=None, now=utc_now())
        session.flush()
        link = find_invitation(session, person)
    _hand_over(settings, link, normalise_address(email))
    context.exit()


_REASON = click.option("--reason", required=True, callback=_typed)


@click.group()
def people() -> None:
    """Invite people, list them, take lists in, and shut out."""


@people.command("invite")
@click.option("--email", required=True)
@click.option("--name", required=True, callback=_typed)
@click.option("--kana", default="", callback=_typed)
@click.option("--role", "roles", type=_ROLE, multiple=True, required=True)
@click.option("--organisation", default="", help="Name of one that is there.")
@click.option("--language", "locale", type=click.Choice(["ja", "en"]))
@click.option(
    "--again",
    metavar="EMAIL",
    is_eager=True,
    expose_value=False,
    callback=_invite_again,
    help="Only send the invitation again; an older link works no more.",
)
def invite_command(  # noqa: PLR0917 - one for each option
    email: str,
    name: str,
    kana: str,
    roles: tuple[str, ...],
    organisation: str,
    locale: str | None,
) -> None:
    """Add a person, the first administrator too.

    Without a mail server the link with which they set a password is printed.
    """
    settings, address = Settings.from_env(), normalise_address(email)
    if not is_address(address):
        raise InvalidInputError(message("Write the address as in name@example.jp."))
    with _database(settings) as database, database.transaction() as session:
        typed = ProfileFields(
            name=name,
            name_kana=kana,
            email=address,
            locale=locale,
            organisation=_organisation(session, organisation),
        )
        given = tuple(Role(role) for role in roles)
        try:
            person = invite(session, typed, given, actor=None, now=utc_now())
        except TakenAddressError as error:
            raise TakenAddressError(
                message(
                    "This e-mail address is already in use. If its invitation was "
                    "lost: lms people invite --again %(email)s. If it has a password, "
                    "a new one is set through %(place)s."
                ),
                email=address,
                place=f"{settings.public_url}/sign-in/forgotten",
            ) from error
        session.flush()
        link = find_invitation(session, person)
    _hand_over(settings, link, address)


def _hand_over(settings: Settings, link: AccountLink | None, address: str) -> None:
    """Say where the link is; without a mail server it is handed over by hand."""
    if settings.smtp_url or link is None:
        click.echo(f"invitation mailed to {address}")
        return
    click.echo("no mail server is set; hand over this link, which works once:")
    click.echo(
        LinkSigner(settings.secret_key).address(link, public_url=settings.public_url)
    )


@people.command("list")
@click.option("--search", default="", help="Part of a name, reading or address.")
@click.option("--role", type=_ROLE)
@click.option("--state", type=click.Choice(list(AccountState)))
@click.option("--format", "shape", type=_FORMAT, default="text")
def list_command(search: str, role: str | None, state: str | None, shape: str) -> None:
    """List people in the order of the reading of their names."""
    wanted = PeopleFilter(
        search=search,
        role=Role(role) if role else None,
        state=AccountState(state) if state else None,
    )
    with _database(Settings.from_env()) as database, database.session() as session:
        lines = [_line(row) for row in _every(session, wanted)]
    if shape == "json":
        click.echo(json.dumps({"people": lines}, ensure_ascii=False, indent=1))
        return
    for line in lines:
        roles = ",".join(line["roles"])
        click.echo(f"{line['email']}\t{line['name']}\t{roles}\t{line['state']}")


@people.command("import")
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Only say what every row would do.")
@click.option("--invite/--no-invite", "invites", default=True, show_default=True)
@click.option("--format", "shape", type=_FORMAT, default="text")
def import_command(file: Path, dry_run: bool, invites: bool, shape: str) -> None:
    """Take in a list of people (CSV): all rows, or none when one has a fault."""
    listed = read_people(file.read_bytes())
    with (
        _database(Settings.from_env()) as database,
        database.transaction() as session,
    ):
        plan = plan_import(session, listed, actor=None)
        is_faulty = plan.count(Outcome.REFUSED) > 0
        if not dry_run and not is_faulty:
            order = ImportOrder(
                confirmed=plan.digest, actor=None, now=utc_now(), invites=invites
            )
            apply_import(session, plan, order)
    report_import(plan, file.name, shape, is_written=not dry_run and not is_faulty)
    if is_faulty:
        raise SystemExit(1)


@people.command("disable")
@click.argument("email")
@_REASON
def disable_command(email: str, reason: str) -> None:
    """Let a person sign in no more, and end their sign-ins."""
    with _database(Settings.from_env()) as database, database.transaction() as session:
        act = Act(actor=None, now=utc_now(), reason=reason)
        disable_person(session, _person(session, email), act)
    click.echo("disabled")


@people.command("enable")
@click.argument("email")
@_REASON
def enable_command(email: str, reason: str) -> None:
    """Let a disabled person sign in again."""
    with _database(Settings.from_env()) as database, database.transaction() as session:
        act = Act(actor=None, now=utc_now(), reason=reason)
        enable_person(session, _person(session, email), act)
    click.echo("enabled")


@people.command("remove-second-factor")
@click.argument("email")
def remove_factor_command(email: str) -> None:
    """Help somebody who has lost both app and recovery codes; they are told by mail."""
    with _database(Settings.from_env()) as database, database.transaction() as session:
        person = _person(session, email)
        remove_second_factor(session, person, actor=None, now=utc_now())
    click.echo("removed")


def _database(settings: Settings) -> AbstractContextManager[Database]:
    return open_current_database(settings)


def _person(session: Session, email: str) -> Person:
    address = normalise_address(email)
    found = find_people_by_email(session, [address]).get(address)
    if found is None:
        raise InvalidInputError(message("Nobody here has this e-mail address."))
    return found[0]


def _organisation(session: Session, name: str) -> UUID | None:
    if not name:
        return None
    wanted = normalise_for_search(name)
    for row in list_organisations(session):
        if wanted in (
            normalise_for_search(row.name_ja),
            normalise_for_search(row.name_en),
        ):
            return row.public_id
    raise InvalidInputError(
        message("There is no organisation “%(name)s”. Add it first."), name=name
    )


def _every(session: Session, wanted: PeopleFilter) -> Iterator[PersonRow]:
    after = None
    while True:
        page = list_people(session, wanted, after=after, limit=500)
        yield from page.rows
        after = page.next_after
        if after is None:
            return


def _line(row: PersonRow) -> dict[str, Any]:
    return {
        "subject_id": str(row.person.subject_id),
        "email": row.profile.email,
        "name": row.profile.name,
        "kana": row.profile.name_kana,
        "roles": [role.value for role in row.person.roles],
        "organisation": row.organisation.name_ja if row.organisation else None,
        "state": row.state.value,
    }
