"""Cohen's kappa of two raters, weighted or not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.agreement.labels import code_pairs
from lms.psychometrics.agreement.result import AgreementResult, undefined
from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import as_confidence, normal_interval

Weights = str | ArrayLike | None


def weighted_kappa(
    a: ArrayLike,
    b: ArrayLike,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    confidence_level: float = 0.95,
) -> AgreementResult:
    """Compare two raters' agreement with what chance would give.

    ``kappa = 1 - sum(v p) / sum(v e)``: `v` is the cost of each disagreement, `p` the
    shares of the pairs found, `e` those expected from the raters' own shares [1]_. The
    standard error is that of [2]_, for large n; perfect agreement gives 0.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Labels by the two raters of the same units, numbers or text. A unit with a
        missing label (NaN, None) is left out.
    weights : None, "linear", "quadratic" or array_like of shape (K, K)
        Costs of disagreement: all 1, the distance in places, its square, or a table of
        costs with zeros on the diagonal (rows: rater `a`).
    categories : sequence, optional
        All labels in their order, also unused ones; by default those seen, sorted.

    Returns
    -------
    AgreementResult
        NaN with a reason where both raters use one and the same category.
        `observed` and `expected` are agreement, weighted: 1 less the cost, as a share
        of the largest cost. `details` holds the categories and the cross table.

    Raises
    ------
    DataError
        No unit has both labels, a label is not one of `categories`, text is to be
        weighted without its order, or the costs are not such.

    References
    ----------
    .. [1] Cohen, J. (1968). Weighted kappa. Psychological Bulletin, 70(4), 213-220.
       doi:10.1037/h0026256
    .. [2] Fleiss, J. L., Cohen, J., & Everitt, B. S. (1969). Large sample standard
       errors of kappa and weighted kappa. Psychological Bulletin, 72(5), 323-327.
       doi:10.1037/h0028106

    Examples
    --------
    >>> result = weighted_kappa([0, 1, 2, 2], [0, 1, 2, 1], weights="quadratic")
    >>> round(result.value, 3)
    0.8
    """
    as_confidence(confidence_level)
    labels, first, second = code_pairs(
        a, b, categories, needs_order=isinstance(weights, str)
    )
    table = np.zeros((len(labels), len(labels)))
    np.add.at(table, (first, second), 1.0)
    agreement, name = _read_weights(weights, len(labels))
    return _kappa(table, agreement, name, confidence_level, labels)


def _kappa(
    table: Floats,
    weights: Floats,
    name: str,
    confidence_level: float,
    labels: list[Any],
) -> AgreementResult:
    n = table.sum()
    shares = table / n
    by_a, by_b = shares.sum(axis=1), shares.sum(axis=0)
    observed = float((weights * shares).sum())
    expected = float(by_a @ weights @ by_b)
    if 1 - expected < 1e-12:
        reason = "both raters used one category throughout, or no disagreement costs"
        return undefined(name, reason, int(n), observed)
    value = (observed - expected) / (1 - expected)
    # Equation 13 of Fleiss, Cohen and Everitt: a sum of squares about its mean.
    margins = (weights @ by_b)[:, None] + (by_a @ weights)[None, :]
    terms = weights * (1 - expected) - margins * (1 - observed)
    centre = observed * expected - 2 * expected + observed
    spread = float((shares * (terms - centre) ** 2).sum())
    se = np.sqrt(spread / n) / (1 - expected) ** 2 if n > 1 else np.nan
    ci = normal_interval(value, float(se), confidence_level, low=-1.0, high=1.0)
    details = {"categories": tuple(labels), "table": table}
    return AgreementResult(
        value, float(se), ci, observed, expected, int(n), name, None, details
    )


def _read_weights(weights: Weights, size: int) -> tuple[Floats, str]:
    """Return weights of agreement from 0 to 1, and what they are called."""
    places = np.arange(float(size))
    distance = np.abs(places[:, None] - places)
    if weights is None:
        costs, name = np.minimum(distance, 1.0), "unweighted"
    elif isinstance(weights, str):
        if weights not in {"linear", "quadratic"}:
            raise DataError(f"weights: {weights!r} is neither 'linear' nor 'quadratic'")
        costs, name = distance ** (1 if weights == "linear" else 2), weights
    else:
        costs, name = np.array(weights, dtype=np.float64), "given weights"
        if costs.shape != (size, size):
            raise DataError(f"weights: need {size} x {size}, got shape {costs.shape}")
        if not np.isfinite(costs).all() or (costs < 0).any() or costs.diagonal().any():
            raise DataError(
                "weights: need costs of disagreement from 0, zero on the diagonal "
                "(from weights of agreement w: w.max() - w)"
            )
    return 1 - costs / max(costs.max(), 1e-300), f"Cohen's kappa, {name}"
