"""What the answers leave over when abilities are known: pairs of items, persons."""

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_vector
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.coding import read_for_bank
from lms.psychometrics.irt.curves import log_probabilities


def q3(responses: ArrayLike, items: ItemBank, theta: ArrayLike) -> Floats:
    """Return correlations of the items' residuals, to see what theta does not explain.

    Under local independence they are about ``-1 / (J - 1)``. Items of one episode or
    text with a mean above 0.2 are better scored as one.

    Parameters
    ----------
    responses : array_like, shape (n, J)
        Pairs of items are compared over the persons who saw both.
    theta : array_like, shape (n,)
        Ability of each person; NaN leaves the person out.

    Returns
    -------
    ndarray, shape (J, J)
        1 on the diagonal; NaN where fewer than 3 persons saw both, or a residual does
        not vary.

    References
    ----------
    .. [1] Yen, W. M. (1984). Effects of local item dependence on the fit and equating
       performance of the three-parameter logistic model. Applied Psychological
       Measurement, 8(2), 125-145. doi:10.1177/014662168400800201

    Examples
    --------
    >>> bank = ItemBank("Rasch", b=[0.0, 0.0])
    >>> q3([[0, 1], [1, 0], [0, 1], [1, 0]], bank, [0, 0, 0, 0])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    table, points = _read(responses, items, theta)
    chances = np.exp(log_probabilities(items.coefficients(), points))
    expected = np.einsum("k,jkn->nj", np.arange(float(chances.shape[1])), chances)
    seen = (~np.isnan(table)).astype(np.float64)
    residual = np.where(seen > 0, table - expected, 0.0)
    count = seen.T @ seen
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = residual.T @ seen / count
        variance = (residual**2).T @ seen / count - mean**2
        covariance = residual.T @ residual / count - mean * mean.T
        spread = np.sqrt(np.where(variance > 1e-12, variance, np.nan))
        found = covariance / (spread * spread.T)
    found = np.where(count >= 3, np.clip(found, -1.0, 1.0), np.nan)
    is_known = ~np.isnan(np.diag(found))
    found[is_known, is_known] = 1.0
    return found


def person_fit(responses: ArrayLike, items: ItemBank, theta: ArrayLike) -> Floats:
    """Return the standardised log-likelihood of each person's answers, lz.

    Far below zero the pattern is odd for this ability: guessing, copying, a mistaken
    key. With estimated abilities its spread is somewhat below 1, so that the usual
    -1.645 flags fewer than 5 % of honest patterns.

    Parameters
    ----------
    responses : array_like, shape (n, J)
    theta : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        NaN for who answered nothing, or whose ability is NaN.

    References
    ----------
    .. [1] Drasgow, F., Levine, M. V., & Williams, E. A. (1985). Appropriateness
       measurement with polychotomous item response models and standardized indices.
       British Journal of Mathematical and Statistical Psychology, 38(1), 67-86.
       doi:10.1111/j.2044-8317.1985.tb00817.x

    Examples
    --------
    >>> bank = ItemBank("Rasch", b=[-2.0, 0.0, 2.0])
    >>> person_fit([[1, 1, 0], [0, 1, 1]], bank, [0.6, 0.6]).round(1)
    array([ 0.7, -3.7])
    """
    table, points = _read(responses, items, theta)
    logs = log_probabilities(items.coefficients(), points)
    chances = np.exp(logs)
    finite = np.where(np.isfinite(logs), logs, 0.0)
    is_seen = ~np.isnan(table)
    chosen = np.where(is_seen, table, 0).astype(np.intp).T[:, None, :]
    found = np.take_along_axis(finite, chosen, axis=1)[:, 0]
    expected = (chances * finite).sum(axis=1)
    variance = (chances * finite**2).sum(axis=1) - expected**2
    seen = is_seen.T
    spread = (variance * seen).sum(axis=0)
    is_known = seen.any(axis=0) & (spread > 1e-12)
    difference = ((found - expected) * seen).sum(axis=0)
    root = np.sqrt(np.where(is_known, spread, 1.0))
    return np.where(is_known, difference / root, np.nan)


def _read(
    responses: ArrayLike, items: ItemBank, theta: ArrayLike
) -> tuple[Floats, Floats]:
    """Return answers and abilities; without an ability, nothing counts as seen."""
    table = read_for_bank(responses, items)
    given = np.array(theta, dtype=np.float64).reshape(-1)
    is_blank = np.isnan(given)
    points = as_vector(np.where(is_blank, 0.0, given), "theta", size=table.shape[0])
    table[is_blank] = np.nan
    return table, points
