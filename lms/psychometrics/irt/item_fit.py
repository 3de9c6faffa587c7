"""Whether each item behaves as its curve says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from lms.psychometrics.arrays import Floats, as_codes
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.coding import code_responses, read_for_bank
from lms.psychometrics.irt.curves import log_probabilities
from lms.psychometrics.irt.posteriors import (
    Prior,
    grid_for,
    log_posteriors,
    read_prior,
)
from lms.psychometrics.irt.sum_score_fit import Stratum, sum_score_fit
from lms.psychometrics.results import Result

METHODS = ("S-X2", "infit", "outfit")

_NORMAL_NODES = 61


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemFitResult(Result):
    """Fit of `J` items, by method; each value has the shape (J,).

    Attributes
    ----------
    statistic : mapping of str to ndarray
        "S-X2" is a chi-square; "infit" and "outfit" are mean squares, 1 expected.
    df : mapping of str to ndarray
        Of the mean squares: how many persons answered.
    p : mapping of str to ndarray
        Of the mean squares: two-sided.
    n_cells : mapping of str to ndarray
        Cells of the table; of the mean squares: answers.
    """

    statistic: Mapping[str, Floats]
    df: Mapping[str, Floats]
    p: Mapping[str, Floats]
    n_cells: Mapping[str, Floats]


def item_fit(
    responses: ArrayLike,
    items: ItemBank,
    *,
    methods: Sequence[str] = METHODS,
    min_expected: float = 1.0,
    mean: Prior = 0.0,
    sd: Prior = 1.0,
    group: ArrayLike | None = None,
) -> ItemFitResult:
    """Compare the answers with the items' curves.

    "S-X2" compares the shares of the categories at each sum score with those expected
    [1]_ [2]_. Persons are compared with those of their group who saw the same items;
    sets of items seen by fewer than 30 are left out. Cells expecting fewer than
    `min_expected` are merged with their neighbours. One degree of freedom goes for each
    parameter of the item's model.

    "infit" and "outfit" are mean squared residuals, weighted by information or not
    [3]_, averaged over each person's posterior, so that 1 is expected however short the
    test is; their p-values rest on the cube-root transformation with the spread found
    between persons. Above 1: noisier than the curve says; below: more regular. After a
    calibration on the same answers the mean squares of items with slopes of their own
    are nearly 1 whatever happens, and their p-values far too large: judge by S-X2.

    Parameters
    ----------
    responses : array_like, shape (n, J)
    mean, sd, group
        Populations, as in `score_persons`.

    Returns
    -------
    ItemFitResult
        NaN where too few answers leave nothing to compare.

    References
    ----------
    .. [1] Orlando, M., & Thissen, D. (2000). Likelihood-based item-fit indices for
       dichotomous item response theory models. Applied Psychological Measurement,
       24(1), 50-64. doi:10.1177/01466216000241003
    .. [2] Kang, T., & Chen, T. T. (2008). Performance of the generalized S-X2 item fit
       index for polytomous IRT models. Journal of Educational Measurement, 45(4),
       391-406. doi:10.1111/j.1745-3984.2008.00071.x
    .. [3] Wright, B. D., & Masters, G. N. (1982). Rating scale analysis (pp. 99-102).
       MESA Press.
    """
    unknown = set(methods) - set(METHODS)
    if unknown:
        raise DataError(f"methods: {sorted(unknown)} are none of {', '.join(METHODS)}")
    table = read_for_bank(responses, items)
    means, sds, _ = read_prior(mean, sd, group, table.shape[0])
    found: dict[str, tuple[Floats, Floats, Floats, Floats]] = {}
    if "S-X2" in methods:
        found["S-X2"] = _sum_scores(table, items, means, sds, min_expected)
    if {"infit", "outfit"} & set(methods):
        found |= _mean_squares(table, items, means, sds)
    return ItemFitResult(
        *({name: found[name][place] for name in methods} for place in range(4))
    )


def _sum_scores(
    table: Floats, items: ItemBank, means: Floats, sds: Floats, min_expected: float
) -> tuple[Floats, Floats, Floats, Floats]:
    is_seen = ~np.isnan(table)
    keys = np.column_stack([is_seen, means, sds])
    _, first, codes = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    strata = [
        Stratum(
            places=np.flatnonzero(is_seen[row]),
            answers=table[codes.reshape(-1) == place][:, is_seen[row]].astype(np.intp),
            mean=float(means[row]),
            sd=float(sds[row]),
        )
        for place, row in enumerate(first)
    ]
    statistic, df, n_cells = sum_score_fit(strata, items, min_expected)
    is_known = df > 0
    p = np.where(
        is_known, chdtrc(np.maximum(df, 1.0), np.nan_to_num(statistic)), np.nan
    )
    return np.where(is_known, statistic, np.nan), df, p, n_cells


def _mean_squares(
    table: Floats, items: ItemBank, means: Floats, sds: Floats
) -> dict[str, tuple[Floats, Floats, Floats, Floats]]:
    coefficients = items.coefficients()
    grid = grid_for(coefficients, means, sds, _NORMAL_NODES)
    _, groups = as_codes(means + 1j * sds, "group")
    coded = code_responses(table, items.n_categories, group=groups)
    first = np.unique(coded.pattern_of, return_index=True)[1]
    logs = log_probabilities(coefficients, grid)
    density = np.exp(
        log_posteriors(coded, logs, grid, mean=means[first], sd=sds[first])
    )
    density /= density.sum(axis=1, keepdims=True)
    chances = np.exp(logs)
    scores = np.arange(float(chances.shape[1]))
    expected = np.einsum("k,jkq->jq", scores, chances)
    variance = np.einsum("k,jkq->jq", scores**2, chances) - expected**2
    variance = np.maximum(variance, 1e-12)
    seen = coded.is_seen()
    answers = np.maximum(coded.categories, 0).astype(np.float64)
    weights = seen * coded.weights[:, None]

    def residuals(per: Floats) -> Floats:
        """Return the expected squared residual, each node's divided by `per`."""
        found: Floats = (
            answers**2 * (density @ (1 / per).T)
            - 2 * answers * (density @ (expected / per).T)
            + density @ (expected**2 / per).T
        )
        return found

    held = density @ variance.T
    return {
        "infit": _judge(residuals(np.ones_like(variance)), held, weights),
        "outfit": _judge(residuals(variance), np.ones_like(held), weights),
    }


def _judge(
    squares: Floats, expected: Floats, weights: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean square, persons, two-sided p (Wilson-Hilferty) and answers."""
    count = weights.sum(axis=0)
    total = (weights * expected).sum(axis=0)
    is_known = count >= 2
    safe = np.where(is_known, total, 1.0)
    mean_square = (weights * squares).sum(axis=0) / safe
    off = squares - mean_square * expected
    spread = np.sqrt((weights * off**2).sum(axis=0)) / safe
    spread = np.maximum(spread, 1e-12)
    z = (np.cbrt(np.maximum(mean_square, 0.0)) - 1) * 3 / spread + spread / 3
    p = 2 * ndtr(-np.abs(z))
    blank = np.where(is_known, 0.0, np.nan)
    return mean_square + blank, count, p + blank, count
