"""The same tasks by other libraries, run by an interpreter that has them.

``python benchmarks/peers.py LIBRARY TASK data.npz`` prints JSON. It stands alone: that
interpreter knows nothing of this project, and none of these libraries is needed here.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

_REPEATS = 3


def _girth(task: str, data: Any) -> Callable[[], object]:
    import girth  # type: ignore[import-not-found, unused-ignore]

    answers = data["answers"].astype(int).T
    fits = {"2pl": girth.twopl_mml, "pcm": girth.pcm_mml, "grm": girth.grm_mml}
    options = {"quadrature_n": 61, "quadrature_bounds": (-6, 6)}
    fit = fits[task]
    return lambda: fit(answers, options)


def _mirt(task: str, data: Any) -> Callable[[], object]:
    import mirt  # type: ignore[import-not-found, unused-ignore]

    if task == "mfrm":
        return _mirt_ratings(data)
    answers = data["answers"].astype(int)
    model, se = {
        "2pl": ("2PL", False),
        "2pl-se": ("2PL", True),
        "pcm": ("PCM", True),
        "grm": ("GRM", True),
        "wle": ("2PL", False),
    }[task]
    if task == "wle":
        fitted = mirt.fit_mirt(
            answers, "2PL", n_quadpts=61, compute_standard_errors=False
        )
        return lambda: mirt.fscores(fitted, answers, method="WLE")
    return lambda: mirt.fit_mirt(
        answers, model, n_quadpts=61, compute_standard_errors=se
    )


def _mirt_ratings(data: Any) -> Callable[[], object]:
    import mirt  # type: ignore[import-not-found, unused-ignore]
    from mirt.models.mfrm import (  # type: ignore[import-not-found, unused-ignore]
        Facet,
        PolytomousMFRM,
    )

    order = np.lexsort((data["criterion"], data["rater"], data["learner"]))
    n_learners = data["learner"].max() + 1
    rater, criterion, score = (
        data[name][order].reshape(n_learners, -1)
        for name in ("rater", "criterion", "score")
    )
    model = PolytomousMFRM(
        int(criterion.max()) + 1,
        int(score.max()) + 1,
        [Facet("rater", int(rater.max()) + 1)],
    )
    return lambda: mirt.fit_mfrm(model, score, {"rater": rater}, item_indices=criterion)


def _raschpy(task: str, data: Any) -> Callable[[], object]:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]
    import raschpy  # type: ignore[import-not-found, unused-ignore]

    if task == "pcm":
        frame = pd.DataFrame(data["answers"])
        return lambda: raschpy.PCM(frame).calibrate()
    if task != "mfrm":
        raise KeyError(task)
    columns = {name: data[name] for name in ("rater", "learner", "criterion", "score")}
    frame = pd.DataFrame(columns).pivot(
        index=["rater", "learner"], columns="criterion", values="score"
    )
    frame.index.names = ["Rater", "Person"]
    return lambda: raschpy.MFRM(frame, max_score=3).calibrate()


PEERS = {"girth": _girth, "mirt": _mirt, "raschpy": _raschpy}


def main() -> None:
    """Run one task by one library."""
    library, task, path = sys.argv[1:4]
    warnings.simplefilter("ignore")
    try:
        with np.load(path) as data:
            run = PEERS[library](task, dict(data))
        run()
    except ImportError:
        print(json.dumps({"missing": library}))
        return
    except Exception as error:  # whatever a peer refuses is a line of the table
        print(json.dumps({"failed": f"{type(error).__name__}: {error}"[:200]}))
        return
    found = []
    for _ in range(_REPEATS):
        began = time.process_time()
        run()
        found.append(time.process_time() - began)
    print(json.dumps({"seconds": min(found)}))


if __name__ == "__main__":
    main()
