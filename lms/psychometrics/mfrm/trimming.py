"""What a likelihood can be climbed on: without those whose estimate is infinite."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lms.psychometrics.arrays import Flags, Ints
from lms.psychometrics.errors import DataError
from lms.psychometrics.mfrm.layout import Layout
from lms.psychometrics.mfrm.ratings import Ratings

Anchors = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Ratings to calibrate on.

    Attributes
    ----------
    is_row : ndarray of bool, shape (n_ratings,)
        Which ratings they are.
    is_rater, is_criterion : ndarray of bool
        Who is calibrated.
    """

    ratings: Ratings
    layout: Layout
    is_row: Flags
    is_rater: Flags
    is_criterion: Flags


def trim(
    ratings: Ratings, thresholds: str, anchors: Anchors, *, are_learners_free: bool
) -> Core:
    """Leave out raters and criteria with only lowest or only highest scores.

    Their severity or difficulty has no finite maximum. With free abilities that goes
    for learners as well, and those with one rating tell nothing beyond themselves.

    Raises
    ------
    DataError
        Nothing is left.
    """
    n_raters, n_criteria = len(ratings.raters), len(ratings.criteria)
    scale_of = (
        np.arange(n_criteria)
        if thresholds == "criterion"
        else np.zeros(n_criteria, dtype=np.int64)
    )
    is_row = ratings.weight[ratings.learner] > 0
    while True:
        layout = _layout(ratings, is_row, scale_of)
        low, high = (end[scale_of][ratings.criterion] for end in layout.ends)
        at_low, at_high = ratings.score == low, ratings.score == high
        is_rater = _has_both(ratings.rater, is_row, at_low, at_high, n_raters)
        is_rater[list(anchors["raters"])] = True
        is_criterion = _has_both(ratings.criterion, is_row, at_low, at_high, n_criteria)
        is_criterion[list(anchors["criteria"])] |= thresholds == "common"
        kept = is_row & is_rater[ratings.rater] & is_criterion[ratings.criterion]
        if are_learners_free:
            size = len(ratings.learners)
            is_learner = _has_both(ratings.learner, is_row, at_low, at_high, size)
            count = np.bincount(ratings.learner, is_row, minlength=size)
            kept &= (is_learner & (count > 1))[ratings.learner]
        if not kept.any():
            raise DataError(_explain(ratings))
        if (kept == is_row).all():
            break
        is_row = kept
    counted = np.bincount(ratings.learner[is_row], minlength=len(ratings.learners))
    if counted.max() < 2:
        raise DataError(_explain(ratings))
    return Core(ratings.take(is_row), layout, is_row, is_rater, is_criterion)


def _layout(ratings: Ratings, is_row: Flags, scale_of: Ints) -> Layout:
    n_scales, count = int(scale_of.max()) + 1, ratings.n_categories
    codes = scale_of[ratings.criterion[is_row]] * count + ratings.score[is_row]
    used = np.bincount(codes, minlength=n_scales * count).reshape(n_scales, count) > 0
    return Layout(len(ratings.raters), scale_of, used)


def _has_both(
    facet: Ints, is_row: Flags, at_low: Flags, at_high: Flags, size: int
) -> Flags:
    """Return who has a score above the lowest, and one below the highest."""
    above = np.bincount(facet[is_row & ~at_low], minlength=size) > 0
    below = np.bincount(facet[is_row & ~at_high], minlength=size) > 0
    return above & below


def _explain(ratings: Ratings) -> str:
    if np.bincount(ratings.learner).max() < 2:
        return (
            "every learner has a single rating; severity and ability cannot be told "
            "apart (let two raters rate some of the learners)"
        )
    return (
        "no learner, rater and criterion is left whose scores are neither all lowest "
        "nor all highest; nothing can be told apart"
    )
