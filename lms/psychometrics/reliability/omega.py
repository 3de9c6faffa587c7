"""McDonald's omega: reliability by common factors."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_rng
from lms.psychometrics.errors import DataError
from lms.psychometrics.intervals import NO_INTERVAL, Interval, as_confidence
from lms.psychometrics.reliability.alpha import ReliabilityResult
from lms.psychometrics.reliability.covariance import as_item_scores, item_covariance
from lms.psychometrics.reliability.factors import (
    fit_factors,
    general_loadings,
    rotate_oblimin,
)

_Part = tuple[float, dict[str, object]]


class _Draws(NamedTuple):
    """How the interval is drawn."""

    n_boot: int
    rng: int | Generator | None
    confidence_level: float


def omega_total(
    x: ArrayLike,
    *,
    n_factors: int = 1,
    n_boot: int = 0,
    rng: int | Generator | None = None,
    confidence_level: float = 0.95,
) -> ReliabilityResult:
    """Return the share of the sum score's variance that common factors make.

    With one factor ``(sum l)^2 / ((sum l)^2 + sum u)``: `l` are the loadings, `u` the
    uniquenesses in the metric of the scores [1]_; in general the variance of the common
    part over that which the model implies. Factors by least squares.

    Parameters
    ----------
    x : array_like, shape (n_persons, n_items)
        Scores; NaN is missing (each covariance is then over persons with both answers).
    n_boot : int
        Samples of persons for a percentile interval; 0: none.
    rng : int or Generator
        Needed with `n_boot`.

    Returns
    -------
    ReliabilityResult
        In `details`: `loadings` (J, m), `uniqueness` (J,), both of correlations,
        `heywood` (items with no uniqueness left: judge with care), `converged`.

    Raises
    ------
    DataError
        Fewer than 3 items or than 2 persons, items that nobody answered together, an
        item that does not vary, or too many factors.

    References
    ----------
    .. [1] McDonald, R. P. (1999). Test theory: A unified treatment (chapter 6).
       Lawrence Erlbaum.

    Examples
    --------
    >>> from lms.psychometrics import ItemBank, simulate
    >>> ability = np.linspace(-2, 2, 200)
    >>> x = simulate(ItemBank("2PL", a=[2.0] * 6, b=[-0.5, 0, 0.5] * 2), ability, rng=1)
    >>> result = omega_total(x)
    >>> 0.8 < result.value < 0.95
    True
    """

    def measure(correlation: Floats, sds: Floats) -> _Part:
        return _measure_total(correlation, sds, n_factors)

    draw = _Draws(n_boot, rng, confidence_level)
    return _estimate(x, "omega total", measure, n_factors, draw)


def omega_hierarchical(
    x: ArrayLike,
    n_factors: int = 3,
    *,
    n_boot: int = 0,
    rng: int | Generator | None = None,
    confidence_level: float = 0.95,
) -> ReliabilityResult:
    """Return the share of the sum score's variance that one general factor makes.

    Factors are turned obliquely, and what they share is given to a general factor
    [1]_: its loadings sum to the numerator's root, and the denominator is the variance
    that the model implies [2]_. Where it is far below `omega_total`, the sum mixes
    several abilities.

    Parameters
    ----------
    x, n_boot, rng
        As for `omega_total`.
    n_factors : int
        Group factors. With 2 the general factor is not identified; it is then given
        equal parts of both. 1: the same as `omega_total`.

    Returns
    -------
    ReliabilityResult
        In `details`: `general` (J,) and `groups` (J, m) loadings, `uniqueness`,
        `factor_correlation`, `omega_total`, `heywood`, `converged`.

    Raises
    ------
    DataError
        As `omega_total`.

    References
    ----------
    .. [1] Schmid, J., & Leiman, J. M. (1957). The development of hierarchical factor
       solutions. Psychometrika, 22(1), 53-61. doi:10.1007/BF02289209
    .. [2] Zinbarg, R. E., Revelle, W., Yovel, I., & Li, W. (2005). Cronbach's alpha,
       Revelle's beta, and McDonald's omega H. Psychometrika, 70(1), 123-133.
       doi:10.1007/s11336-003-0974-7
    """

    def measure(correlation: Floats, sds: Floats) -> _Part:
        return _measure_hierarchical(correlation, sds, n_factors)

    draw = _Draws(n_boot, rng, confidence_level)
    return _estimate(x, "omega hierarchical", measure, n_factors, draw)


def _measure_total(correlation: Floats, sds: Floats, n_factors: int) -> _Part:
    model = fit_factors(correlation, n_factors)
    common = float(((sds @ model.loadings) ** 2).sum())
    value = common / (common + float(sds**2 @ model.uniqueness))
    return value, {
        "loadings": model.loadings,
        "uniqueness": model.uniqueness,
        "heywood": model.heywood,
        "converged": model.is_converged,
    }


def _measure_hierarchical(correlation: Floats, sds: Floats, n_factors: int) -> _Part:
    model = fit_factors(correlation, n_factors)
    pattern, between = rotate_oblimin(model.loadings)
    weights = general_loadings(between)
    general = pattern @ weights
    groups = pattern * np.sqrt(np.maximum(1 - weights**2, 0.0))
    common = float(((sds @ model.loadings) ** 2).sum())
    total = common + float(sds**2 @ model.uniqueness)
    return float(sds @ general) ** 2 / total, {
        "general": general,
        "groups": groups,
        "uniqueness": model.uniqueness,
        "factor_correlation": between,
        "omega_total": common / total,
        "heywood": model.heywood,
        "converged": model.is_converged,
    }


def _estimate(
    x: ArrayLike,
    name: str,
    measure: Callable[[Floats, Floats], _Part],
    n_factors: int,
    draw: _Draws,
) -> ReliabilityResult:
    as_confidence(draw.confidence_level)
    table = as_item_scores(x, min_items=3)
    n_persons, n_items = table.shape
    # As many correlations as parameters, at least (Ledermann 1937).
    if n_factors < 1 or (n_items - n_factors) ** 2 < n_items + n_factors:
        raise DataError(f"n_factors: {n_items} items do not bear {n_factors} factors")
    found = item_covariance(table)
    found.require_pairs()
    variances = np.diagonal(found.values)
    if not (variances > 0).all():
        raise DataError(f"item {int(np.argmin(variances > 0))}: all scores are equal")
    sds = np.sqrt(variances)
    value, details = measure(found.values / np.outer(sds, sds), sds)
    ci, used = _bootstrap(table, measure, draw)
    method = f"{name}, {n_factors} factor(s) by minres"
    if draw.n_boot:
        method += ", percentile bootstrap"
    if not found.is_complete:
        method += ", pairwise covariances"
    details["n_boot"] = used
    return ReliabilityResult(value, ci, method, n_persons, n_items, None, details)


def _bootstrap(
    table: Floats,
    measure: Callable[[Floats, Floats], _Part],
    draw: _Draws,
) -> tuple[Interval, int]:
    """Return the interval and the samples that gave a value (every item varies)."""
    if draw.n_boot == 0:
        return NO_INTERVAL, 0
    if draw.rng is None:
        raise DataError("rng: give a seed or a generator for the bootstrap")
    generator = as_rng(draw.rng)
    values = []
    for _ in range(draw.n_boot):
        rows = generator.integers(table.shape[0], size=table.shape[0])
        covariance = item_covariance(table[rows]).values
        sds = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
        if np.isfinite(covariance).all() and (sds > 0).all():
            values.append(measure(covariance / np.outer(sds, sds), sds)[0])
    if len(values) < 2:
        return NO_INTERVAL, len(values)
    tail = (1 - draw.confidence_level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return (float(low), float(high)), len(values)
