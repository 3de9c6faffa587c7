"""Evidence from several sources on one scale, the prior counted once."""

import numpy as np

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.level_summary import (
    Curves,
    LevelPosterior,
    Question,
    Sources,
    summarise,
)

# A part that narrows the prior by less than this share of its precision says nothing
# that another part could contradict.
_LEAST_SHARE = 0.02


def combine_evidence(*posteriors: LevelPosterior) -> LevelPosterior:
    """Combine what independent sources say of the same persons.

    Likelihoods are multiplied and the prior counts once: the logarithm of the density
    is the sum over sources, less the prior's for all but one. Look at `conflict` before
    trusting the average of a contradiction: it is the largest ``|z|`` between what two
    sources say without the prior, in normal approximation, and above about 2.6 they
    disagree by more than chance (1 %).

    Sources must share the scale, the prior, the cuts and the order of the persons. What
    comes from one occasion is not independent and belongs in one source.

    Raises
    ------
    DataError
        There is none, or priors, cuts or persons differ.

    Examples
    --------
    >>> from lms.psychometrics import ItemBank, level_posterior
    >>> bank = ItemBank("Rasch", b=[-0.5, 0.5])
    >>> quiz = level_posterior([[1, 1]], bank, [0.0])
    >>> case = level_posterior([[1, 0]], bank, [0.0])
    >>> both = combine_evidence(quiz, case)
    >>> bool(both.sd[0] < quiz.sd[0]), both.n_answered
    (True, array([4]))
    """
    if not posteriors:
        raise DataError("combine_evidence: no posterior was given")
    first = posteriors[0]
    for place, other in enumerate(posteriors[1:], start=1):
        _require_same(first, other, place)
    question = Question(first.cuts, first.cut_se, first.prior_mean, first.prior_sd)
    finest = max(p.theta.size for p in posteriors)
    parts = [_refine(p, finest) for p in posteriors]
    theta = parts[0].theta
    z = (theta - question.mean) / question.sd
    extra = len(parts) - 1
    logs = sum((part.logs for part in parts), extra * z**2 / 2)
    slopes = sum((part.slopes for part in parts), extra * z / question.sd)
    raters = tuple(
        tuple(sorted(set().union(*own)))
        for own in zip(*(p.raters for p in posteriors), strict=True)
    )
    n_answered = np.sum([p.n_answered for p in posteriors], axis=0)
    conflict = _conflict(posteriors)
    return summarise(
        Curves(theta, logs, slopes), question, Sources(n_answered, raters, conflict)
    )


def _require_same(first: LevelPosterior, other: LevelPosterior, place: int) -> None:
    if other.n_persons != first.n_persons:
        raise DataError(
            f"combine_evidence: posterior {place} has {other.n_persons} persons, "
            f"the first has {first.n_persons}"
        )
    for name in ("prior_mean", "prior_sd", "cuts", "cut_se"):
        mine, its = getattr(first, name), getattr(other, name)
        if not np.array_equal(mine, its):
            raise DataError(
                f"combine_evidence: posterior {place} has {name} {its}, not {mine}"
            )


def _refine(posterior: LevelPosterior, finest: int) -> Curves:
    """Return the curves on the finest grid; each grid halves the gap of the last."""
    curves = Curves(posterior.theta, posterior.log_density, posterior.log_slope)
    while curves.theta.size < finest:
        curves = curves.refined()
    return curves


def _conflict(posteriors: tuple[LevelPosterior, ...]) -> Floats:
    """Return the largest standardised difference between two sources, shape (n,)."""
    prior = 1 / posteriors[0].prior_sd ** 2
    means, variances = [], []
    for part in posteriors:
        precision = 1 / np.maximum(part.sd, 1e-12) ** 2
        own = precision - prior
        own = np.where(own > _LEAST_SHARE * prior, own, np.nan)
        means.append((part.eap * precision - part.prior_mean * prior) / own)
        variances.append(1 / own)
    largest = np.full(posteriors[0].n_persons, np.nan)
    for i, mean in enumerate(means):
        for other, variance in zip(means[:i], variances[:i], strict=True):
            z = np.abs(mean - other) / np.sqrt(variances[i] + variance)
            largest = np.fmax(largest, z)
    # A part combined before keeps what it found.
    for part in posteriors:
        largest = np.fmax(largest, part.conflict)
    return largest
