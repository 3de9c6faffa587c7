"""How answers, groups and what to match on are read for all tests of DIF."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Flags, Floats, as_codes, as_responses, as_vector
from lms.psychometrics.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class GroupedAnswers:
    """Right-or-wrong answers of two groups.

    Attributes
    ----------
    answers : ndarray, shape (n, J)
        0, 1, or NaN.
    is_focal : ndarray of bool, shape (n,)
    match : ndarray, shape (n,), or None
        What persons are matched on, if it was given; else the sum of the answers.
    reference : str
        What the other group is called.
    """

    answers: Floats
    is_focal: Flags
    match: Floats | None
    reference: str

    @property
    def total(self) -> Floats:
        """Return what persons are matched on."""
        return self.answers.sum(axis=1) if self.match is None else self.match


def read_groups(
    responses: ArrayLike, group: ArrayLike, focal: Any, match: ArrayLike | None
) -> GroupedAnswers:
    """Read answers, and who belongs to the focal group.

    Raises
    ------
    DataError
        An answer that is not 0 or 1; fewer than 2 items; a label that no one, or
        everyone, has; missing answers without `match`.
    """
    answers = as_responses(responses)
    n_persons, n_items = answers.shape
    above = answers > 1
    if above.any():
        row, column = np.argwhere(above)[0]
        raise DataError(
            f"responses: person {row}, item {column} is {answers[row, column]:g}; DIF "
            "is tested of items scored 0 and 1"
        )
    labels, codes = as_codes(group, "group", size=n_persons)
    if focal not in labels or len(labels) < 2:
        raise DataError(f"focal: {focal!r} with groups {list(labels)}; need both")
    if match is None:
        _need_complete(answers, n_items)
    given = None if match is None else as_vector(match, "match", size=n_persons)
    others = [str(label) for label in labels if label != focal]
    return GroupedAnswers(
        answers, codes == labels.index(focal), given, " and ".join(others)
    )


def _need_complete(answers: Floats, n_items: int) -> None:
    if n_items < 2:
        raise DataError("responses: 1 item; its total is itself, so give match")
    is_blank = np.isnan(answers)
    if is_blank.any():
        row, column = np.argwhere(is_blank)[0]
        raise DataError(
            f"responses: person {row} has no answer to item {column}, so that sums are "
            "no fair match; give match, such as abilities by score_persons"
        )
