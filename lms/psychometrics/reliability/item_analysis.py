"""What each item, and each option of it, does for the total."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Flags, Floats, Ints, as_vector
from lms.psychometrics.errors import DataError
from lms.psychometrics.reliability.alpha import alpha_of
from lms.psychometrics.reliability.covariance import as_item_scores, item_covariance
from lms.psychometrics.reliability.flags import ItemFlag, flag_items
from lms.psychometrics.reliability.options import (
    OptionTable,
    score_options,
    tabulate_options,
)
from lms.psychometrics.results import Result


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemAnalysis(Result):
    """Classical statistics of `J` items; each array has the shape (J,).

    Attributes
    ----------
    mean : ndarray
        Mean score; of right-or-wrong items the share that was right.
    facility : ndarray
        Mean as a share of the item's largest score.
    sd : ndarray
    n : ndarray of int
        Persons who answered.
    item_rest_r : ndarray
        Correlation with the total of the other items; NaN where one does not vary.
    alpha_if_dropped : ndarray
        Cronbach's alpha of the others; NaN with fewer than 3 items.
    discrimination : ndarray
        Facility among the best less that among the weakest persons.
    alpha : float
    options : tuple of OptionTable
        For each item, if a key was given.
    flags : tuple of ItemFlag
        What to look at, with the reason.
    groups : float
        Share of persons in the upper and in the lower group.
    is_complete : bool
        No answer is missing; if some are, each covariance is over the persons who
        answered both items.
    """

    mean: Floats
    facility: Floats
    sd: Floats
    n: Ints
    item_rest_r: Floats
    alpha_if_dropped: Floats
    discrimination: Floats
    alpha: float
    options: tuple[OptionTable, ...] = field(repr=False)
    flags: tuple[ItemFlag, ...]
    groups: float
    is_complete: bool


def item_analysis(
    x: ArrayLike,
    *,
    key: Sequence[Any] | None = None,
    groups: float = 0.27,
    max_scores: ArrayLike | None = None,
) -> ItemAnalysis:
    """Say what each item does for the total, and which to look at.

    The upper and lower groups hold the share `groups` of all persons, by their share of
    the points of what they answered; 0.27 tells most [1]_. Persons who tie at the edge
    of a group belong to it in part, so that no order of rows matters.

    Parameters
    ----------
    x : array_like, shape (n_persons, n_items)
        Scores, or with `key` the options chosen (numbers or text). NaN or None is
        missing.
    key : sequence, shape (n_items,), optional
        The right option of each item.
    max_scores : array_like, shape (n_items,), optional
        Largest possible scores; by default the largest seen.

    Raises
    ------
    DataError
        Fewer than 2 items or persons, a key of another length, or `groups` not above 0
        and up to 0.5.

    References
    ----------
    .. [1] Kelley, T. L. (1939). The selection of upper and lower groups for the
       validation of test items. Journal of Educational Psychology, 30(1), 17-24.
       doi:10.1037/h0057123

    Examples
    --------
    >>> found = item_analysis(
    ...     [["a", "c"], ["a", "b"], ["b", "b"], ["a", "b"]], key=["a", "b"]
    ... )
    >>> found.mean.tolist(), found.options[1].labels
    ([0.75, 0.75], ('b', 'c'))
    """
    if not 0 < groups <= 0.5:
        raise DataError(f"groups: {groups} is not above 0 and up to 0.5")
    chosen = None if key is None else score_options(x, key)
    given = as_item_scores(x if chosen is None else chosen.scores)
    if chosen is not None:
        chosen = chosen.answered()
    most = _read_maxima(given, max_scores)
    shares, seen = np.nan_to_num(given / most), ~np.isnan(given)
    upper, lower = _extreme_groups(shares.sum(axis=1) / seen.sum(axis=1), groups)
    covariance = item_covariance(given).values
    n = seen.sum(axis=0)
    mean = np.where(n > 0, np.nan_to_num(given).sum(axis=0) / np.maximum(n, 1), np.nan)
    # What nobody answered is part of no total.
    held = np.ix_(*[np.flatnonzero(n > 1)] * 2)
    rest_r, dropped = np.full((2, n.size), np.nan)
    rest_r[n > 1], dropped[n > 1] = _rest_statistics(covariance[held])
    figures = {
        "n": n.astype(np.int64),
        "facility": mean / most,
        "sd": np.sqrt(np.diagonal(covariance)),
        "item_rest_r": rest_r,
        "discrimination": _mean(shares, seen, upper) - _mean(shares, seen, lower),
    }
    options = () if chosen is None else tabulate_options(chosen, upper, lower)
    return ItemAnalysis(
        **figures,
        mean=mean,
        alpha_if_dropped=dropped,
        alpha=alpha_of(covariance[held]),
        options=options,
        flags=flag_items(**figures, options=options),
        groups=groups,
        is_complete=bool(seen.all()),
    )


def _read_maxima(given: Floats, max_scores: ArrayLike | None) -> Floats:
    seen = np.where(np.isnan(given), -np.inf, given).max(axis=0)
    if max_scores is None:
        # An item that nobody answered, or nobody got a point in, has no scale to share.
        return np.where(np.isfinite(seen) & (seen > 0), seen, 1.0)
    most = as_vector(max_scores, "max_scores", size=given.shape[1])
    is_wrong = (most <= 0) | (seen > most)
    if is_wrong.any():
        item = int(np.flatnonzero(is_wrong)[0])
        raise DataError(
            f"max_scores: item {item} has {most[item]:g}; need more than 0 and no less "
            f"than the largest score seen, {seen[item]:g}"
        )
    return most


def _extreme_groups(totals: Floats, groups: float) -> tuple[Floats, Floats]:
    """Return how far each person belongs to the upper and to the lower group."""
    # Rounded, so that equal totals of different items tie.
    _, codes, counts = np.unique(
        np.round(totals, 12), return_inverse=True, return_counts=True
    )
    room = groups * totals.size
    before = np.concatenate([[0], counts.cumsum()[:-1]])
    after = totals.size - before - counts
    lower = np.clip((room - before) / counts, 0.0, 1.0)
    upper = np.clip((room - after) / counts, 0.0, 1.0)
    return upper[codes.reshape(-1)], lower[codes.reshape(-1)]


def _mean(shares: Floats, seen: Flags, weights: Floats) -> Floats:
    """Return each item's mean over those who saw it; NaN if nobody did."""
    total = weights @ seen
    known = np.where(total > 0, total, 1.0)
    return np.where(total > 0, weights @ (shares * seen) / known, np.nan)


def _rest_statistics(covariance: Floats) -> tuple[Floats, Floats]:
    """Return correlations with the total of the others, and alpha without each item."""
    own, with_all = np.diagonal(covariance), covariance.sum(axis=1)
    n_items, total = own.size, covariance.sum()
    rest = total - 2 * with_all + own
    size = np.trace(covariance)
    varies = rest > 1e-12 * size
    safe = np.where(varies, rest, 1.0)
    is_known = varies & (own > 0)
    r = np.where(
        is_known,
        (with_all - own) / np.sqrt(np.where(is_known, own, 1.0)) / np.sqrt(safe),
        np.nan,
    )
    if n_items < 3:
        return r, np.full(n_items, np.nan)
    alpha = (n_items - 1) / (n_items - 2) * (1 - (size - own) / safe)
    return r, np.where(varies, alpha, np.nan)
