"""Measure the pages: ``python -m benchmarks.pages --help``.

The product is served with production settings by two sync workers of gunicorn and
asked by eight clients; before and after it, the bare page and the bare write are
served and asked in the same way. Figures of two machines, or of two runs, are not
comparable; ratios within one run are.
"""

import json
import secrets
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.bare import prepare_bare
from benchmarks.bare_run import BareRun, run_bare
from benchmarks.browser import sign_in
from benchmarks.counting import QueryCounter
from benchmarks.databases import fresh_database
from benchmarks.driver import Connection, Timing, drive
from benchmarks.population import Population, make_population
from benchmarks.report import Export, PageLine, Product, Report, Run, print_report
from benchmarks.server import Server, served
from benchmarks.visits import PAGES, Crowd, Measured, make_crowd
from lms.db import Database, make_engine
from lms.settings import Settings

_LOOPS = 6_000_000


@click.command()
@click.option(
    "--database",
    type=click.Choice(["postgresql", "sqlite", "both"]),
    default="both",
    show_default=True,
)
@click.option("--learners", default="1000,100000", show_default=True)
@click.option("--seconds", default=3.0, show_default=True, help="For each page.")
@click.option("--only", default="", help="Names of pages, with commas between.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
def main(database: str, learners: str, seconds: float, only: str, shape: str) -> None:
    """Measure the pages at several sizes and print what was found."""
    kinds = ["postgresql", "sqlite"] if database == "both" else [database]
    sizes = [int(size) for size in learners.split(",")]
    wanted = [page for page in PAGES if not only or page.name in only.split(",")]
    before = _machine_seconds()
    runs = [
        _measure(kind, size, wanted, seconds=seconds)
        for kind in kinds
        for size in sizes
    ]
    report = Report(before, _machine_seconds(), tuple(runs))
    if shape == "json":
        click.echo(json.dumps(asdict(report), indent=1))
    else:
        print_report(report)


def _machine_seconds() -> float:
    """Return what a fixed piece of work takes: the machine's own speed, just now."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        total = 0
        for number in range(_LOOPS):
            total += number & 7
        best = min(best, time.perf_counter() - began)
    return best


def _measure(kind: str, learners: int, pages: list[Measured], *, seconds: float) -> Run:
    with (
        fresh_database(kind) as url,
        tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder,
    ):
        log = Path(folder) / "server.log"
        settings = Settings(
            database_url=url, secret_key=secrets.token_hex(32), data_dir=Path(folder)
        )
        began = time.monotonic()
        population = make_population(settings, learners)
        prepare_bare(settings)
        _say(f"{kind}, {learners} learners: made in {time.monotonic() - began:.0f} s")
        first = run_bare(settings, population, log, seconds=seconds)
        try:
            with served("wsgi:app", settings, log) as server:
                found = _measure_product(
                    server, settings, population, pages, seconds=seconds
                )
        except Exception:
            _say(log.read_text()[-3000:])
            raise
        last = run_bare(settings, population, log, seconds=seconds)
        return Run(
            database=kind,
            learners=learners,
            hello_rate=_mean(first, last, "hello"),
            page_rate=_mean(first, last, "page"),
            write_rate=_mean(first, last, "write"),
            act_rate=_mean(first, last, "act"),
            bare_drift=_drift(first, last),
            product=found,
        )


def _measure_product(
    server: Server,
    settings: Settings,
    population: Population,
    pages: list[Measured],
    *,
    seconds: float,
) -> Product:
    database = Database(make_engine(settings.database_url))
    began = time.monotonic()
    crowd = make_crowd(server.port, population, database)
    entered = time.monotonic() - began
    counter = QueryCounter(settings)
    lines = []
    for page in pages:
        timing = _time_page(server, crowd, page, seconds=seconds)
        queries = counter.count(page.plans(crowd))
        alone = None
        if page.p95_alone_ms is not None:
            alone = drive(server.port, page.plans(crowd)[:1], seconds=seconds / 2)
        lines.append(PageLine.of(page, timing, queries, alone))
        _say(f"  {page.name}: {timing.rate:.0f}/s")
    counter.close()
    export = _measure_export(server, population)
    return Product(
        pages=tuple(lines),
        export=export,
        memory_mib=server.memory_mib(),
        sign_in_seconds=entered / crowd.size,
    )


def _time_page(
    server: Server, crowd: Crowd, page: Measured, *, seconds: float
) -> Timing:
    if not page.repeats:
        if not page.is_write:
            drive(server.port, page.plans(crowd), seconds=0.3)  # caches of the process
        return drive(server.port, page.plans(crowd), seconds=seconds)
    found = [drive(server.port, page.plans(crowd)) for _ in range(page.repeats)]
    return Timing(
        sum(timing.seconds for timing in found),
        sorted(ms for timing in found for ms in timing.milliseconds),
    )


def _measure_export(server: Server, population: Population) -> Export:
    certifier = sign_in(
        server.port,
        "certifier@bench.example",
        code=population.seeded.certifier_code,
    )
    connection = Connection(server.port)
    began = time.perf_counter()
    answer = connection.ask(certifier.get("/cohorts/c0/records.csv"))
    took = time.perf_counter() - began
    connection.close()
    return Export(rows=answer.body.count(b"\n") - 1, seconds=took)


def _mean(first: BareRun, last: BareRun, name: str) -> float:
    rates = [getattr(run, name).rate for run in (first, last)]
    return float(sum(rates) / 2)


def _drift(first: BareRun, last: BareRun) -> float:
    rates = first.page.rate, last.page.rate
    return abs(rates[0] - rates[1]) / max(rates)


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
