"""What `lms people import` says of a list."""

import json

import click

from lms.accounts.admin.imports.plan import ImportPlan, Outcome


def report_import(plan: ImportPlan, name: str, shape: str, *, is_written: bool) -> None:
    """Say what became of every row: faults to stderr, the rest to stdout."""
    counts = {outcome.value: plan.count(outcome) for outcome in Outcome}
    if shape == "json":
        rows = [
            {
                "line": row.row.line,
                "outcome": row.outcome.value,
                "reasons": [str(fault) for fault in row.faults],
            }
            for row in plan.rows
        ]
        said = {"written": is_written, "counts": counts, "rows": rows}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    for row in plan.rows:
        for fault in row.faults:
            click.echo(f"{name}:{row.row.line}: {fault}", err=True)
        if not row.faults:
            click.echo(f"{name}:{row.row.line}: {row.outcome}")
    if plan.file.encoding != "utf-8":
        click.echo(f"read as {plan.file.encoding} (Shift_JIS)", err=True)
    total = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    click.echo(f"{total}; {'written' if is_written else 'nothing written'}")
