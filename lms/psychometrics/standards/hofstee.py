"""A compromise between the cut and the failures that a panel will bear."""

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_table
from lms.psychometrics.errors import DataError, NoSolutionError
from lms.psychometrics.standards.cut_result import (
    CutResult,
    as_scores,
    pass_rate_of,
    t_interval,
)

_COLUMNS = ("least cut", "largest cut", "least fail %", "largest fail %")
_HALVINGS = 60


def hofstee(
    score: ArrayLike, judgements: ArrayLike, *, confidence_level: float = 0.95
) -> CutResult:
    """Find the cut at which the failures meet the panel's line [1]_.

    The line goes from (least cut, largest fail rate) to (largest cut, least fail rate),
    means over judges; the curve is the share of scores below each cut. Its error is
    over judges, by leaving out one at a time.

    Parameters
    ----------
    score : array_like, shape (n_persons,)
    judgements : array_like, shape (n_judges, 4)
        Least and largest acceptable cut, least and largest acceptable percentage of
        failures.

    Returns
    -------
    CutResult
        In `details`: `fail_percent` on the line, `bounds` (the four means), `n_judges`.

    Raises
    ------
    NoSolutionError
        The curve does not meet the line; the message says on which side it passes.
    DataError
        A judgement is missing, a least above its largest, or no percentage.

    References
    ----------
    .. [1] Hofstee, W. K. B. (1983). The case for compromise in educational selection
       and grading. In S. B. Anderson & J. S. Helmick (Eds.), On educational testing
       (pp. 109-127). Jossey-Bass.

    Examples
    --------
    >>> result = hofstee(range(101), [[40, 60, 30, 70], [40, 60, 30, 70]])
    >>> round(result.cut)
    50
    """
    scores = as_scores(score)
    known = np.sort(scores[~np.isnan(scores)])
    if known.size == 0:
        raise DataError("score: nobody has one")
    panel = _read_judgements(judgements)
    cut, fail = _cross(known, panel.mean(axis=0))
    se, warnings = _jackknife(known, panel)
    return CutResult(
        cut=cut,
        se=se,
        ci=t_interval(cut, se, panel.shape[0] - 1, confidence_level),
        method="Hofstee",
        pass_rate=pass_rate_of(known, cut),
        details={
            "fail_percent": fail,
            "bounds": panel.mean(axis=0),
            "n_judges": panel.shape[0],
        },
        warnings=warnings,
    )


def _read_judgements(judgements: ArrayLike) -> Floats:
    panel = as_table(judgements, "judgements", rows="judge", columns="column")
    if panel.shape[1] != 4:
        raise DataError(f"judgements: need 4 columns ({', '.join(_COLUMNS)})")
    is_blank = np.isnan(panel)
    if is_blank.any():
        judge, column = np.argwhere(is_blank)[0]
        raise DataError(f"judgements: judge {judge} has no {_COLUMNS[column]}")
    is_turned = (panel[:, 0] > panel[:, 1]) | (panel[:, 2] > panel[:, 3])
    if is_turned.any():
        judge = int(np.argmax(is_turned))
        raise DataError(f"judgements: judge {judge} has a least above its largest")
    is_wrong = (panel[:, 2] < 0) | (panel[:, 3] > 100)
    if is_wrong.any():
        judge = int(np.argmax(is_wrong))
        raise DataError(f"judgements: judge {judge}: failures are not 0 to 100 %")
    return panel


def _cross(ordered: Floats, bounds: Floats) -> tuple[float, float]:
    """Return the cut and the percentage of the line where the curve crosses it."""
    low, high, least, most = map(float, bounds)

    def place(share: float) -> tuple[float, float]:
        return low + share * (high - low), most + share * (least - most)

    def excess(share: float) -> float:
        cut, allowed = place(share)
        below = np.searchsorted(ordered, cut, side="left")
        return 100 * float(below) / ordered.size - allowed

    if excess(0.0) > 0:
        raise NoSolutionError(
            f"Hofstee: {excess(0.0) + most:.1f} % fail at the least cut {low:g}, more "
            f"than the {most:g} % that the panel bears; lower the cut or bear more"
        )
    if excess(1.0) < 0:
        raise NoSolutionError(
            f"Hofstee: {excess(1.0) + least:.1f} % fail at the largest cut {high:g}, "
            f"fewer than the {least:g} % that the panel asks for; raise it or ask less"
        )
    # Failures rise and the line falls: halving finds the last cut not above the line.
    if excess(1.0) <= 0:
        return place(1.0)
    left, right = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        left, right = (middle, right) if excess(middle) <= 0 else (left, middle)
    return place(left)


def _jackknife(ordered: Floats, panel: Floats) -> tuple[float, tuple[str, ...]]:
    n = panel.shape[0]
    if n < 2:
        return float("nan"), ("one judge: the error over judges is not known",)
    cuts = []
    for judge in range(n):
        try:
            cuts.append(
                _cross(ordered, np.delete(panel, judge, axis=0).mean(axis=0))[0]
            )
        except NoSolutionError:
            words = f"without judge {judge} there is no cut: the error is not known"
            return float("nan"), (words,)
    spread = np.array(cuts) - np.mean(cuts)
    return float(np.sqrt((n - 1) / n * (spread @ spread))), ()
