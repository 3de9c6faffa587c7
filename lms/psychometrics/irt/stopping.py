"""When an adaptive test may end."""

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_cuts
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.belief import Belief, Points, read_belief


def should_stop(
    posterior: Belief,
    *,
    cuts: ArrayLike | None = None,
    confidence: float = 0.9,
    se: float | None = None,
    max_items: int | None = None,
    min_items: int = 0,
    n_answered: int | None = None,
) -> tuple[bool, str]:
    """Say whether an adaptive test may end, and why.

    Parameters
    ----------
    posterior : LevelPosterior of one person, or (theta, density)
    cuts : array_like, optional
        Stop when one level between them holds at least `confidence`: an interval of
        that probability then lies inside the level.
    se : float, optional
        Stop when the posterior's standard deviation is this small.
    max_items, min_items : int
        Stop in any case, or in no case.
    n_answered : int, optional
        Items given; by default what the posterior says.

    Returns
    -------
    tuple of (bool, str)
        The reason is "classified", "se", "max_items", "min_items" (too early) or
        "go_on".

    Examples
    --------
    >>> from lms.psychometrics import ItemBank, level_posterior
    >>> bank = ItemBank("2PL", a=[2.0] * 10, b=[0.0] * 10)
    >>> found = level_posterior([1] * 10, bank, [0.0])
    >>> should_stop(found, cuts=[0.0])
    (True, 'classified')
    """
    belief = read_belief(posterior)
    if belief.theta.size < 3:
        raise DataError("should_stop: need a distribution, not a point")
    count = belief.n_answered if n_answered is None else n_answered
    if count is None and (max_items is not None or min_items > 0):
        raise DataError("should_stop: say n_answered; the posterior does not")
    count = count or 0
    if count < min_items:
        return False, "min_items"
    if cuts is not None and _largest_level(belief, as_cuts(cuts)) >= confidence:
        return True, "classified"
    if se is not None and belief.sd <= se:
        return True, "se"
    if max_items is not None and count >= max_items:
        return True, "max_items"
    return False, "go_on"


def _largest_level(belief: Points, cuts: Floats) -> float:
    """Return the largest chance of a level, a point's mass spread to halfway."""
    middles = (belief.theta[:-1] + belief.theta[1:]) / 2
    below = np.interp(cuts, middles, np.cumsum(belief.mass)[:-1], left=0.0, right=1.0)
    edges = np.concatenate([[0.0], below, [1.0]])
    return float(np.diff(edges).max())
