"""Accuracy and consistency of levels that a test gives, from its items alone."""

from typing import Literal

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import ndtr

from lms.psychometrics.arrays import Floats, Ints, as_cuts, name_item
from lms.psychometrics.classification import (
    ClassificationResult,
    summarise_classification,
)
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.posteriors import read_prior
from lms.psychometrics.irt.precision import (
    expected_score,
    information,
    score_distribution,
)

# Within each level the integrand is smooth: this many Gauss-Legendre nodes leave 1e-9.
_NODES = 120
_REACH = 8.0
_HALVINGS = 60


def classification_irt(
    items: ItemBank,
    cuts: ArrayLike,
    *,
    method: Literal["rudner", "lee"] = "rudner",
    mean: float = 0.0,
    sd: float = 1.0,
) -> ClassificationResult:
    """Return how well a test sorts a normal population into levels.

    Parameters
    ----------
    cuts : array_like, shape (K - 1,)
        "rudner": on the scale of ability; the level is that of a maximum-likelihood
        score, normal about the ability with the error ``1 / sqrt(I(theta))`` [1]_.
        "lee": sum scores from which a level begins; the true level is that of the
        expected sum score, and the distribution of the sum score is exact [2]_.
    mean, sd : float
        The population.

    Raises
    ------
    DataError
        Cuts that do not rise; for "lee", an item whose slope is not positive, so that
        the expected score does not tell the ability.

    References
    ----------
    .. [1] Rudner, L. M. (2005). Expected classification accuracy. Practical Assessment,
       Research, and Evaluation, 10, 13. doi:10.7275/56a5-6b14
    .. [2] Lee, W.-C. (2010). Classification consistency and accuracy for complex
       assessments using item response theory. Journal of Educational Measurement,
       47(1), 1-17. doi:10.1111/j.1745-3984.2009.00096.x

    Examples
    --------
    >>> bank = ItemBank("2PL", a=[1.5] * 20, b=[-0.5, 0.5] * 10)
    >>> result = classification_irt(bank, [0.0])
    >>> round(result.accuracy, 3), round(result.consistency, 3)
    (0.898, 0.855)
    """
    found = as_cuts(cuts)
    means, sds, _ = read_prior(mean, sd, None, 1)
    if method == "rudner":
        true_cuts = found
    elif method == "lee":
        true_cuts = _ability_cuts(items, found, float(means[0]), float(sds[0]))
    else:
        raise DataError(f"method: {method!r} is neither 'rudner' nor 'lee'")
    theta, weights, true_level = _nodes(true_cuts, float(means[0]), float(sds[0]))
    given = (
        _normal_levels(items, found, theta)
        if method == "rudner"
        else _score_levels(items, found, theta)
    )
    weighted = given * weights[:, None]
    by_level = np.zeros((found.size + 1,) * 2)
    np.add.at(by_level, true_level, weighted)
    return summarise_classification(by_level, weighted.T @ given, method)


def _nodes(cuts: Floats, mean: float, sd: float) -> tuple[Floats, Floats, Ints]:
    """Return nodes that no cut lies between, their weights and their levels."""
    low, high = mean - _REACH * sd, mean + _REACH * sd
    edges = np.concatenate([[low], np.clip(cuts, low, high), [high]])
    points, weights = leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    theta = edges[:-1, None] + half * (points + 1)
    density = np.exp(-(((theta - mean) / sd) ** 2) / 2) * weights * half
    level: Ints = np.repeat(np.arange(cuts.size + 1), _NODES)
    shares: Floats = (density / density.sum()).ravel()
    return theta.ravel(), shares, level


def _normal_levels(items: ItemBank, cuts: Floats, theta: Floats) -> Floats:
    root = np.sqrt(information(items, theta).sum(axis=1, keepdims=True))
    return _differences(ndtr((theta[:, None] - cuts) * root))


def _score_levels(items: ItemBank, cuts: Floats, theta: Floats) -> Floats:
    scores = np.arange(items.max_score + 1)
    reached = scores[:, None] >= cuts - 1e-9
    return _differences(score_distribution(items, theta) @ reached.astype(np.float64))


def _differences(above: Floats) -> Floats:
    edge = np.ones((above.shape[0], 1))
    full = np.hstack([edge, above, 0 * edge])
    found: Floats = full[:, :-1] - full[:, 1:]
    return found


def _ability_cuts(items: ItemBank, cuts: Floats, mean: float, sd: float) -> Floats:
    """Return the abilities whose expected scores are the cuts, by halving."""
    is_flat = ~(items.a > 0)
    if is_flat.any():
        index = int(np.flatnonzero(is_flat)[0])
        raise DataError(
            f"{name_item(index, items.ids)}: slope {items.a[index]:g}; the expected "
            "score tells the ability only if all slopes are positive"
        )
    low = np.full(cuts.size, mean - _REACH * sd)
    high = np.full(cuts.size, mean + _REACH * sd)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_below = expected_score(items, middle) < cuts
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    found: Floats = (low + high) / 2
    return found
