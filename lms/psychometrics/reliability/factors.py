"""Common factors of items: least squares, an oblique rotation, and a general factor."""

from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng
from scipy.optimize import minimize

from lms.psychometrics.arrays import Floats

# Below this uniqueness an item is taken to be nothing but common (a Heywood case).
_LEAST_UNIQUE = 0.005
_STARTS = 4
_TURNS = 1000
# A squared slope, and a determinant, that count as none.
_FLAT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class FactorModel:
    """Loadings on uncorrelated factors, and the uniquenesses, of correlations.

    Attributes
    ----------
    loadings : ndarray, shape (J, m)
    uniqueness : ndarray, shape (J,)
    is_converged : bool
    """

    loadings: Floats
    uniqueness: Floats
    is_converged: bool

    @property
    def heywood(self) -> tuple[int, ...]:
        """Return the items whose uniqueness fell to its limit."""
        return tuple(np.flatnonzero(self.uniqueness <= _LEAST_UNIQUE * 1.001).tolist())


def fit_factors(correlation: Floats, n_factors: int) -> FactorModel:
    """Fit `n_factors` by unweighted least squares ("minres").

    The loadings are the leading eigenvectors of the correlations less the uniquenesses
    [1]_; the search is over the uniquenesses alone. It needs no inverse, and so takes
    correlations of few persons or with missing answers.

    References
    ----------
    .. [1] Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals
       (minres). Psychometrika, 31(3), 351-368. doi:10.1007/BF02289468
    """
    n_items = correlation.shape[0]

    def misfit(uniqueness: Floats) -> tuple[float, Floats]:
        roots, vectors = np.linalg.eigh(correlation - np.diag(uniqueness))
        # Eigenvalues rise: all but the last n_factors are residual.
        left = roots.copy()
        left[n_items - n_factors :] = np.minimum(roots[n_items - n_factors :], 0.0)
        return float(left @ left) / 2, -(vectors**2) @ left

    start = np.full(n_items, 0.5)
    found = minimize(
        misfit,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(_LEAST_UNIQUE, 1.0)] * n_items,
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-10},
    )
    roots, vectors = np.linalg.eigh(correlation - np.diag(found.x))
    lengths = np.sqrt(np.maximum(roots[-n_factors:][::-1], 0.0))
    loadings = vectors[:, -n_factors:][:, ::-1] * lengths
    return FactorModel(_turn_up(loadings), found.x, bool(found.success))


def rotate_oblimin(loadings: Floats) -> tuple[Floats, Floats]:
    """Turn factors so that each item loads on few (direct quartimin).

    Gradient projection [1]_ from several starts, the best kept.

    Returns
    -------
    pattern : ndarray, shape (J, m)
    correlation : ndarray, shape (m, m)
        Of the factors.

    References
    ----------
    .. [1] Jennrich, R. I. (2002). A simple general method for oblique rotation.
       Psychometrika, 67(1), 7-19. doi:10.1007/BF02294706
    """
    size = loadings.shape[1]
    # The same starts every time: a result may not depend on chance.
    rng = default_rng(20020307)
    starts = [np.eye(size)]
    starts += [np.linalg.qr(rng.normal(size=(size, size)))[0] for _ in range(_STARTS)]
    turns = [_descend(loadings, start) for start in starts]
    _, turn = min(turns, key=lambda found: found[0])
    pattern = loadings @ np.linalg.inv(turn).T
    signs = np.where(pattern.sum(axis=0) < 0, -1.0, 1.0)
    return pattern * signs, (turn.T @ turn) * np.outer(signs, signs)


def _quartimin(loadings: Floats, turn: Floats) -> tuple[float, Floats]:
    """Return the criterion and its gradient in the turn."""
    inverse = np.linalg.inv(turn)
    pattern = loadings @ inverse.T
    squares = pattern**2
    others = squares.sum(axis=1, keepdims=True) - squares
    gradient = -(pattern.T @ (pattern * others) @ inverse).T
    return float((squares * others).sum()) / 4, gradient


def _descend(loadings: Floats, turn: Floats) -> tuple[float, Floats]:
    value, gradient = _quartimin(loadings, turn)
    step = 1.0
    for _ in range(_TURNS):
        slope = gradient - turn * (turn * gradient).sum(axis=0)
        steepness = float((slope**2).sum())
        if steepness < _FLAT:
            break
        step *= 2
        for _ in range(40):
            trial = turn - step * slope
            trial /= np.sqrt((trial**2).sum(axis=0))
            if abs(np.linalg.det(trial)) > _FLAT:
                lower, new_gradient = _quartimin(loadings, trial)
                if value - lower > 0.5 * steepness * step:
                    break
            step /= 2
        else:
            break
        turn, value, gradient = trial, lower, new_gradient
    return value, turn


def general_loadings(correlation: Floats) -> Floats:
    """Return the loadings of correlated factors on one general factor.

    Two factors say only the product of theirs: both get its root. A single one is the
    general factor itself.
    """
    size = correlation.shape[0]
    if size == 1:
        return np.ones(1)
    if size == 2:
        return np.full(2, np.sqrt(max(float(correlation[0, 1]), 0.0)))
    target = correlation - np.eye(size)
    off = 1 - np.eye(size)

    def misfit(weights: Floats) -> tuple[float, Floats]:
        left = (np.outer(weights, weights) - target) * off
        return float((left**2).sum()) / 4, left @ weights

    # From equal weights: where the factors hardly correlate, many unequal ones fit.
    start = np.sqrt(max(float(target.sum()) / (size * (size - 1)), 1e-4))
    found = minimize(
        misfit,
        np.full(size, start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-1.0, 1.0)] * size,
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    weights: Floats = found.x
    return weights if weights.sum() >= 0 else -weights


def _turn_up(loadings: Floats) -> Floats:
    """Give each factor the sign with which its loadings sum to more than 0."""
    turned: Floats = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return turned
