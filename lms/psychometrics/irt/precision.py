"""What items and a test tell at a point of the scale."""

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_vector
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.curves import Coefficients, log_probabilities


def theta_slopes(items: Coefficients, chances: Floats) -> tuple[Floats, Floats]:
    """Return first and second derivative of the log-probabilities by theta.

    Parameters
    ----------
    chances : ndarray, shape (J, K, q)
        Probabilities of the categories.

    Returns
    -------
    tuple of ndarray, shape (J, K, q)
        ``a (k - E[X])`` and ``-a² Var[X]``; for graded items, with ``s_k`` the chance
        of `k` or more, ``a (1 - s_k - s_{k+1})`` and
        ``-a² (s_k (1 - s_k) + s_{k+1} (1 - s_{k+1}))``.
    """
    slope = items.slope[:, None, None]
    if chances.shape[1] == 2:
        # A graded item of two categories is the same curve.
        first = slope * np.stack([-chances[:, 1], chances[:, 0]], axis=1)
        second = -(slope**2) * chances[:, :1] * chances[:, 1:]
        return first, np.broadcast_to(second, chances.shape)
    scores = np.arange(chances.shape[1])[:, None]
    mean = (scores * chances).sum(axis=1, keepdims=True)
    first = np.broadcast_to(scores - mean, chances.shape).copy()
    variance = (chances * first**2).sum(axis=1, keepdims=True)
    second = np.broadcast_to(-variance, chances.shape).copy()
    graded = items.is_graded
    if graded.any():
        at_least = chances[graded][:, ::-1].cumsum(axis=1)[:, ::-1]
        at_least = np.minimum(at_least, 1.0)
        above = np.concatenate(
            [at_least[:, 1:], np.zeros_like(at_least[:, :1])], axis=1
        )
        first[graded] = 1 - at_least - above
        second[graded] = -(at_least * (1 - at_least) + above * (1 - above))
    return slope * first, slope**2 * second


def information(items: ItemBank, theta: ArrayLike) -> Floats:
    """Return Fisher's information of each item, to see where it measures.

    Returns
    -------
    ndarray, shape (q, J)
        ``sum_k P_k'(theta)² / P_k(theta)``; the test's is the sum over items, and one
        over its root is the standard error of the maximum-likelihood score there.

    Examples
    --------
    >>> information(ItemBank("2PL", a=2.0, b=0.5), [0.5])
    array([[1.]])
    """
    points = as_vector(np.atleast_1d(np.asarray(theta)), "theta")
    coefficients = items.coefficients()
    chances = np.exp(log_probabilities(coefficients, points))
    first, _ = theta_slopes(coefficients, chances)
    found: Floats = (chances * first**2).sum(axis=1).T
    return found


def expected_score(items: ItemBank, theta: ArrayLike) -> Floats:
    """Return the expected sum score (the test curve) at each point, shape (q,).

    Examples
    --------
    >>> expected_score(ItemBank("Rasch", b=[-1.0, 1.0]), [0.0])
    array([1.])
    """
    points = as_vector(np.atleast_1d(np.asarray(theta)), "theta")
    chances = np.exp(log_probabilities(items.coefficients(), points))
    found: Floats = np.einsum("k,jkq->q", np.arange(float(chances.shape[1])), chances)
    return found


def score_distribution(items: ItemBank, theta: ArrayLike) -> Floats:
    """Return the probability of each sum score at each point of the scale.

    Returns
    -------
    ndarray, shape (q, max_score + 1)

    References
    ----------
    .. [1] Lord, F. M., & Wingersky, M. S. (1984). Comparison of IRT true-score and
       equipercentile observed-score equatings. Applied Psychological Measurement,
       8(4), 453-461. doi:10.1177/014662168400800409

    Examples
    --------
    >>> score_distribution(ItemBank("Rasch", b=[0.0, 0.0]), [0.0])
    array([[0.25, 0.5 , 0.25]])
    """
    points = as_vector(np.atleast_1d(np.asarray(theta)), "theta")
    chances = np.exp(log_probabilities(items.coefficients(), points))
    return sum_scores(chances, items).T


def sum_scores(chances: Floats, items: ItemBank) -> Floats:
    """Return the distribution of the sum score, shape (max_score + 1, q)."""
    total = np.zeros((items.max_score + 1, chances.shape[2]))
    total[0] = 1.0
    reached = 0
    for index, count in enumerate(items.n_categories):
        before = total[: reached + 1].copy()
        reached += int(count) - 1
        total[: reached + 1] = 0.0
        for category in range(int(count)):
            shifted = slice(category, category + before.shape[0])
            total[shifted] += before * chances[index, category]
    return total
