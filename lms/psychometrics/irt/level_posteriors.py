"""From answers to probabilities of levels."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_cuts
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.coding import CodedResponses, code_responses, read_for_bank
from lms.psychometrics.irt.curves import Coefficients, log_probabilities
from lms.psychometrics.irt.level_summary import (
    Curves,
    LevelPosterior,
    Question,
    Sources,
    summarise,
)
from lms.psychometrics.irt.posteriors import SPAN, log_posteriors, read_prior
from lms.psychometrics.irt.precision import theta_slopes

# Gap of the grid in standard deviations of the narrowest posterior: cubic pieces then
# hold a normal density's integral to 1e-5.
_GAP = 0.4
_NODES = 241
_MOST_DOUBLINGS = 5


def level_posterior(
    responses: ArrayLike,
    items: ItemBank,
    cuts: ArrayLike,
    *,
    mean: float = 0.0,
    sd: float = 1.0,
    cut_se: ArrayLike | None = None,
    raters: Sequence[Collection[str]] | None = None,
) -> LevelPosterior:
    """Return the probability of each level, from answers to a bank.

    Parameters
    ----------
    responses : array_like, shape (n, J) or (J,)
        Categories from 0; NaN is not seen.
    cuts : array_like, shape (K - 1,)
        Entry to level 1, 2, … on the scale of the bank; rising.
    mean, sd : float
        Normal prior.
    cut_se : float or array_like, shape (K - 1,), optional
        Standard error of each cut. A cut is then normal about its place, and a level's
        chance is averaged over it.
    raters : sequence of collections of str, length n, optional
        Who judged each person; `certify` counts them.

    Raises
    ------
    DataError
        The answers do not fit the bank, or the cuts do not rise.

    Examples
    --------
    >>> bank = ItemBank("2PL", a=[1.5] * 4, b=[-1.0, -0.5, 0.5, 1.0])
    >>> found = level_posterior([[1, 1, 1, 0]], bank, [-1.0, 0.5])
    >>> found.prob.round(2), found.level
    (array([[0.01, 0.44, 0.56]]), array([2]))
    """
    table = read_for_bank(responses, items)
    question = read_question(cuts, cut_se, mean, sd)
    theta = np.linspace(
        question.mean - SPAN * question.sd, question.mean + SPAN * question.sd, _NODES
    )
    coded = code_responses(table, items.n_categories)
    coefficients = items.coefficients()
    curves = _curves(coded, coefficients, theta, question)
    for _ in range(_MOST_DOUBLINGS):
        if _narrowest(curves) * _GAP >= curves.theta[1] - curves.theta[0]:
            break
        finer = np.linspace(theta[0], theta[-1], 2 * curves.theta.size - 1)
        curves = _curves(coded, coefficients, finer, question)
    rows = coded.pattern_of
    return summarise(
        Curves(curves.theta, curves.logs[rows], curves.slopes[rows]),
        question,
        Sources(
            coded.n_answered()[rows],
            read_raters(raters, table.shape[0]),
            np.full(table.shape[0], np.nan),
        ),
    )


def read_question(
    cuts: ArrayLike, cut_se: ArrayLike | None, mean: float, sd: float
) -> Question:
    """Check cuts, their errors and the prior."""
    found = as_cuts(cuts)
    errors = np.zeros(found.size) if cut_se is None else np.asarray(cut_se, np.float64)
    if errors.ndim > 1 or errors.size not in {1, found.size}:
        raise DataError(f"cut_se: need {found.size} values, got shape {errors.shape}")
    errors = np.array(np.broadcast_to(errors.reshape(-1), found.shape))
    if not (np.isfinite(errors) & (errors >= 0)).all():
        raise DataError(f"cut_se: need finite ones from 0, got {errors.tolist()}")
    means, sds, _ = read_prior(mean, sd, None, 1)
    return Question(found, errors, float(means[0]), float(sds[0]))


def read_raters(
    raters: Sequence[Collection[str]] | None, n_persons: int
) -> tuple[tuple[str, ...], ...]:
    """Return each person's raters, sorted, each once."""
    if raters is None:
        return ((),) * n_persons
    if len(raters) != n_persons:
        raise DataError(f"raters: {len(raters)} for {n_persons} persons")
    return tuple(tuple(sorted(set(own))) for own in raters)


def _curves(
    coded: CodedResponses, items: Coefficients, theta: Floats, question: Question
) -> Curves:
    mean, sd = np.array([question.mean]), np.array([question.sd])
    of_items = log_probabilities(items, theta)
    logs = log_posteriors(coded, of_items, theta, mean=mean, sd=sd)
    first, _ = theta_slopes(items, np.exp(of_items))
    slopes = coded.log_likelihood(first) - (theta - question.mean) / question.sd**2
    return Curves(theta, logs, slopes)


def _narrowest(curves: Curves) -> float:
    mass = np.exp(curves.logs)
    mass /= mass.sum(axis=1, keepdims=True)
    middle = curves.theta.mean()
    offset = mass @ (curves.theta - middle)
    square = mass @ (curves.theta - middle) ** 2 - offset**2
    return float(np.sqrt(np.maximum(square, 0.0)).min())
