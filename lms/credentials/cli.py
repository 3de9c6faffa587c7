"""`lms keys` and `lms records`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from lms.accounts.second_factor.services import reseal_factors
from lms.clock import utc_now
from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.credentials.domain import (
    StatusList,
    StatusListError,
    moment_text,
    read_keys,
    report_on,
    verify_status_list,
)
from lms.credentials.domain.jws import STRONG_KEY_BITS
from lms.credentials.queries.cohorts import list_cohort_credentials
from lms.credentials.queries.keys import get_jwks
from lms.credentials.services.export import EXPORTERS, ExportRequest, note_export
from lms.credentials.services.keys import (
    KeyLock,
    destroy_key,
    list_keys,
    make_key,
    relock_keys,
    require_same_address,
    rotate_key,
)
from lms.errors import NotFoundError, message
from lms.migrations import open_current_database
from lms.programme.models import Cohort
from lms.programme.queries import get_cohort
from lms.settings import Settings, env_value

_LOCK_WORDS = {
    KeyLock.OWN: "opens with LMS_KEYS_SECRET",
    KeyLock.SHARED: "opens with LMS_SECRET_KEY",
    KeyLock.NOTHING: "does not open",
    KeyLock.DESTROYED: "private half destroyed",
}
_BITS = click.option("--bits", default=STRONG_KEY_BITS, show_default=True)
_NEW_ADDRESS = click.option(
    "--new-address", is_flag=True, help="LMS_PUBLIC_URL has changed for good."
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def keys() -> None:
    """Make signing keys and publish their public halves."""


@keys.command("new")
@_BITS
@_NEW_ADDRESS
def new_key(bits: int, new_address: bool) -> None:
    """Make a key and sign with it from now on; earlier ones still verify."""
    settings = Settings.from_env()
    with _transaction(settings) as session:
        if not new_address:
            require_same_address(session, settings)
        key = make_key(session, settings, now=utc_now(), bits=bits)
    click.echo(key.kid)


@keys.command("rotate")
@_BITS
@_NEW_ADDRESS
def rotate(bits: int, new_address: bool) -> None:
    """Sign with a new key from now on, and retire the present one.

    Everything signed before still verifies: retired keys stay published.
    """
    settings = Settings.from_env()
    with _transaction(settings) as session:
        if not new_address:
            require_same_address(session, settings)
        key = rotate_key(session, settings, now=utc_now(), bits=bits)
    click.echo(key.kid)


@keys.command("list")
def show_keys() -> None:
    """List all keys, newest first, and say which secret opens each."""
    settings = Settings.from_env()
    with _reading(settings) as session:
        lines = list_keys(session, settings)
    for line in lines:
        retired = f"retired {moment_text(line.retired_at)}" if line.retired_at else ""
        state = retired or "signs now"
        made = moment_text(line.created_at)
        click.echo(f"{line.kid}  made {made}  {state}  {_LOCK_WORDS[line.lock]}")
    if not lines:
        click.echo("no key yet: lms keys new")


@keys.command("relock")
def relock() -> None:
    """Lock private keys and second factors under LMS_KEYS_SECRET, not an older one.

    The older secret is read from LMS_OLD_KEYS_SECRET, and LMS_SECRET_KEY is tried as
    well. All keys or none are changed, and running it twice does no harm.
    """
    settings = Settings.from_env()
    named = env_value("LMS_OLD_KEYS_SECRET")
    old = [secret for secret in (named, settings.secret_key) if secret]
    with _transaction(settings) as session:
        moved = relock_keys(session, old, settings, now=utc_now())
        n_factors = reseal_factors(session, old, settings.locking_secret)
    click.echo(f"locked anew: {', '.join(moved) if moved else 'nothing to do'}")
    if n_factors:
        click.echo(f"second factors sealed anew: {n_factors}")


@keys.command("destroy")
@click.argument("name")
@click.confirmation_option(
    prompt="The private half cannot be brought back, save from a backup. Destroy it?"
)
def destroy(name: str) -> None:
    """Forget the private half of a retired key; what it signed still verifies."""
    settings = Settings.from_env()
    with _transaction(settings) as session:
        key = destroy_key(session, name, now=utc_now())
    click.echo(f"destroyed: {key.kid}")


@keys.command("export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def export_keys(out: Path | None) -> None:
    """Write all public keys as a JWK Set, for those who verify records."""
    with _reading(Settings.from_env()) as session:
        text = json.dumps(get_jwks(session), indent=2)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")


@click.group()
def records() -> None:
    """Verify and export credentials and competency records."""


@records.command()
@click.argument("file", type=_FILE)
@click.option("--keys", "keys_file", type=_FILE, required=True, help="JWK Set.")
@click.option(
    "--status",
    "status_files",
    type=_FILE,
    multiple=True,
    help="Signed status list; give the list of suspensions as well to tell them apart.",
)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
def verify(
    file: Path, keys_file: Path, status_files: tuple[Path, ...], shape: str
) -> None:
    """Verify a credential (.jwt) or a signed record file (.json).

    With a status list, a record file's answer names the credentials in it that are
    revoked or suspended.

    The file and the public keys are enough: no database, no settings, no network.
    """
    jwks = _read_jwks(keys_file)
    lists = [_read_status(path, jwks) for path in status_files]
    report = report_on(file.read_bytes(), jwks, at=utc_now(), status_lists=lists)
    if report.misfit is not None:
        raise click.UsageError(f"no list given is for these records: {report.misfit}")
    if shape == "json":
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(report.lines()))
    if not report.is_valid:
        raise SystemExit(1)


@records.command("export")
@click.option(
    "--format", "shape", type=click.Choice([*EXPORTERS, "ob3"]), required=True
)
@click.option("--cohort", required=True, help="Slug of the cohort.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
def export_records(shape: str, cohort: str, out: Path) -> None:
    """Write a cohort's records (csv, json) or its credentials (ob3) to a folder.

    The JSON file is signed; the public keys are written beside it, so that the folder
    can be verified elsewhere.
    """
    settings = Settings.from_env()
    as_of = utc_now().astimezone(ZoneInfo(settings.time_zone))
    with _reading(settings) as session:
        found = ExportRequest(_cohort(session, cohort), as_of)
        if shape == "ob3":
            rows = list_cohort_credentials(session, found.cohort)
            files = {f"{row.number}.jwt": row.jwt.encode() for row in rows}
        else:
            content = EXPORTERS[shape](session, Library(COMPILERS), settings, found)
            files = {f"records-{cohort}.{shape}": content}
        jwks = json.dumps(get_jwks(session), indent=2)
    out.mkdir(parents=True, exist_ok=True)
    with _transaction(settings) as session:
        note_export(session, found, list(files.values()), shape=shape, actor=None)
    for name, content in {**files, "jwks.json": f"{jwks}\n".encode()}.items():
        _write(out / name, content)


def _cohort(session: Session, slug: str) -> Cohort:
    """Return a cohort; a command may say what a page keeps to itself."""
    try:
        return get_cohort(session, slug)
    except NotFoundError as error:
        raise NotFoundError(
            message("There is no cohort “%(slug)s”."), slug=slug
        ) from error


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    click.echo(path)


@contextmanager
def _transaction(settings: Settings) -> Iterator[Session]:
    with open_current_database(settings) as database, database.transaction() as session:
        yield session


@contextmanager
def _reading(settings: Settings) -> Iterator[Session]:
    with open_current_database(settings) as database, database.session() as session:
        yield session


def _read_jwks(path: Path) -> dict[str, Any]:
    try:
        jwks: dict[str, Any] = json.loads(path.read_bytes())
        read_keys(jwks)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{path}: no usable public keys: {error}") from error
    return jwks


def _read_status(path: Path, jwks: dict[str, Any]) -> StatusList:
    """Return a list whose signature is good; a forged one must not decide anything."""
    try:
        return verify_status_list(path.read_bytes(), jwks)
    except StatusListError as error:
        click.echo(f"{path}: not a status list signed by these keys: {error}", err=True)
        raise SystemExit(1) from error
