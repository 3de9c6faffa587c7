"""Standard errors in the metric that is read: slopes, steps, means."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats, Ints
from lms.psychometrics.irt.curves import Coefficients
from lms.psychometrics.irt.form import Form, State


@dataclass(frozen=True, slots=True, eq=False)
class FitErrors:
    """Covariances of what was estimated; NaN throughout if there are none.

    Attributes
    ----------
    names : tuple of str
        Parameter of each row of `vcov`, such as "a[0]", "b[0,1]", "mean[1]".
    a, b, mean, sd : ndarray
        Standard errors; NaN for what was fixed.
    """

    names: tuple[str, ...]
    vcov: Floats
    a: Floats
    b: Floats
    mean: Floats
    sd: Floats

    @property
    def is_known(self) -> bool:
        """Tell whether the information could be inverted."""
        return bool(np.isfinite(self.vcov).all())


def free_columns(form: Form, items: Coefficients) -> Ints:
    """Return the free parameter that each parameter of the full list is, or -1.

    The full list is that of `observed_information`; a shared slope is one parameter.
    """
    of_items = np.column_stack([form.has_slope, form.free_intercepts(items)])
    of_groups = np.column_stack([form.free_mean, form.free_sd])
    is_free = np.concatenate([of_items.ravel(), of_groups.ravel()])
    shared = np.flatnonzero(form.is_shared) * of_items.shape[1]
    is_free[shared[1:]] = False
    columns = np.where(is_free, np.cumsum(is_free) - 1, -1)
    if shared.size:
        columns[shared] = columns[shared[0]]
    return columns


def fit_errors(information: Floats | None, form: Form, state: State) -> FitErrors:
    """Invert the information of the free parameters, and carry it to (a, b)."""
    items = state.items
    columns = free_columns(form, items)
    n_free = int(columns.max(initial=-1)) + 1
    choose = (columns[:, None] == np.arange(n_free)).astype(np.float64)
    vcov = _invert(None if information is None else choose.T @ information @ choose)
    if vcov is None:
        vcov = np.full((n_free, n_free), np.nan)
    to_read = _to_steps(items, state.mean.size)
    full = to_read @ choose
    variance = np.einsum("pi,ij,pj->p", full, vcov, full, optimize=True)
    se = np.sqrt(np.where(columns >= 0, np.maximum(variance, 0.0), np.nan))
    width = items.intercepts.shape[1] + 1
    of_items = se[: items.slope.size * width].reshape(-1, width)
    of_groups = se[items.slope.size * width :].reshape(-1, 2)
    first = [int(np.flatnonzero(columns == column)[0]) for column in range(n_free)]
    rows = full[first]
    return FitErrors(
        names=tuple(_name(place, items) for place in first),
        vcov=rows @ vcov @ rows.T,
        a=of_items[:, 0],
        b=of_items[:, 1:],
        mean=of_groups[:, 0],
        sd=of_groups[:, 1],
    )


def _invert(information: Floats | None) -> Floats | None:
    """Return the inverse, or None where the information is not positive definite."""
    if information is None or not np.isfinite(information).all():
        return None
    scale = np.sqrt(np.diag(information).clip(min=0.0))
    if not scale.all():
        return None
    try:
        root = np.linalg.inv(np.linalg.cholesky(information / np.outer(scale, scale)))
    except np.linalg.LinAlgError:
        return None
    inverse: Floats = root.T @ root / np.outer(scale, scale)
    return inverse


def _to_steps(items: Coefficients, n_groups: int) -> Floats:
    """Return derivatives of (a, b, mean, sd) by (slope, intercepts, mean, sd)."""
    n_items, count = items.intercepts.shape
    width = count + 1
    matrix = np.eye(n_items * width + 2 * n_groups)
    steps = np.where(items.inside, items.steps(), 0.0)
    slope = items.slope[:, None]
    starts = np.arange(n_items) * width
    for k in range(1, width):
        matrix[starts + k, starts] = -steps[:, k - 1] / items.slope
        matrix[starts + k, starts + k] = -1 / slope[:, 0]
        if k > 1:
            before = np.where(items.is_graded, 0.0, 1 / slope[:, 0])
            matrix[starts + k, starts + k - 1] = before
    return matrix


def _name(place: int, items: Coefficients) -> str:
    width = items.intercepts.shape[1] + 1
    item, kind = divmod(place, width)
    if item < items.slope.size:
        return f"a[{item}]" if kind == 0 else f"b[{item},{kind - 1}]"
    group, kind = divmod(place - items.slope.size * width, 2)
    return f"{'sd' if kind else 'mean'}[{group}]"
