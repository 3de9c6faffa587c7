"""Measure the pages: ``python -m benchmarks.pages --help``.

The product is served with production settings by two sync workers of gunicorn and
asked by eight clients; the bare page and the bare write are served beside it and asked
in the same way right before and after each page. Figures of two machines, or of two
runs, are not comparable; ratios within one run are.
"""

import json
import secrets
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.bare import prepare_bare
from benchmarks.bare_run import FORM, HELLO, PAGE, WRITE, BareApp, bare_app
from benchmarks.beside import machine_seconds, time_beside
from benchmarks.browser import sign_in
from benchmarks.counting import QueryCounter
from benchmarks.databases import fresh_database
from benchmarks.driver import Connection, drive
from benchmarks.population import Population, make_population
from benchmarks.report import Bare, Export, PageLine, Product, Report, Run, print_report
from benchmarks.server import Server, served
from benchmarks.visits import PAGES, Measured, make_crowd
from lms.db import Database, make_engine
from lms.settings import Settings


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
    before = machine_seconds()
    runs = [
        _measure(kind, size, wanted, seconds=seconds)
        for kind in kinds
        for size in sizes
    ]
    report = Report(before, machine_seconds(), tuple(runs))
    if shape == "json":
        click.echo(json.dumps(asdict(report), indent=1))
    else:
        print_report(report)


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
        try:
            with (
                bare_app(settings, population, log) as bare,
                served("wsgi:app", settings, log) as server,
            ):
                rates = _measure_bare(bare, seconds=seconds)
                found = _measure_product(
                    server, bare, settings, population, pages, seconds=seconds
                )
        except Exception:
            _say(log.read_text()[-3000:])
            raise
        return Run(database=kind, learners=learners, bare=rates, product=found)


def _measure_bare(bare: BareApp, *, seconds: float) -> Bare:
    rates = {
        name: bare.drive(name, seconds=seconds).rate
        for name in (HELLO, PAGE, WRITE, FORM)
    }
    return Bare(**rates)


def _measure_product(
    server: Server,
    bare: BareApp,
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
        found = time_beside(server, crowd, page, bare, seconds=seconds)
        queries = counter.count(page.plans(crowd))
        alone = None
        if page.p95_alone_ms is not None:
            alone = drive(server.port, page.plans(crowd)[:1], seconds=seconds / 2)
        lines.append(PageLine.of(page, found, queries, alone))
        _say(f"  {page.name}: {found.timing.rate:.0f}/s")
    counter.close()
    export = _measure_export(server, population)
    return Product(
        pages=tuple(lines),
        export=export,
        memory_mib=server.memory_mib(),
        sign_in_seconds=entered / crowd.size,
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


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
