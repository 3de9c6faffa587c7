"""Cuts from judgements of items: how one who is just competent would do."""

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_table, as_vector
from lms.psychometrics.errors import DataError
from lms.psychometrics.standards.cut_result import (
    CutResult,
    as_scores,
    pass_rate_of,
    t_interval,
)


def angoff(
    ratings: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    scores: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> CutResult:
    """Add up what a panel expects of a person who is just competent [1]_.

    The cut is the sum over items of the judges' mean. Its error is over judges, as a
    sample of those who might have judged. Where a judge left items out, his severity is
    his mean distance from the panel on those he judged.

    Parameters
    ----------
    ratings : array_like, shape (n_judges, n_items)
        Expected shares of an item's points, 0 to 1, or percentages (if any is above 1);
        NaN: not judged.
    weights : array_like, shape (n_items,), optional
        Points of each item; default 1.
    scores : array_like, shape (n_persons,), optional
        Sum scores, for the pass rate.

    Returns
    -------
    CutResult
        In the points of the test. `details`: `judge_cuts` and `severity` (n_judges,;
        points above the panel's cut), `agreement` (n_judges,; correlation with the mean
        of the other judges over items, NaN if one is flat), `item_means`, `item_sds`
        (n_items,), `max_score`, `n_judges`.

    Raises
    ------
    DataError
        A rating out of range, shares mixed with percentages, an item or judge without
        ratings, a weight that is not positive.

    References
    ----------
    .. [1] Angoff, W. H. (1971). Scales, norms, and equivalent scores. In
       R. L. Thorndike (Ed.), Educational measurement (2nd ed., pp. 508-600). American
       Council on Education.

    Examples
    --------
    >>> result = angoff([[60, 80, 40], [50, 70, 60]])
    >>> round(result.cut, 2), round(result.se, 2)
    (1.8, 0.0)
    """
    shares = _read_ratings(ratings)
    n_judges, n_items = shares.shape
    points = (
        np.ones(n_items)
        if weights is None
        else as_vector(weights, "weights", size=n_items)
    )
    if (points <= 0).any():
        item = int(np.argmax(points <= 0))
        raise DataError(f"weights: item {item} has {points[item]:g}; need more than 0")
    given = None if scores is None else as_scores(scores, "scores")
    seen = ~np.isnan(shares)
    held = np.nan_to_num(shares)
    means = held.sum(axis=0) / seen.sum(axis=0)
    off = (held - means) * seen
    severity = points.sum() * (off @ points) / (seen @ points)
    cut = float(points @ means)
    many = n_judges > 1
    se = float(severity.std(ddof=1) / np.sqrt(n_judges)) if many else float("nan")
    return CutResult(
        cut=cut,
        se=se,
        ci=t_interval(cut, se, n_judges - 1, confidence_level),
        method="Angoff",
        pass_rate=pass_rate_of(given, cut),
        details={
            "judge_cuts": cut + severity,
            "severity": severity,
            "agreement": _agreement(held, seen),
            "item_means": means,
            "item_sds": np.sqrt(
                (off**2).sum(axis=0) / np.maximum(seen.sum(axis=0) - 1, 1)
            ),
            "max_score": float(points.sum()),
            "n_judges": n_judges,
        },
        warnings=() if many else ("one judge: the error over judges is not known",),
    )


def _read_ratings(ratings: ArrayLike) -> Floats:
    table = as_table(ratings, "ratings", rows="judge", columns="item")
    seen = ~np.isnan(table)
    for axis, word in ((1, "judge"), (0, "item")):
        if not seen.any(axis=axis).all():
            place = int(np.argmin(seen.any(axis=axis)))
            raise DataError(f"ratings: {word} {place} has none; leave it out")
    is_percent = bool(np.nanmax(table) > 1)
    held = np.nan_to_num(table)
    is_wrong = (held < 0) | (held > (100 if is_percent else 1))
    reason = "not between 0 and 100 percent"
    if is_percent and not is_wrong.any():
        is_wrong = (held > 0) & (held < 1)
        reason = "a share among percentages"
    if is_wrong.any():
        judge, item = np.argwhere(is_wrong)[0]
        raise DataError(
            f"ratings: judge {judge}, item {item} is {table[judge, item]:g}: {reason}"
        )
    return table / 100 if is_percent else table


def _agreement(held: Floats, seen: np.ndarray[tuple[int, int]]) -> Floats:
    """Correlate each judge with the mean of the others, over items both judged."""
    count = seen.sum(axis=0) - seen
    others = (held.sum(axis=0) - held) / np.maximum(count, 1)
    used = (seen & (count > 0)).astype(np.float64)
    n = np.maximum(used.sum(axis=1, keepdims=True), 1)
    x = (held - (held * used).sum(axis=1, keepdims=True) / n) * used
    y = (others - (others * used).sum(axis=1, keepdims=True) / n) * used
    below = (x**2).sum(axis=1) * (y**2).sum(axis=1)
    is_known = below > 1e-20
    found: Floats = np.where(
        is_known, (x * y).sum(axis=1) / np.sqrt(np.where(is_known, below, 1.0)), np.nan
    )
    return found
