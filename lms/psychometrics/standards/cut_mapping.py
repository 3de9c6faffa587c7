"""From a score on a test to the ability that is expected to reach it."""

import numpy as np

from lms.psychometrics.arrays import name_item
from lms.psychometrics.errors import DataError, NoSolutionError
from lms.psychometrics.irt.bank import ItemBank
from lms.psychometrics.irt.precision import expected_score

_REACH = 1e4
_HALVINGS = 200


def map_cut(cut_score: float, items: ItemBank) -> float:
    """Return the ability whose expected score on these items is the cut.

    An error of the cut is carried over by dividing it by the slope of the expected
    score there.

    Parameters
    ----------
    cut_score : float
        Between 0 and the largest score, ends not included.

    Raises
    ------
    NoSolutionError
        No ability is expected to have that score.
    DataError
        A slope is not positive, so that the expected score does not tell the ability.

    Examples
    --------
    >>> bank = ItemBank("2PL", a=[1.0, 2.0], b=[-0.5, 0.5])
    >>> theta = map_cut(1.2, bank)
    >>> round(float(expected_score(bank, [theta])[0]), 6)
    1.2
    """
    is_flat = ~(items.a > 0)
    if is_flat.any():
        place = int(np.argmax(is_flat))
        raise DataError(
            f"{name_item(place, items.ids)}: slope {items.a[place]:g}; the expected "
            "score tells the ability only if all slopes are positive"
        )
    if not 0 < cut_score < items.max_score:
        raise NoSolutionError(
            f"cut_score: {cut_score:g} is not between 0 and {items.max_score}; no "
            "ability is expected to have it"
        )
    low, high = -1.0, 1.0
    while expected_score(items, [low])[0] > cut_score and low > -_REACH:
        low *= 2
    while expected_score(items, [high])[0] < cut_score and high < _REACH:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        is_below = expected_score(items, [middle])[0] < cut_score
        low, high = (middle, high) if is_below else (low, middle)
    return (low + high) / 2
