"""The partial credit model: how likely each score is at each point of the scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Information of a right-or-wrong item where it is largest, p (1 - p) = 1/4 at p = 1/2:
# the unit in which information is counted as "items' worth".
ITEM_INFORMATION = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class RowCurves:
    """What each of `n` scores says along `q` points of the scale.

    Attributes
    ----------
    log_likelihood : ndarray, shape (n, q)
        Log-probability of the score that was given.
    gradient : ndarray, shape (n, q)
        Derivative of the former by theta: the score less the expected score.
    information : ndarray, shape (n, q)
        Fisher information of the indicator: the variance of its score, which in this
        model is also the observed information.
    """

    log_likelihood: Floats
    gradient: Floats
    information: Floats


def row_curves(
    steps: Sequence[Sequence[float]], scores: Sequence[int], theta: Floats
) -> RowCurves:
    """Evaluate the partial credit model for every score at every point of `theta`.

    The probability of score `x` is proportional to
    ``exp(x * theta - (step_1 + ... + step_x))``; slope 1, logistic metric.

    Parameters
    ----------
    steps : sequence of sequence of float, length n
        Step difficulties of each row's indicator; lengths may differ.
    scores : sequence of int, length n
        Score of each row, 0 to the number of its steps.
    theta : ndarray, shape (q,)

    References
    ----------
    .. [1] Masters, G. N. (1982). A Rasch model for partial credit scoring.
       Psychometrika, 47(2), 149-174. doi:10.1007/BF02296272
    """
    categories = np.arange(1 + max(map(len, steps)), dtype=np.float64)
    thresholds = np.full((categories.size, len(steps)), np.inf)
    for row, own in enumerate(steps):
        thresholds[: len(own) + 1, row] = list(accumulate(own, initial=0.0))
    exponent = np.multiply.outer(categories, theta)[:, None] - thresholds[:, :, None]
    largest = exponent.max(axis=0)
    odds = np.exp(exponent - largest)
    # Sums over categories as one matrix product: total, first and second moment.
    powers = categories ** np.arange(3)[:, None]
    sums = (powers @ odds.reshape(categories.size, -1)).reshape(3, *largest.shape)
    mean, square = sums[1:] / sums[0]
    given = np.asarray(scores)
    numerator = exponent[given, np.arange(len(steps))]
    return RowCurves(
        log_likelihood=numerator - largest - np.log(sums[0]),
        gradient=given[:, None] - mean,
        information=np.maximum(square - mean**2, 0.0),
    )
