"""What was found, and which aims were reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import click

from benchmarks.beside import MAX_DRIFT, Beside
from benchmarks.driver import Timing
from benchmarks.visits import Measured

MAX_MEMORY_MIB = 200
MAX_GROWTH = 1.3
MAX_WRITE_P99_MS = 40
# Bare pages and bare writes a second where the aims in milliseconds were set. On a
# machine that gives half as many a page may take twice as long.
_REFERENCE = {"postgresql": (945, 1170), "sqlite": (1150, 914)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One page at one size.

    Attributes
    ----------
    bare_rate : float
        Of the bare page or write, right before and after this one.
    bare_drift, machine_drift : float
        By which share the bare one, and a fixed piece of work, differed meanwhile.
    """

    name: str
    is_write: bool
    aim: float | None
    rate: float
    bare_rate: float
    bare_drift: float
    machine_drift: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    queries: int | None
    max_queries: int | None
    p95_alone_ms: float | None
    max_alone_ms: float | None

    @classmethod
    def of(
        cls,
        page: Measured,
        found: Beside,
        queries: int | None,
        alone: Timing | None,
    ) -> Self:
        """Return the line of a page from what was timed and counted."""
        timing = found.timing
        return cls(
            name=page.name,
            is_write=page.is_write,
            aim=page.aim,
            rate=timing.rate,
            bare_rate=found.bare_rate,
            bare_drift=found.bare_drift,
            machine_drift=found.machine_drift,
            p50_ms=timing.percentile(0.50),
            p95_ms=timing.percentile(0.95),
            p99_ms=timing.percentile(0.99),
            queries=queries,
            max_queries=page.max_queries,
            p95_alone_ms=alone.percentile(0.95) if alone else None,
            max_alone_ms=page.p95_alone_ms,
        )

    @property
    def share(self) -> float:
        """Return the rate as a share of the bare one's."""
        return self.rate / self.bare_rate

    def allowed_ms(self, aim_ms: float, database: str) -> float:
        """Return what an aim in milliseconds means at the speed of this machine."""
        return aim_ms * _REFERENCE[database][self.is_write] / self.bare_rate

    @property
    def is_valid(self) -> bool:
        """Say whether the machine stayed the same while this page was timed."""
        return self.machine_drift <= MAX_DRIFT


@dataclass(frozen=True, slots=True)
class Bare:
    """Answers per second of the bare application.

    Attributes
    ----------
    hello : float
        What server and driver can do at most.
    form : float
        What no write of a person can be faster than.
    """

    hello: float
    page: float
    write: float
    form: float


@dataclass(frozen=True, slots=True)
class Export:
    """A cohort's records as CSV."""

    rows: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the product did at one size; `memory_mib` is that of both workers."""

    pages: tuple[PageLine, ...]
    export: Export
    memory_mib: float
    sign_in_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One database at one size."""

    database: str
    learners: int
    bare: Bare
    product: Product


@dataclass(frozen=True, slots=True)
class Report:
    """All runs, and the machine's own speed before and after."""

    machine_before: float
    machine_after: float
    runs: tuple[Run, ...]

    @property
    def machine_drift(self) -> float:
        """Return by which share the machine became slower or faster."""
        pair = self.machine_before, self.machine_after
        return abs(pair[0] - pair[1]) / min(pair)


def print_report(report: Report) -> None:
    """Print a table for each run, then what grew with the number of learners."""
    for run in report.runs:
        _print_run(run)
    _print_growth(report)
    click.echo(
        f"machine: fixed work differed by {report.machine_drift:.0%} from beginning to "
        "end; each page has its own check"
    )


def _print_run(run: Run) -> None:
    bare = run.bare
    click.echo(
        f"\n{run.database}, {run.learners:,} learners: bare page {bare.page:.0f}/s, "
        f"bare write {bare.write:.0f}/s, bare form {bare.form:.0f}/s "
        f"({bare.form / bare.write:.0%} of the bare write), "
        f"bare hello {bare.hello:.0f}/s"
    )
    click.echo(
        f"{'page':15} {'req/s':>6} {'ratio':>6} {'aim':>5} {'p50':>6} {'p95':>6} "
        f"{'p99':>6} {'alone':>6} {'queries':>7} {'bare±':>6} {'loop±':>6}  reached"
    )
    for line in run.product.pages:
        click.echo(
            f"{line.name:15} {line.rate:6.0f} {line.share:6.0%} "
            f"{_or_dash(line.aim, '.0%'):>5} {line.p50_ms:6.1f} {line.p95_ms:6.1f} "
            f"{line.p99_ms:6.1f} {_or_dash(line.p95_alone_ms, '.1f'):>6} "
            f"{_or_dash(line.queries, 'd'):>7} {line.bare_drift:6.0%} "
            f"{line.machine_drift:6.0%}  {_verdict(run, line)}"
        )
    product, export = run.product, run.product.export
    click.echo(
        f"export: {export.rows} rows in {export.seconds:.2f} s, "
        f"{export.rows / export.seconds:.0f} rows/s; signing in: "
        f"{product.sign_in_seconds * 1000:.0f} ms"
    )
    verdict = "reached" if product.memory_mib <= MAX_MEMORY_MIB else "MISSED"
    click.echo(
        f"two workers: {product.memory_mib:.0f} MiB (aim: at most {MAX_MEMORY_MIB}): "
        f"{verdict}"
    )


def _print_growth(report: Report) -> None:
    by_database: dict[str, list[Run]] = {}
    for run in report.runs:
        by_database.setdefault(run.database, []).append(run)
    for name, runs in by_database.items():
        if len(runs) < 2:
            continue
        small, large = runs[0], runs[-1]
        click.echo(
            f"\n{name}: p95 at {large.learners:,} beside {small.learners:,} learners "
            f"(aim: at most x {MAX_GROWTH})"
        )
        for before, after in zip(small.product.pages, large.product.pages, strict=True):
            growth = after.p95_ms / before.p95_ms
            same = before.queries == after.queries
            click.echo(
                f"{after.name:15} x {growth:.2f}  "
                f"{'reached' if growth <= MAX_GROWTH else 'MISSED'}"
                f"{'' if same else '  QUERIES DIFFER'}"
            )


def _or_dash(value: float | None, shape: str) -> str:
    return "-" if value is None else format(value, shape)


def _verdict(run: Run, line: PageLine) -> str:
    if not line.is_valid:
        return "VOID: the machine changed"
    faults = []
    if line.aim is not None and line.share < line.aim:
        faults.append("ratio")
    if line.max_queries is not None and (line.queries or 0) > line.max_queries:
        faults.append("queries")
    told = []
    for name, found_ms, aim_ms in _limits(run, line):
        allowed = line.allowed_ms(aim_ms, run.database)
        told.append(f"{name} at most {allowed:.0f} here")
        if found_ms > allowed:
            faults.append(name)
    if faults:
        return "; ".join(["MISSED: " + ", ".join(faults), *told])
    is_asked = line.aim is not None or line.max_queries is not None
    return "; ".join(["yes", *told]) if is_asked else ""


def _limits(run: Run, line: PageLine) -> Iterator[tuple[str, float, float]]:
    """Yield what a page took in milliseconds beside what was aimed at."""
    if line.max_alone_ms is not None:
        yield "p95 alone", line.p95_alone_ms or 0, line.max_alone_ms
    if line.is_write and run.database == "sqlite":
        yield "p99", line.p99_ms, MAX_WRITE_P99_MS
