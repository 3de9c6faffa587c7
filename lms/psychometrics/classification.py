"""How well a score sorts people into levels: what every method of it reports."""

from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Floats
from lms.psychometrics.results import Result


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClassificationResult(Result):
    """Accuracy and consistency of the levels that a score gives.

    Attributes
    ----------
    accuracy : float
        Probability that the level given is the true one.
    consistency : float
        Probability that a parallel second administration gives the same level.
    kappa : float
        Consistency beyond chance, ``(consistency - chance) / (1 - chance)``; NaN where
        everybody is given one level.
    false_positive, false_negative : float
        Probability that the level given is above, or below, the true one.
    by_level : ndarray, shape (K, K)
        Joint probability of true level (row) and given level (column).
    method : str
    details : mapping
        What a method adds, such as the parameters it fitted.
    """

    accuracy: float
    consistency: float
    kappa: float
    false_positive: float
    false_negative: float
    by_level: Floats
    method: str
    details: object = None


def summarise_classification(
    by_level: Floats, twice: Floats, method: str, details: object = None
) -> ClassificationResult:
    """Sum up two joint tables, each with a total of 1.

    Parameters
    ----------
    by_level : ndarray, shape (K, K)
        Probability of true level (row) and given level (column).
    twice : ndarray, shape (K, K)
        Probability of the levels given by two parallel administrations.

    Examples
    --------
    >>> table = np.array([[0.4, 0.1], [0.1, 0.4]])
    >>> result = summarise_classification(table, table, "by hand")
    >>> round(result.accuracy, 3), round(result.kappa, 3)
    (0.8, 0.6)
    """
    consistency = float(np.trace(twice))
    chance = float(twice.sum(axis=1) @ twice.sum(axis=0))
    return ClassificationResult(
        accuracy=float(np.trace(by_level)),
        consistency=consistency,
        kappa=(consistency - chance) / (1 - chance) if chance < 1 else float("nan"),
        false_positive=float(np.triu(by_level, 1).sum()),
        false_negative=float(np.tril(by_level, -1).sum()),
        by_level=by_level,
        method=method,
        details=details,
    )
