"""What the psychometric library is timed at: one task in one process.

``python -m benchmarks.psychometric_tasks NAME FOLDER`` prints JSON. The process is
given one thread by its parent (`benchmarks.psychometrics`), and its memory is its own.
Seconds are those of the processor: others on the machine must not count.
"""

import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import lms.psychometrics as psy
from benchmarks.learners import HALF_LIVES, TODAY, Design, Work, simulate_learners
from benchmarks.ratings import simulate_ratings
from benchmarks.sequential import ALL_PIECES, BANK, SCALE
from benchmarks.workload import unit_seconds

Floats = NDArray[np.float64]
Runnable = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Task:
    """A task: what prepares it in a folder and says what to run, and how often.

    Attributes
    ----------
    calls : int
        Calls in one timing, for what is quicker than a clock is sure.
    """

    name: str
    prepare: Callable[[Path], Runnable]
    calls: int = 1
    repeats: int = 3


def _abilities(n: int, rng: np.random.Generator) -> Floats:
    return rng.normal(0, 1, n)


def _dichotomous(folder: Path) -> Floats:
    """Draw 5,000 persons on 60 items, and leave them where peers find them."""
    rng = np.random.default_rng(60)
    a = np.exp(rng.normal(np.log(1.2), 0.3, 60))
    bank = psy.ItemBank("2PL", a, rng.normal(0, 1, 60))
    answers = psy.simulate(bank, _abilities(5000, rng), rng)
    np.savez(folder / "data.npz", answers=answers, a=bank.a, b=bank.b)
    return answers


def _polytomous(folder: Path, model: str, items: int, persons: int, k: int) -> Floats:
    rng = np.random.default_rng(items)
    a = np.exp(rng.normal(np.log(1.2), 0.3, items)) if model == "GRM" else 1.0
    places = rng.normal(0, 0.5, (items, 1)) + np.linspace(-1.2, 1.2, k - 1)
    bank = psy.ItemBank(model, a, places)
    answers = psy.simulate(bank, _abilities(persons, rng), rng)
    np.savez(folder / "data.npz", answers=answers)
    return answers


def _fit(answers: Floats, model: str, *, se: bool) -> Runnable:
    return lambda: psy.fit_irt(answers, model, se=se)


def _scores(folder: Path) -> Runnable:
    answers = _dichotomous(folder)
    with np.load(folder / "data.npz") as held:
        bank = psy.ItemBank("2PL", held["a"], held["b"])
    return lambda: psy.score_persons(answers, bank, "WLE")


def _ratings(folder: Path) -> Runnable:
    """Let 2 of 40 raters mark each of 2,000 learners on 6 criteria."""
    given = simulate_ratings(2000, 40, 6, np.random.default_rng(40))
    np.savez(
        folder / "data.npz",
        learner=given.learner,
        rater=given.rater,
        criterion=given.criterion,
        score=given.score,
    )
    marks = (given.learner, given.rater, given.criterion, given.score)
    return lambda: psy.fit_mfrm(*marks)


def _levels(*, drifting: bool) -> Callable[[Path], Runnable]:
    """Estimate learners in turn, so that no two patterns of evidence are equal."""

    def prepare(_folder: Path) -> Runnable:
        steps = {f"item-{j}": [j - 2.0] for j in range(5)}
        steps |= {f"criterion-{j}": [j - 2.2, j - 1.0, j + 0.3] for j in range(3)}
        test = Work("knowledge", tuple(f"item-{j}" for j in range(5)))
        case = Work("simulation", tuple(f"criterion-{j}" for j in range(3)), True)
        sheet = Work("practice", ("criterion-0", "criterion-1"), True)
        design = Design(
            works=(test, test, case, case, case, sheet, sheet),
            bank=psy.Bank(steps),
            half_lives=HALF_LIVES if drifting else {},
        )
        learners = simulate_learners(design, 2000, np.random.default_rng(5))
        rows = cycle([learners.evidence(i) for i in range(2000)])
        return lambda: psy.estimate_level(
            next(rows),
            design.bank,
            design.cuts,
            as_of=TODAY,
            half_life_days=design.half_lives,
        )

    return prepare


def _next_item(_folder: Path) -> Runnable:
    rng = np.random.default_rng(500)
    a = np.exp(rng.normal(np.log(1.2), 0.3, 500))
    bank = psy.ItemBank("2PL", a, rng.normal(0, 1, 500))
    theta = np.linspace(-6, 6, 121)
    belief = (theta, np.exp(-((theta - 0.3) ** 2)))
    return lambda: psy.next_item(bank, belief, [3, 77, 200])


def _next_evidence(_folder: Path) -> Runnable:
    return lambda: psy.next_evidence(
        [], BANK, SCALE, ALL_PIECES[:20], as_of=TODAY, level=2
    )


# Everything of ours on top of NumPy and SciPy, which the web application loads in part.
_IMPORT = (
    "import time, numpy, scipy.optimize, scipy.special, scipy.stats;"
    "t = time.process_time();"
    "import lms.psychometrics as p; [getattr(p, name) for name in p.__all__];"
    "print(time.process_time() - t)"
)


TASKS = {
    task.name: task
    for task in (
        Task("2pl", lambda f: _fit(_dichotomous(f), "2PL", se=False)),
        Task("2pl-se", lambda f: _fit(_dichotomous(f), "2PL", se=True)),
        Task("pcm", lambda f: _fit(_polytomous(f, "PCM", 20, 2000, 4), "PCM", se=True)),
        Task("grm", lambda f: _fit(_polytomous(f, "GRM", 12, 1000, 5), "GRM", se=True)),
        Task("wle", _scores),
        Task("mfrm", _ratings),
        Task("level", _levels(drifting=False), calls=300),
        Task("level-drift", _levels(drifting=True), calls=300),
        Task("next-item", _next_item, calls=300),
        Task("next-evidence", _next_evidence, calls=30),
    )
}


IMPORT = "import"
NAMES = (*TASKS, IMPORT)


def main() -> None:
    """Run one task and print its figures."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    if name == IMPORT:
        found = [_import_once() for _ in range(5)]
        units = [unit_seconds() for _ in range(3)]
    else:
        found, units = _time(TASKS[name], folder)
    scale = 1024 if platform.system() == "Linux" else 1024**2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    figures = {"seconds": min(found), "unit": min(units), "peak_mib": peak}
    print(json.dumps(figures))


def _time(task: Task, folder: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of each repeat, and those of the unit between them."""
    run = task.prepare(folder)
    run()  # warm: caches of the library and of the processor
    found, units = [], [unit_seconds()]
    for _ in range(task.repeats):
        began = time.process_time()
        for _ in range(task.calls):
            run()
        found.append((time.process_time() - began) / task.calls)
        units.append(unit_seconds())
    return found, units


def _import_once() -> float:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


if __name__ == "__main__":
    main()
