"""Draw the figures of ``docs/psychometrics.md``.

``python -m benchmarks.psychometric_figures --help``
"""

from pathlib import Path

import click
import numpy as np

from benchmarks.calibration import CASE, coverage, sort_by_cases, worlds
from benchmarks.drawing import Chart, Series
from benchmarks.learners import Floats
from benchmarks.ratings import Assignment, simulate_ratings
from benchmarks.sequential import ALL_PIECES, PIECES, compare, mean_pieces
from lms.psychometrics import fit_mfrm
from lms.settings import PROJECT_ROOT

_SEED = 2026
_LEVELS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
_RATERS = 40
_CASES = (1, 2, 3, 4, 6, 8)


@click.command()
@click.option("--learners", default=5000, show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=PROJECT_ROOT / "docs" / "pictures",
)
@click.option("--only", default="", help="Names of figures, with commas between.")
def main(learners: int, out: Path, only: str) -> None:
    """Simulate, draw and print the figures."""
    out.mkdir(parents=True, exist_ok=True)
    for name, draw in FIGURES.items():
        if not only or name in only.split(","):
            path = out / f"psychometrics-{name}.svg"
            path.write_text(draw(learners).to_svg(), encoding="utf-8")
            click.echo(f"{path}\n")


def draw_calibration(learners: int) -> Chart:
    """Draw how often intervals of each level hold the true ability."""
    series = []
    for place, world in enumerate(worlds()):
        held = coverage(world, learners, _SEED + place, _LEVELS)
        at = ", ".join(
            f"{level:.0%}: {own:.1%}" for level, own in zip(_LEVELS, held, strict=True)
        )
        click.echo(f"{world.name}: {at}")
        if world.is_drawn:
            line = Series(world.name, _LEVELS.tolist(), held.tolist(), has_points=True)
            series.append(line)
    return Chart(
        title=f"Intervals that hold the true ability, {learners:,} learners each",
        x_name="said",
        y_name="held",
        x_ticks=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
        y_ticks=[0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
        series=series,
        legend_at=(0.745, 0.465),
        diagonal=True,
        digits=1,
        x_digits=1,
    )


def draw_decisions(learners: int) -> Chart:
    """Draw how level 3 is attested from a number of marked cases."""
    found = [sort_by_cases(n, learners, _SEED + n) for n in _CASES]
    names = {
        "accuracy": "decision is right",
        "consistency": "two sets of evidence agree",
        "falsely_attested": "attested, of those below",
        "missed": "not attested, of those at it",
    }
    series = []
    for field, name in names.items():
        values = [float(getattr(row, field)) for row in found]
        at = ", ".join(f"{n}: {own:.1%}" for n, own in zip(_CASES, values, strict=True))
        click.echo(f"{name} by cases: {at}")
        series.append(Series(name, _CASES, values, has_points=True))
    criteria = len(CASE.indicators)
    return Chart(
        title=f"Level 3 from cases of {criteria} criteria, {learners:,} learners",
        x_name="cases",
        y_name="share of learners",
        x_ticks=range(9),
        y_ticks=[0.0, 0.2, 0.4, 0.6, 0.8, 1.0],
        series=series,
        legend_at=(4.4, 0.62),
        digits=1,
        x_digits=0,
    )


def draw_advice(learners: int) -> Chart:
    """Draw how many learners are decided after a number of pieces."""
    n = max(10, learners // 10)
    counts = list(range(31))
    series = []
    for words, pool in (("", ALL_PIECES), (", cases alone", PIECES["simulation"])):
        routes = compare(n, _SEED, pool)
        for name, own in routes.items():
            done = [
                np.mean([r.is_decided and r.pieces <= k for r in own]) for k in counts
            ]
            right = np.mean([r.is_right for r in own])
            click.echo(
                f"{name}{words}: {mean_pieces(own):.2f} pieces, "
                f"{done[-1]:.1%} decided, {right:.1%} rightly"
            )
            series.append(Series(name + words, counts, [float(d) for d in done]))
    return Chart(
        title=f"Learners about the cut who are decided, {n} each",
        x_name="pieces of work",
        y_name="share decided",
        x_ticks=[0, 5, 10, 15, 20, 25, 30],
        y_ticks=[0.0, 0.2, 0.4, 0.6, 0.8, 1.0],
        series=series,
        legend_at=(16, 0.4),
        digits=1,
        x_digits=0,
    )


def draw_severity(learners: int) -> Chart:
    """Draw how well severities are found, however raters come by their learners."""
    n, n_sets = max(400, learners // 5), max(1, learners // 1000)
    series = []
    ways: tuple[Assignment, ...] = ("random", "by ability")
    for assignment in ways:
        sets = [_recover(n, assignment, _SEED + k) for k in range(n_sets)]
        click.echo(f"raters {assignment}, {n_sets} sets: {_sum_up(sets)}")
        true, found, se = sets[0]
        ends = zip(found - 1.96 * se, found + 1.96 * se, strict=True)
        series.append(
            Series(
                f"learners {assignment}",
                true.tolist(),
                found.tolist(),
                has_line=False,
                has_points=True,
                bars=[(float(low), float(high)) for low, high in ends],
            )
        )
    ticks = [-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5]
    return Chart(
        title=f"Severities of {_RATERS} raters, two for each of {n:,} learners",
        x_name="true severity",
        y_name="found",
        x_ticks=ticks,
        y_ticks=ticks,
        series=series,
        legend_at=(0.3, -1.1),
        diagonal=True,
        digits=1,
        x_digits=1,
    )


def _recover(
    n: int, assignment: Assignment, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Return true severities, those found, and their standard errors."""
    rng = np.random.default_rng(seed)
    given = simulate_ratings(n, _RATERS, 6, rng, assignment=assignment)
    found = fit_mfrm(given.learner, given.rater, given.criterion, given.score).raters
    return given.severity, found.estimate, found.se


def _sum_up(sets: list[tuple[Floats, Floats, Floats]]) -> str:
    true, found, se = (np.concatenate(columns) for columns in zip(*sets, strict=True))
    error = found - true
    held = (np.abs(error) <= 1.96 * se).mean()
    return (
        f"r {np.corrcoef(true, found)[0, 1]:.3f}, "
        f"rmse {np.sqrt((error**2).mean()):.3f}, mean se {se.mean():.3f}, "
        f"slope {np.polyfit(true, found, 1)[0]:.2f}, "
        f"{held:.1%} of 95 % intervals hold"
    )


FIGURES = {
    "calibration": draw_calibration,
    "severity": draw_severity,
    "decisions": draw_decisions,
    "advice": draw_advice,
}


if __name__ == "__main__":
    main()
