"""`lms audit`: the head of the chain, to be kept elsewhere, and checking the trail."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import click
from sqlalchemy.orm import Session

from lms.audit.domain import GENESIS
from lms.audit.facts import FactFault, FactSource
from lms.audit.queries.chain import find_head
from lms.audit.verification import AuditFault, KeptHead, TrailCheck, hold_moment
from lms.clock import utc_now
from lms.migrations import open_current_database
from lms.settings import Settings

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")
_MOST_IN_JSON = 10_000
_NOTHING_SEALED = (
    "nothing is sealed, though there are {} facts to seal; hold this against a head "
    "that you kept, and see that a worker runs"
)
Fault = AuditFault | FactFault
LoadSources = Callable[[], Callable[[], Sequence[FactSource]]]
"""Imports what the packages hold against the trail, which takes a second or two."""


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
@click.option(
    "--facts/--no-facts",
    "is_whole",
    default=True,
    help="Hold packs, evidence, decisions, keys and certificates against the trail.",
)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def verify(
    load_sources: LoadSources, kept: KeptHead | None, is_whole: bool, shape: str
) -> None:
    """Find what was changed, removed, added or moved; exit status 1 if anything."""
    settings = Settings.from_env()
    with open_current_database(settings) as database, database.session() as session:
        hold_moment(session)
        sources = load_sources()() if is_whole else ()
        report = _Report(TrailCheck(session, now=utc_now()), sources)
        found = report.faults(session, kept)
        count = _as_json(report, found) if shape == "json" else _as_text(report, found)
    if count:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Report:
    """What was looked at; complete when `faults` has ended."""

    check: TrailCheck
    sources: Sequence[FactSource]

    def faults(self, session: Session, kept: KeptHead | None) -> Iterator[Fault]:
        yield from self.check.faults(kept)
        for source in self.sources:
            yield from source.faults(session)

    @property
    def facts(self) -> int | None:
        if not self.sources:
            return None
        return sum(source.count for source in self.sources)

    @property
    def warnings(self) -> list[str]:
        if self.facts and not self.check.batches:
            return [_NOTHING_SEALED.format(self.facts)]
        return []


def _as_text(report: _Report, found: Iterator[Fault]) -> int:
    count = 0
    for fault in found:
        click.echo(str(fault))
        count += 1
    for line in report.warnings:
        click.echo(f"warning: {line}")
    check = report.check
    facts = "" if report.facts is None else f"{report.facts} facts; "
    click.echo(
        f"{check.batches} batches, {check.rows} rows, head {check.head}; "
        f"{check.waiting} rows wait; {facts}{count} faults"
    )
    return count


def _as_json(report: _Report, found: Iterator[Fault]) -> int:
    faults = [fault.to_dict() for fault in islice(found, _MOST_IN_JSON)]
    check = report.check
    document = {
        "is_sound": not faults,
        "batches": check.batches,
        "rows": check.rows,
        "waiting": check.waiting,
        "facts": report.facts,
        "head": {"number": check.head.number, "digest": check.head.digest},
        "faults": faults,
        "warnings": report.warnings,
    }
    click.echo(json.dumps(document, indent=2))
    return len(faults)
