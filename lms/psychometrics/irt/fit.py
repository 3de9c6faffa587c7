"""Calibration of items by marginal maximum likelihood."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import as_responses
from lms.psychometrics.errors import ConvergenceWarning
from lms.psychometrics.irt.anchors import Anchors
from lms.psychometrics.irt.bank import ItemBank, ItemErrors
from lms.psychometrics.irt.design import FEW_PERSONS, read_models
from lms.psychometrics.irt.errors_of_fit import FitErrors, fit_errors
from lms.psychometrics.irt.form import Form
from lms.psychometrics.irt.iteration import Calibration, Settings, calibrate
from lms.psychometrics.irt.observed import observed_information
from lms.psychometrics.irt.result import IRTResult
from lms.psychometrics.irt.task import Arguments, Priors, Task, read_task

# A slope past this tells that nothing holds it: the likelihood still rises.
_RUNAWAY = 8.0


def fit_irt(
    responses: ArrayLike,
    model: str = "2PL",
    *,
    item_models: Sequence[str | None] | None = None,
    n_categories: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    group: ArrayLike | None = None,
    anchors: Anchors | None = None,
    priors: Priors | None = None,
    nodes: int = 61,
    span: float = 6.0,
    tol: float = 1e-5,
    max_iter: int = 500,
    se: bool = True,
    collapse_unused: bool = False,
) -> IRTResult:
    """Calibrate the items of a form by marginal maximum likelihood (EM) [1]_ [2]_.

    Abilities are normal within each group, answers independent given the ability.
    Without anchors the first group (in the order of the labels) has mean 0, and
    standard deviation 1; the latter is estimated where some item's slope is fixed at 1
    ("Rasch", "PCM").

    Parameters
    ----------
    responses : array_like, shape (n_persons, n_items)
        Categories 0 to K - 1; NaN is not seen, which is not wrong. Missing by design
        and missing at random need nothing else.
    model : {"2PL", "1PL", "Rasch", "PCM", "GPCM", "GRM"}
        See `ItemBank`. "1PL" items share one slope that is estimated, "Rasch" and "PCM"
        items have the slope 1.
    item_models : sequence of str or None, shape (n_items,), optional
        Models of single items (None: `model`), for mixed forms.
    n_categories : int or array_like of int, optional
        By default one more than the highest answer of each item.
    weights : array_like, shape (n_persons,), optional
        How many persons each row stands for.
    group : array_like, shape (n_persons,), optional
        Labels; each group gets its own mean and standard deviation.
    anchors : ItemBank or mapping, optional
        Items kept as they are; then means and standard deviations of all groups are
        free. A bank holds the first items of the form (a slope of NaN: not an anchor).
        A mapping gives for a place an `ItemBank` of one, ``{"a": …, "b": …}``, or the
        slope followed by the steps.
    priors : mapping, optional
        ``{"a": (mean, sd)}``: normal prior of the logarithm of every free slope that
        is not shared. By default, right-or-wrong items under 500 persons have
        (0, 0.5), and other items get it if a slope runs away; the message says so. An
        empty mapping: none.
    nodes : int
        Points of the quadrature, evenly spaced within `span` standard deviations.
        Fewer than 61 bias long tests.
    tol : float
        Largest change of a slope, intercept, mean or standard deviation by an EM step
        at which to stop.
    se : bool
        Whether to compute the observed information, for standard errors.
    collapse_unused : bool
        Whether to count the used categories of an item from 0 if some were not used.

    Returns
    -------
    IRTResult

    Raises
    ------
    DataError
        The message names the item or person: fewer than 2 items, an answer that is no
        category, an item with one category (no variance), a category that nobody used.
    DisconnectedDesignError
        Groups share neither items nor anchors.

    Warns
    -----
    ConvergenceWarning
        `max_iter` was reached; the result says so as well.

    References
    ----------
    .. [1] Bock, R. D., & Aitkin, M. (1981). Marginal maximum likelihood estimation of
       item parameters: Application of an EM algorithm. Psychometrika, 46(4), 443-459.
       doi:10.1007/BF02293801
    .. [2] Muraki, E. (1992). A generalized partial credit model: Application of an EM
       algorithm. Applied Psychological Measurement, 16(2), 159-176.
       doi:10.1177/014662169201600206

    Examples
    --------
    Four patterns of two items, with the numbers of persons who gave them; two items
    cannot tell two slopes apart, so that they share one.

    >>> patterns = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> result = fit_irt(patterns, "1PL", weights=[30, 10, 30, 30])
    >>> result.converged, result.items.b.round(2).ravel().tolist()
    (True, [-0.4, 0.4])
    """
    settings = Settings(nodes=nodes, span=span, tol=tol, max_iter=max_iter)
    table = as_responses(responses)
    arguments = Arguments(
        models=read_models(model, item_models, table.shape[1]),
        n_categories=n_categories,
        weights=weights,
        group=group,
        anchors=anchors,
        priors=priors,
        collapse_unused=collapse_unused,
    )
    task = read_task(table, arguments)
    form, found = _climb(task, settings)
    held = (
        observed_information(task.coded, found.last, form, found.state) if se else None
    )
    errors = fit_errors(held, form, found.state)
    notes = _notes(task, form, found)
    if se and not errors.is_known:
        notes.append("no standard errors: the information is not positive definite")
    result = _report(task, found, errors, notes)
    if not result.converged:
        warnings.warn(result.message, ConvergenceWarning, stacklevel=2)
    return result


def _climb(task: Task, settings: Settings) -> tuple[Form, Calibration]:
    """Calibrate, with a weak prior where slopes run away for want of persons."""
    models = np.array(task.design.models)
    may_help = task.may_help and task.n_persons < FEW_PERSONS
    everywhere = np.ones(models.size, dtype=bool)
    has_prior = everywhere if task.prior else (models == "2PL") & may_help
    form = task.design.form(task.prior, has_prior)
    start = task.design.start(task.coded)
    found = calibrate(task.coded, form, start, settings)
    own = form.has_slope & ~form.is_shared
    if may_help and (np.abs(found.state.items.slope[own]) > _RUNAWAY).any():
        form = task.design.form(None, everywhere)
        found = calibrate(task.coded, form, start, settings)
    return form, found


def _notes(task: Task, form: Form, found: Calibration) -> list[str]:
    """Say what was done, and what is odd."""
    notes = []
    if form.has_prior.any():
        mean, sd = form.prior
        count = int(form.has_prior.sum())
        notes.append(
            f"normal prior ({mean:g}, {sd:g}) of the logarithm of {count} slopes"
        )
    if task.n_empty:
        notes.append(f"{task.n_empty} rows without answers or weight left out")
    for item, used in task.collapsed.items():
        named = ", ".join(map(str, used))
        notes.append(f"item {item}: categories {named} counted from 0")
    slope = found.state.items.slope
    for words, is_odd in (
        ("slopes run away", np.abs(slope) > _RUNAWAY),
        ("slopes below zero", slope < 0),
    ):
        odd = np.flatnonzero(is_odd & form.has_slope)
        if odd.size:
            notes.append(f"{words}: item {', '.join(map(str, odd))}")
    return notes


def _report(
    task: Task, found: Calibration, errors: FitErrors, notes: Sequence[str]
) -> IRTResult:
    design, state = task.design, found.state
    ended = "converged" if found.converged else "did not converge"
    n_parameters = len(errors.names)
    loglik = found.last.log_likelihood
    return IRTResult(
        items=ItemBank(
            design.models,
            state.items.slope,
            state.items.steps(),
            design.n_categories,
        ),
        se=ItemErrors(errors.a, errors.b),
        mean=state.mean,
        sd=state.sd,
        mean_se=errors.mean,
        sd_se=errors.sd,
        groups=task.groups,
        loglik=loglik,
        aic=2 * n_parameters - 2 * loglik,
        bic=float(np.log(task.n_persons)) * n_parameters - 2 * loglik,
        n_parameters=n_parameters,
        n_persons=task.n_persons,
        n_items=len(design.models),
        n_iter=found.n_iter,
        converged=found.converged,
        message="; ".join([f"{ended} in {found.n_iter} iterations", *notes]),
        vcov=errors.vcov if errors.is_known else None,
        parameters=errors.names,
        collapsed=task.collapsed,
    )
