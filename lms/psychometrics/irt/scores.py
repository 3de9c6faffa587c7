"""Scores of persons on the latent scale, from a bank with known parameters."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Flags, Floats, Ints
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.coding import CodedResponses, code_responses, read_for_bank
from lms.psychometrics.irt.curves import log_probabilities
from lms.psychometrics.irt.maxima import find_maxima
from lms.psychometrics.irt.posteriors import Prior, grid_for, log_posteriors, read_prior
from lms.psychometrics.results import Result

Method = Literal["EAP", "MAP", "ML", "WLE"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PersonScores(Result):
    """Scores of `n` persons.

    Attributes
    ----------
    theta, se : ndarray, shape (n,)
        NaN for who answered nothing, where the method knows no prior.
    n_answered : ndarray of int, shape (n,)
    method : str
    extreme : ndarray of bool, shape (n,)
        All answers lowest or all highest, or no maximum within the bounds.
    reliability : float
        Empirical: for "EAP" and "MAP" the variance of the scores over itself plus the
        mean squared error, for "ML" and "WLE" one less the mean squared error over the
        variance of the scores. Who answered nothing, and scores at a bound, are left
        out; NaN for fewer than two.
    """

    theta: Floats
    se: Floats
    n_answered: Ints
    method: str
    extreme: Flags
    reliability: float


def score_persons(
    responses: ArrayLike,
    items: ItemBank,
    method: Method = "EAP",
    *,
    mean: Prior = 0.0,
    sd: Prior = 1.0,
    group: ArrayLike | None = None,
    nodes: int = 61,
    bounds: tuple[float, float] = (-8.0, 8.0),
) -> PersonScores:
    """Score persons on the scale of the bank.

    "EAP" is the mean of the posterior, "MAP" its mode, "ML" the maximum of the
    likelihood, and "WLE" Warm's weighted likelihood estimate [1]_, the root of
    ``dl/dtheta + J / (2 I)`` with ``J = sum P' P'' / P``. For every model here that is
    the maximum of the likelihood times the root of the information (Jeffreys' prior).

    EAP and MAP shrink towards the prior: good for decisions that have one, unfair as a
    score between people who answered different numbers of items. WLE is the least
    biased.

    Parameters
    ----------
    responses : array_like, shape (n, J) or (J,)
        Categories from 0; NaN is not seen, which is not wrong.
    mean, sd : float, array_like of shape (n_groups,), or mapping by label
        Normal prior, for "EAP" and "MAP".
    group : array_like, shape (n,), optional
        Label of each person; arrays of `mean` and `sd` follow the sorted labels.
    nodes : int
        Least number of points of the grid of "EAP". More are taken where the test is so
        informative that a posterior could slip between them.
    bounds : tuple of float
        Where "MAP", "ML" and "WLE" are looked for. Likelihoods without a maximum get
        the bound, and are marked `extreme`.

    Returns
    -------
    PersonScores
        `se` is the posterior's standard deviation for "EAP", ``1 / sqrt(I)`` for "ML"
        and "WLE", and ``1 / sqrt(I + 1 / sd²)`` for "MAP", with the expected
        information `I`.

    Raises
    ------
    DataError
        Another number of items, a category that an item has not got, an unknown method.

    References
    ----------
    .. [1] Warm, T. A. (1989). Weighted likelihood estimation of ability in item
       response theory. Psychometrika, 54(3), 427-450. doi:10.1007/BF02294627

    Examples
    --------
    >>> bank = ItemBank("Rasch", b=[-1.0, 0.0, 1.0])
    >>> scores = score_persons([[1, 1, 0], [np.nan, np.nan, np.nan]], bank)
    >>> scores.theta.round(3) + 0.0, scores.se.round(3)
    (array([0.315, 0.   ]), array([0.796, 1.   ]))
    """
    if method not in get_args(Method):
        raise DataError(f"method: {method!r} is none of {', '.join(get_args(Method))}")
    table = read_for_bank(responses, items)
    means, sds, labels = read_prior(mean, sd, group, table.shape[0])
    is_one = len(labels) <= 1
    groups = None if is_one else np.unique(means + 1j * sds, return_inverse=True)[1]
    coded = code_responses(table, items.n_categories, group=groups)
    first = np.zeros(coded.weights.size, dtype=np.int64)
    first[coded.pattern_of[::-1]] = np.arange(table.shape[0])[::-1]
    prior = (means[first], sds[first])
    if method == "EAP":
        theta, se, is_bound = _expect(coded, items, prior, nodes)
    else:
        theta, se, is_bound = _maximise(coded, items, method, prior, bounds)
    is_used = ((coded.n_answered() > 0) & ~is_bound)[coded.pattern_of]
    theta, se = theta[coded.pattern_of], se[coded.pattern_of]
    return PersonScores(
        theta=theta,
        se=se,
        n_answered=coded.n_answered()[coded.pattern_of],
        method=method,
        extreme=(_is_extreme(coded, items) | is_bound)[coded.pattern_of],
        reliability=_reliability(theta[is_used], se[is_used], method),
    )


def _expect(
    coded: CodedResponses, items: ItemBank, prior: tuple[Floats, Floats], nodes: int
) -> tuple[Floats, Floats, Flags]:
    coefficients = items.coefficients()
    mean, sd = prior
    grid = grid_for(coefficients, mean, sd, nodes)
    logs = log_probabilities(coefficients, grid)
    density = np.exp(log_posteriors(coded, logs, grid, mean=mean, sd=sd))
    density /= density.sum(axis=1, keepdims=True)
    # About the middle of the grid, so that little cancels in the difference of squares.
    middle = grid.mean()
    offset = density @ (grid - middle)
    square = density @ (grid - middle) ** 2 - offset**2
    centre, se = offset + middle, np.sqrt(np.maximum(square, 0.0))
    is_empty = coded.n_answered() == 0
    centre, se = np.where(is_empty, mean, centre), np.where(is_empty, sd, se)
    return centre, se, np.zeros(centre.size, dtype=bool)


def _maximise(
    coded: CodedResponses,
    items: ItemBank,
    method: Literal["MAP", "ML", "WLE"],
    prior: tuple[Floats, Floats],
    bounds: tuple[float, float],
) -> tuple[Floats, Floats, Flags]:
    low, high = float(bounds[0]), float(bounds[1])
    if not (np.isfinite([low, high]).all() and low < high):
        raise DataError(f"bounds: need two finite ones that rise, got {bounds}")
    mean, sd = prior
    found = find_maxima(
        coded, items.coefficients(), method, mean=mean, sd=sd, bounds=(low, high)
    )
    held = found.information + (1 / sd**2 if method == "MAP" else 0.0)
    se = 1 / np.sqrt(np.maximum(held, 1e-300))
    is_empty = coded.n_answered() == 0
    without = (mean, sd) if method == "MAP" else (np.nan, np.nan)
    theta = np.where(is_empty, without[0], found.theta)
    return theta, np.where(is_empty, without[1], se), found.is_bound & ~is_empty


def _is_extreme(coded: CodedResponses, items: ItemBank) -> Flags:
    is_seen = coded.categories >= 0
    is_lowest = (coded.categories == 0) | ~is_seen
    is_highest = (coded.categories == items.n_categories - 1) | ~is_seen
    found: Flags = is_lowest.all(axis=1) | is_highest.all(axis=1)
    return found & is_seen.any(axis=1)


def _reliability(theta: Floats, se: Floats, method: str) -> float:
    if theta.size < 2:
        return float("nan")
    spread, error = float(theta.var(ddof=1)), float((se**2).mean())
    if method in {"EAP", "MAP"}:
        return spread / (spread + error) if spread + error > 0 else float("nan")
    return 1 - error / spread if spread > 0 else float("nan")
