"""The M-step: Newton steps for all items at once, and moments of the groups."""

import numpy as np

from lms.psychometrics.arrays import Flags, Floats
from lms.psychometrics.irt.coding import CodedResponses
from lms.psychometrics.irt.curves import (
    Coefficients,
    log_probabilities,
    parameter_slopes,
)
from lms.psychometrics.irt.expectation import Expectation, expected_counts
from lms.psychometrics.irt.form import STEEPEST, Form, State

# Newton steps in one M-step. More gain little: the next E-step moves the aim.
_NEWTON_STEPS = 2
_HALVINGS = 12
_LONGEST_STEP = 2.0
# Added to the curvature, so that an item that nobody saw at a node can be solved.
_RIDGE = 1e-9


def maximise(
    coded: CodedResponses, found: Expectation, form: Form, state: State
) -> State:
    """Return the state that is likelier, given where the patterns lie."""
    items = state.items
    if form.is_free.any():
        counts = expected_counts(coded, found)
        items = _improve_items(items, counts, found, form)
    mean, sd = _update_groups(coded, found, form, state)
    return State(items, mean, sd)


def item_gradient(
    items: Coefficients, counts: Floats, theta: Floats, logs: Floats, form: Form
) -> Floats:
    """Return the gradient of the expected log-likelihood, shape (J, 1 + M)."""
    slopes = parameter_slopes(items, theta, logs)
    gradient: Floats = np.einsum("jkq,jkpq->jp", counts, slopes)
    gradient[:, 0] += form.prior_slopes(items.slope)[0]
    return gradient


def _improve_items(
    items: Coefficients, counts: Floats, found: Expectation, form: Form
) -> Coefficients:
    logs = found.logs
    value = _objective(items, counts, logs, form)
    for _ in range(_NEWTON_STEPS):
        step = _newton_step(items, counts, found.theta, logs, form)
        items, logs, value, is_moved = _search(
            items, step, (counts, found.theta, logs, value), form
        )
        if not is_moved:
            break
    return items


def _objective(items: Coefficients, counts: Floats, logs: Floats, form: Form) -> Floats:
    """Return each item's expected log-likelihood; shared slopes stand together."""
    finite = np.where(np.isfinite(logs) | np.isnan(logs), logs, 0.0)
    value: Floats = np.einsum("jkq,jkq->j", counts, finite)
    value += form.log_prior(items.slope)
    if form.is_shared.any():
        value[form.is_shared] = value[form.is_shared].sum()
    return value


def _search(
    items: Coefficients,
    step: Floats,
    at: tuple[Floats, Floats, Floats, Floats],
    form: Form,
) -> tuple[Coefficients, Floats, Floats, bool]:
    """Take the step, halved for those items that it makes less likely."""
    counts, theta, logs, value = at
    scale = np.ones(items.slope.size)
    for _ in range(_HALVINGS):
        tried = _moved(items, step * scale[:, None])
        new_logs = log_probabilities(tried, theta)
        new_value = _objective(tried, counts, new_logs, form)
        slack = 1e-10 * (1 + np.abs(value))
        is_worse = ~(new_value >= value - slack) | (np.abs(tried.slope) > STEEPEST)
        if form.is_shared.any():
            is_worse[form.is_shared] = is_worse[form.is_shared].any()
        if not is_worse.any():
            return tried, new_logs, new_value, True
        scale[is_worse] /= 2
    scale[is_worse] = 0.0
    tried = _moved(items, step * scale[:, None])
    logs = log_probabilities(tried, theta)
    return tried, logs, _objective(tried, counts, logs, form), bool(scale.any())


def _moved(items: Coefficients, step: Floats) -> Coefficients:
    return Coefficients(
        items.is_graded, items.slope + step[:, 0], items.intercepts + step[:, 1:]
    )


def _newton_step(
    items: Coefficients, counts: Floats, theta: Floats, logs: Floats, form: Form
) -> Floats:
    """Return the step by the expected information, shape (J, 1 + M).

    For all but the graded model the information does not depend on the answers: the
    step is Newton's own, and the aim is concave. For the graded model it is Fisher's.
    """
    slopes = parameter_slopes(items, theta, logs)
    gradient: Floats = np.einsum("jkq,jkpq->jp", counts, slopes)
    expected = counts.sum(axis=1, keepdims=True) * np.exp(logs)
    n_items, _, n_parameters, _ = slopes.shape
    by_item = slopes.transpose(0, 2, 1, 3).reshape(n_items, n_parameters, -1)
    information = (by_item * expected.reshape(n_items, 1, -1)) @ by_item.transpose(
        0, 2, 1
    )
    first, second = form.prior_slopes(items.slope)
    gradient[:, 0] += first
    information[:, 0, 0] += np.maximum(-second, 0.0)
    is_free = np.column_stack([form.has_slope, form.free_intercepts(items)])
    return _solve(gradient, information, is_free, form.is_shared)


def _solve(
    gradient: Floats, information: Floats, is_free: Flags, is_shared: Flags
) -> Floats:
    """Solve each item's system; a shared slope by the Schur complement."""
    gradient = np.where(is_free, gradient, 0.0)
    both = is_free[:, :, None] & is_free[:, None, :]
    diagonal = np.einsum("jpp->jp", information)
    unit = np.where(is_free, _RIDGE * (1 + diagonal), 1.0)
    information = np.where(both, information, 0.0)
    information += unit[:, :, None] * np.eye(unit.shape[1])
    step: Floats
    if is_shared.any():
        step = _solve_shared(gradient, information, is_shared)
    else:
        step = np.asarray(np.linalg.solve(information, gradient[:, :, None])[:, :, 0])
    longest = np.abs(step).max(axis=1)
    if is_shared.any():
        longest[is_shared] = longest[is_shared].max()
    step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, 1e-300))[:, None]
    return step


def _solve_shared(gradient: Floats, information: Floats, is_shared: Flags) -> Floats:
    step = np.empty_like(gradient)
    alone = ~is_shared
    step[alone] = np.linalg.solve(information[alone], gradient[alone, :, None])[:, :, 0]
    own = information[is_shared]
    cross = own[:, 1:, :1]
    solved = np.linalg.solve(
        own[:, 1:, 1:], np.concatenate([gradient[is_shared, 1:, None], cross], axis=2)
    )
    left = (own[:, 0, 0] - (cross[:, :, 0] * solved[:, :, 1]).sum(axis=1)).sum()
    right = gradient[is_shared, 0] - (cross[:, :, 0] * solved[:, :, 0]).sum(axis=1)
    slope = right.sum() / left
    step[is_shared, 0] = slope
    step[is_shared, 1:] = solved[:, :, 0] - slope * solved[:, :, 1]
    return step


def _update_groups(
    coded: CodedResponses, found: Expectation, form: Form, state: State
) -> tuple[Floats, Floats]:
    """Return means and standard deviations of the groups, where they are free."""
    if not (form.free_mean.any() or form.free_sd.any()):
        return state.mean, state.sd
    masses = group_masses(coded, found.posterior, state.mean.size)
    totals = masses.sum(axis=1)
    mean = np.where(form.free_mean, masses @ found.theta / totals, state.mean)
    apart = found.theta - mean[:, None]
    sd = np.sqrt((masses * apart**2).sum(axis=1) / totals)
    return mean, np.where(form.free_sd, sd, state.sd)


def group_masses(coded: CodedResponses, posterior: Floats, n_groups: int) -> Floats:
    """Return the expected number of persons of each group at each node, (G, q)."""
    member = (coded.group == np.arange(n_groups)[:, None]).astype(np.float64)
    masses: Floats = member @ posterior
    return masses
