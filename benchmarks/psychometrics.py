"""Measure the psychometric library: ``python -m benchmarks.psychometrics --help``.

Each task runs in a process of its own with one thread. Its time is given as a ratio to
a fixed piece of NumPy work in the same process, and to the same task by other
libraries where an interpreter has them. Seconds of two machines, or of two runs, are
not comparable; ratios within one run are.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.psychometric_tasks import NAMES

MAX_PEAK_MIB = 400
MAX_MACHINE_DRIFT = 0.15
_ONE_THREAD = dict.fromkeys(
    (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    ),
    "1",
)
_WORDS = {
    "2pl": "2PL, 60 items, 5,000 persons",
    "2pl-se": "the same with standard errors",
    "pcm": "PCM, 20 items, 2,000 persons, with errors",
    "grm": "GRM, 12 items, 1,000 persons, with errors",
    "wle": "WLE of 5,000 persons, 60 items",
    "mfrm": "MFRM, 2,000 learners, 40 raters, 6 criteria",
    "level": "one learner's levels, 23 rows",
    "level-drift": "the same with drift, 7 days",
    "next-item": "next_item, bank of 500",
    "next-evidence": "next_evidence, 20 pieces",
    "import": "import, on top of NumPy and SciPy",
}
# Aims in seconds, where one is absolute; those to peers are ratios.
_SECONDS = {"level": 0.002, "level-drift": 0.002, "next-item": 0.001, "import": 0.3}
_RATIOS = {("2pl", "mirt"): 0.30}
_PEERS = {
    "2pl": ("girth", "mirt"),
    "2pl-se": ("mirt",),
    "pcm": ("girth", "mirt", "raschpy"),
    "grm": ("girth", "mirt"),
    "wle": ("mirt",),
    "mfrm": ("mirt", "raschpy"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One task.

    Attributes
    ----------
    unit, units : float
        Seconds of the fixed work, and of the task by them.
    peers : dict
        Our seconds by those of each peer, or in words why there are none.
    """

    name: str
    seconds: float
    unit: float
    units: float
    peak_mib: float
    peers: dict[str, float | str]

    @property
    def faults(self) -> list[str]:
        """Return the aims that were missed."""
        faults = []
        if self.seconds > _SECONDS.get(self.name, float("inf")):
            faults.append("seconds")
        if self.peak_mib > MAX_PEAK_MIB:
            faults.append("memory")
        for (task, peer), most in _RATIOS.items():
            found = self.peers.get(peer) if task == self.name else None
            if isinstance(found, float) and found > most:
                faults.append(peer)
        return faults


@click.command()
@click.option("--only", default="", help="Names of tasks, with commas between.")
@click.option(
    "--peers",
    type=click.Path(exists=True, dir_okay=False),
    help="A Python interpreter that has girth, mirt or raschpy.",
)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
def main(only: str, peers: str | None, shape: str) -> None:
    """Run every task and print its time, memory and ratios."""
    wanted = [name for name in NAMES if not only or name in only.split(",")]
    lines = [_measure(name, peers) for name in wanted]
    if shape == "json":
        click.echo(json.dumps([asdict(line) for line in lines], indent=1))
        return
    click.echo(
        f"{'task':46} {'seconds':>9} {'units':>8} {'MiB':>5}  ours by peer's  reached"
    )
    for line in lines:
        ratios = ", ".join(
            f"{peer} {found if isinstance(found, str) else format(found, '.2f')}"
            for peer, found in line.peers.items()
        )
        verdict = "MISSED: " + ", ".join(line.faults) if line.faults else "yes"
        click.echo(
            f"{_WORDS[line.name]:46} {line.seconds:9.5f} {line.units:8.4f} "
            f"{line.peak_mib:5.0f}  {ratios or '-':14}  {verdict}"
        )
    units = [line.unit for line in lines]
    drift = max(units) / min(units) - 1
    verdict = "THIS RUN IS VOID" if drift > MAX_MACHINE_DRIFT else "valid"
    click.echo(f"machine: the unit differed by {drift:.0%} among tasks: {verdict}")


def _measure(name: str, peers: str | None) -> Line:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.psychometric_tasks", name, folder]
        ours = _run(command)
        data = Path(folder) / "data.npz"
        found: dict[str, float | str] = {}
        for peer in _PEERS.get(name, ()) if peers else ():
            theirs = _run([str(peers), str(_peer_script()), peer, name, str(data)])
            found[peer] = (
                ours["seconds"] / theirs["seconds"]
                if "seconds" in theirs
                else str(theirs.get("failed", "not there"))
            )
    return Line(
        name=name,
        seconds=ours["seconds"],
        unit=ours["unit"],
        units=ours["seconds"] / ours["unit"],
        peak_mib=ours["peak_mib"],
        peers=found,
    )


def _peer_script() -> Path:
    return Path(__file__).with_name("peers.py")


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **_ONE_THREAD},
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
