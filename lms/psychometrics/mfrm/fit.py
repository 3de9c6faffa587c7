"""Many-facet Rasch calibration of raters, criteria and learners."""

import warnings
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Ints
from lms.psychometrics.errors import ConvergenceWarning, DataError
from lms.psychometrics.mfrm.anchors import GivenAnchors, read_anchors
from lms.psychometrics.mfrm.calibration import (
    CONDITIONAL,
    JOINT,
    MARGINAL,
    Calibration,
    Settings,
    calibrate,
    correction,
)
from lms.psychometrics.mfrm.design import make_design
from lms.psychometrics.mfrm.identification import (
    explain_subsets,
    linked_subsets,
    require_contrasts,
)
from lms.psychometrics.mfrm.layout import Freedom, make_freedom
from lms.psychometrics.mfrm.linkage import weakest_link
from lms.psychometrics.mfrm.marginal import SMALLEST_SD
from lms.psychometrics.mfrm.ratings import Ratings, read_ratings
from lms.psychometrics.mfrm.report import report
from lms.psychometrics.mfrm.result import MFRMResult
from lms.psychometrics.mfrm.trimming import Anchors, Core, trim

Thresholds = Literal["common", "criterion"]
Method = Literal["MML", "JML"]
Assignment = Literal["auto", "random"]
OnDisconnected = Literal["raise", "warn"]
# Past this a severity or difficulty runs away: the likelihood still rises.
_RUNAWAY = 10.0
# Fewer learners than this between two parts of a design are named as a weak link.
_FEW_LEARNERS = 3
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What is to be calibrated, and how."""

    ratings: Ratings
    core: Core
    anchors: Anchors
    freedom: Freedom
    subset: Ints
    way: str
    notes: list[str]


def fit_mfrm(
    learner: ArrayLike,
    rater: ArrayLike,
    criterion: ArrayLike,
    score: ArrayLike,
    *,
    thresholds: Thresholds = "common",
    method: Method = "MML",
    group: ArrayLike | None = None,
    assignment: Assignment = "auto",
    anchors: GivenAnchors | None = None,
    n_categories: int | None = None,
    weights: ArrayLike | None = None,
    nodes: int = 61,
    tol: float = 1e-5,
    max_iter: int = 500,
    on_disconnected: OnDisconnected = "raise",
) -> MFRMResult:
    """Tell the severity of raters from the ability of those whom they rated [1]_.

    The odds of category ``k`` against ``k - 1`` are ``exp(theta_n - severity_r -
    difficulty_c - tau_k)``: a rating scale [2]_, or with ``thresholds="criterion"`` a
    partial credit scale [3]_ for each criterion. Severities sum to zero, positive is
    harsher; difficulties sum to zero, positive is harder.

    Abler learners often go to particular raters. A model with one population of
    learners then takes part of their ability for the rater's leniency. So by default
    severities come from the likelihood conditional on each learner's sum score, which
    holds no abilities [4]_: only raters of the same learner are compared. Means and
    deviations of the abilities, and the learners, are estimated thereafter.

    Parameters
    ----------
    learner, rater, criterion : array_like, shape (n_ratings,)
        Labels, text or whole numbers.
    score : array_like, shape (n_ratings,)
        Categories, whole numbers from 0; NaN is not rated, which is not zero. Without
        `n_categories` they are counted from the lowest one used.
    thresholds : {"common", "criterion"}
        Whether criteria share one set of steps. A category that nobody used gets the
        chance zero, and the message says so.
    method : {"MML", "JML"}
        "JML" estimates abilities and facets together: quick, with estimates spread too
        widely by few ratings a learner, which is corrected by ``(L - 1) / L`` for `L`
        ratings a learner. It never assumes anything of who rates whom.
    group : array_like, shape (n_ratings,), optional
        Label of the learner's group, the same in all rows of a learner; each group gets
        its own mean and standard deviation.
    assignment : {"auto", "random"}
        "random": who rates whom has nothing to do with the ability, within groups. Then
        facets and populations are estimated together by marginal maximum likelihood,
        which is a little more precise.
    anchors : mapping, optional
        ``{"raters": {label: severity}, "criteria": {label: difficulty}}`` kept as they
        are. A facet with an anchor does not sum to zero.
    n_categories : int, optional
        Categories are 0 to ``n_categories - 1``.
    weights : array_like, shape (n_ratings,), optional
        How many learners the row's learner stands for; the same in all rows of one.
    nodes : int
        Least number of points of the quadrature over abilities; more are taken where
        the ratings of one learner are so many that a posterior could slip between.
    tol : float
        Largest move of a parameter at which to stop.
    on_disconnected : {"raise", "warn"}
        What to do if raters fall into subsets that share no learner. "warn": each
        subset has a zero of its own ("random": the population ties them).

    Returns
    -------
    MFRMResult

    Raises
    ------
    DataError
        Names the row, rater or learner: a score that is no category, a label missing,
        one score throughout, one rating for each learner.
    DisconnectedDesignError
        Raters share no learner, or severity and difficulty cannot be told apart; its
        `subsets` say who hangs together.

    Warns
    -----
    ConvergenceWarning
        The iteration ended before it converged; the result says so as well.

    References
    ----------
    .. [1] Linacre, J. M. (1994). Many-facet Rasch measurement (2nd ed.). MESA Press.
    .. [2] Andrich, D. (1978). A rating formulation for ordered response categories.
       Psychometrika, 43(4), 561-573. doi:10.1007/BF02293814
    .. [3] Masters, G. N. (1982). A Rasch model for partial credit scoring.
       Psychometrika, 47(2), 149-174. doi:10.1007/BF02296272
    .. [4] Andersen, E. B. (1977). Sufficient statistics and latent trait models.
       Psychometrika, 42(1), 69-81. doi:10.1007/BF02293746

    Examples
    --------
    Two raters saw six learners; Y is the harsher one, for all that can be told.

    >>> result = fit_mfrm(
    ...     learner=[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
    ...     rater=["X", "Y"] * 6,
    ...     criterion=["plan"] * 12,
    ...     score=[2, 1, 1, 1, 1, 0, 2, 0, 1, 1, 0, 1],
    ... )
    >>> result.raters.labels, result.raters.estimate.round(2).tolist()
    (('X', 'Y'), [-0.52, 0.52])
    >>> round(result.raters.p, 2)
    0.3
    """
    for name, value, options in (
        ("thresholds", thresholds, Thresholds),
        ("method", method, Method),
        ("assignment", assignment, Assignment),
        ("on_disconnected", on_disconnected, OnDisconnected),
    ):
        if value not in get_args(options):
            allowed = ", ".join(map(repr, get_args(options)))
            raise DataError(f"{name}: {value!r} is none of {allowed}")
    settings = Settings(nodes=nodes, tol=tol, max_iter=max_iter)
    ratings = read_ratings(
        learner,
        rater,
        criterion,
        score,
        group=group,
        weights=weights,
        n_categories=n_categories,
    )
    way = MARGINAL if assignment == "random" else CONDITIONAL
    task = _plan(
        ratings,
        thresholds,
        read_anchors(anchors, ratings),
        JOINT if method == "JML" else way,
        is_strict=on_disconnected == "raise",
    )
    found = calibrate(
        task.core.ratings, task.core.layout, task.freedom, task.way, settings
    )
    result = _report(task, found, settings)
    if not result.converged:
        warnings.warn(result.message, ConvergenceWarning, stacklevel=2)
    return result


def _plan(
    ratings: Ratings, thresholds: str, anchors: Anchors, way: str, *, is_strict: bool
) -> _Task:
    """Leave out what cannot be calibrated, and see that the rest hangs together."""
    are_free = way != MARGINAL
    core = trim(ratings, thresholds, anchors, are_learners_free=are_free)
    subset = linked_subsets(core, anchors)
    notes = _notes_on_data(ratings, core)
    if subset.max() > 0:
        error = explain_subsets(ratings, core, subset)
        if is_strict:
            raise error
        warnings.warn(str(error), UserWarning, stacklevel=3)
        tie = "have a zero each" if are_free else "are tied by the population alone"
        notes.append(f"{int(subset.max()) + 1} subsets of raters {tie}")
    freedom = make_freedom(
        core.layout,
        subset if are_free else np.zeros_like(subset),
        anchors,
        (core.is_rater, core.is_criterion),
    )
    require_contrasts(core, freedom, are_learners_free=are_free)
    return _Task(ratings, core, anchors, freedom, subset, way, notes)


def _notes_on_data(ratings: Ratings, core: Core) -> list[str]:
    notes = []
    if ratings.n_missing:
        notes.append(f"{ratings.n_missing} rows without a score left out")
    for name, labels, is_known in (
        ("rater", ratings.raters, core.is_rater),
        ("criterion", ratings.criteria, core.is_criterion),
    ):
        odd = [repr(labels[i]) for i in np.flatnonzero(~is_known)]
        if odd:
            notes.append(
                f"{name} {', '.join(odd)} not calibrated: lowest or highest scores "
                "throughout, or nothing that counts"
            )
    left = np.setdiff1d(ratings.learner, core.ratings.learner).size
    if left:
        notes.append(
            f"{left} learners left out of the calibration: a single rating, or lowest "
            "or highest scores throughout"
        )
    link = weakest_link(core.ratings.learner, core.ratings.rater, ratings.raters)
    if link is not None and link.n_learners < _FEW_LEARNERS:
        apart = ", ".join(map(repr, link.apart[:_MOST_NAMED]))
        more = " …" * (len(link.apart) > _MOST_NAMED)
        notes.append(
            f"weak link: rater {apart}{more} compared with the others through "
            f"{link.n_learners} learners that count"
        )
    layout = core.layout
    for scale, used in enumerate(layout.is_used):
        unused = [str(k + ratings.lowest) for k in np.flatnonzero(~used)]
        if unused and used.any():
            where = f"criterion {ratings.criteria[scale]!r}: " * (
                layout.is_used.shape[0] > 1
            )
            notes.append(f"{where}category {', '.join(unused)} not used")
    return notes


def _report(task: _Task, found: Calibration, settings: Settings) -> MFRMResult:
    core, notes = task.core, task.notes
    labels = [f"rater {label!r}" for label in task.ratings.raters]
    labels += [f"criterion {label!r}" for label in task.ratings.criteria]
    far = np.flatnonzero(np.abs(found.values[: len(labels)]) > _RUNAWAY)
    is_found = found.converged and not far.size
    ended = "converged" if is_found else "did not converge"
    said = [f"{ended} in {found.n_iter} iterations"]
    if task.way == JOINT:
        share = correction(make_design(core.ratings, core.layout))
        said.append(f"estimates drawn together by (L - 1) / L = {share:.3f}")
    if far.size:
        said.append(f"estimates run away: {', '.join(labels[i] for i in far)}")
    if found.population is not None and found.population.sd.min() <= 2 * SMALLEST_SD:
        said.append("the abilities of a group show no spread")
    if found.covariance is None:
        said.append("no standard errors: the information is not positive definite")
    return report(
        task.ratings,
        core,
        task.freedom,
        found,
        subset=task.subset,
        way=task.way,
        nodes=settings.nodes,
        message="; ".join([*said, *notes]),
        converged=is_found,
    )
