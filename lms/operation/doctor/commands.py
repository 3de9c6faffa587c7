"""`lms doctor`, and the one list of what it looks at."""

import json
from collections.abc import Iterable, Iterator

import click
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError

from lms.clock import utc_now
from lms.db import make_engine
from lms.errors import SettingsError
from lms.migrations import SchemaState
from lms.nouns import some
from lms.operation.doctor import configured, reachable, stored
from lms.operation.doctor.findings import Check, Finding, Installation, Level, bad
from lms.operation.refusals import remedy_for, words_of
from lms.settings import Settings

# A package that has something to look at adds a line here.
CHECKS = (
    Check("settings", configured.look_at_settings),
    Check("variables", configured.look_at_variables),
    Check("secrets", configured.look_at_secrets),
    Check("body", configured.look_at_body),
    Check("address", configured.look_at_address),
    Check("proxies", configured.look_at_proxies),
    Check("demo", configured.look_at_demo),
    Check("time zone", configured.look_at_time_zone),
    Check("data folder", reachable.look_at_data_folder),
    Check("disk", reachable.look_at_disk),
    Check("redis", reachable.look_at_redis),
    Check("mail", reachable.look_at_mail),
    Check("sign-in", reachable.look_at_sign_in_service),
    Check("database", stored.look_at_database),
    Check("schema", stored.look_at_schema),
    Check("clocks", stored.look_at_clocks, needs_schema=True),
    Check("content", stored.look_at_content, needs_schema=True),
    Check("keys", stored.look_at_keys, needs_schema=True),
    Check("permanence", stored.look_at_permanence, needs_schema=True),
    Check("outbox", stored.look_at_outbox, needs_schema=True),
    Check("audit", stored.look_at_audit, needs_schema=True),
    Check("factors", stored.look_at_second_factors, needs_schema=True),
    Check("addresses", stored.look_at_mail_addresses, needs_schema=True),
)


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
def doctor(shape: str) -> None:
    """Say what is configured, what answers, what is missing and how to mend it.

    Secrets are masked and nobody is named. Exit status 1 if something does not work.
    """
    try:
        found = list(examine(Settings.from_env()))
    except SettingsError as error:
        found = [("settings", bad(str(error), "See docs/settings.md."))]
    if shape == "json":
        click.echo(json.dumps([_row(name, one) for name, one in found], indent=2))
    else:
        _print(found)
    if any(one.level is Level.ERROR for _, one in found):
        raise SystemExit(1)


def examine(
    settings: Settings, checks: Iterable[Check] = CHECKS
) -> Iterator[tuple[str, Finding]]:
    """Yield what each check finds; one that fails is a finding, not an end."""
    engine = _open(settings.database_url)
    here = Installation(settings=settings, engine=engine, now=utc_now())
    has_schema = stored.schema_state(here) is SchemaState.PRESENT
    for check in checks:
        if check.needs_schema and not has_schema:
            continue
        try:
            for finding in check.look(here):
                yield check.name, finding
        except Exception as error:
            yield check.name, _failure(error)
    engine.dispose()


def _open(url: str) -> Engine:
    """Connect as the server does, but leave the journal of a file as it is."""
    if url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True)
    return make_engine(url)


def _failure(error: Exception) -> Finding:
    """Say why a check failed; most errors' text may hold what must not be shown."""
    remedy = remedy_for(error) if isinstance(error, DBAPIError) else None
    if remedy is None or not isinstance(error, DBAPIError):
        text = f"could not be looked at: {type(error).__name__}"
        return bad(text, "Look into the log of the server.")
    return bad(f"could not be looked at: {words_of(error)}", remedy)


def _print(found: list[tuple[str, Finding]]) -> None:
    for name, one in found:
        click.echo(f"{one.level.value:<8} {name:<12} {one.text}")
        if one.remedy:
            click.echo(f"{'':<21} → {one.remedy}")
    counts = {level: sum(one.level is level for _, one in found) for level in Level}
    click.echo(
        f"{some(counts[Level.ERROR], 'error')}, "
        f"{some(counts[Level.WARNING], 'warning')}"
    )


def _row(name: str, one: Finding) -> dict[str, str]:
    return {
        "check": name,
        "level": one.level.value,
        "text": one.text,
        "remedy": one.remedy,
    }
