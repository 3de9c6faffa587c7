"""`lms audit`: the head of the chain, to be kept elsewhere, and checking the trail."""

import json
import re
from collections.abc import Iterator
from itertools import islice

import click

from lms.audit.domain import GENESIS
from lms.audit.queries.chain import find_head
from lms.audit.verification import AuditFault, KeptHead, TrailCheck, hold_moment
from lms.clock import utc_now
from lms.migrations import open_current_database
from lms.settings import Settings

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")
_MOST_IN_JSON = 10_000


def _read_head(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> KeptHead | None:
    """Return what `lms audit head` printed, in its two parts."""
    if text is None:
        return None
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter("write it as lms audit head printed it: NUMBER:DIGEST")
    return KeptHead(int(match[1]), match[2])


@click.group()
def audit() -> None:
    """Prove that the audit trail is what it was."""


@audit.command()
def head() -> None:
    """Print number and digest of the last batch.

    Kept elsewhere, they show later whether the end of the trail was cut off.
    """
    settings = Settings.from_env()
    with open_current_database(settings) as database, database.session() as session:
        last = find_head(session)
    click.echo(KeptHead(last.number, last.digest) if last else KeptHead(0, GENESIS))


@audit.command()
@click.option(
    "--head", "kept", callback=_read_head, help="What lms audit head printed."
)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
def verify(kept: KeptHead | None, shape: str) -> None:
    """Find rows that were changed, removed, added or moved; exit status 1 if any."""
    settings = Settings.from_env()
    with open_current_database(settings) as database, database.session() as session:
        hold_moment(session)
        check = TrailCheck(session, now=utc_now())
        found = check.faults(kept)
        count = _as_json(check, found) if shape == "json" else _as_text(check, found)
    if count:
        raise SystemExit(1)


def _as_text(check: TrailCheck, found: Iterator[AuditFault]) -> int:
    count = 0
    for fault in found:
        click.echo(str(fault))
        count += 1
    click.echo(
        f"{check.batches} batches, {check.rows} rows, head {check.head}; "
        f"{check.waiting} rows wait; {count} faults"
    )
    return count


def _as_json(check: TrailCheck, found: Iterator[AuditFault]) -> int:
    faults = [fault.to_dict() for fault in islice(found, _MOST_IN_JSON)]
    report = {
        "is_sound": not faults,
        "batches": check.batches,
        "rows": check.rows,
        "waiting": check.waiting,
        "head": {"number": check.head.number, "digest": check.head.digest},
        "faults": faults,
    }
    click.echo(json.dumps(report, indent=2))
    return len(faults)
