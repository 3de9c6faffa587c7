"""Arguments of a calibration, read and checked together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.anchors import Anchors, read_anchors
from lms.psychometrics.irt.categories import collapse, read_categories
from lms.psychometrics.irt.coding import CodedResponses, code_responses
from lms.psychometrics.irt.design import (
    Design,
    read_groups,
    read_priors,
    read_weights,
    require_links,
)

Label = str | int | float
Priors = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is to be calibrated on which answers.

    Attributes
    ----------
    prior : tuple of float, or None
        The one that was asked for.
    may_help : bool
        Nothing was said about priors.
    n_empty : int
        Rows left out, for want of answers or weight.
    """

    design: Design
    coded: CodedResponses
    groups: tuple[Label, ...]
    collapsed: Mapping[int, tuple[int, ...]]
    prior: tuple[float, float] | None
    may_help: bool
    n_empty: int

    @property
    def n_persons(self) -> float:
        """Return the sum of the weights of those who answered something."""
        return float(self.coded.weights.sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arguments:
    """Arguments of `fit_irt` as they were given."""

    models: tuple[str, ...]
    n_categories: ArrayLike | None
    weights: ArrayLike | None
    group: ArrayLike | None
    anchors: Anchors | None
    priors: Priors | None
    collapse_unused: bool


def read_task(table: Floats, given: Arguments) -> Task:
    """Check the arguments against each other.

    Raises
    ------
    DataError, DisconnectedDesignError
        See `fit_irt`.
    """
    n_persons, n_items = table.shape
    if n_items < 2:
        raise DataError("responses: 1 item; a scale needs at least 2")
    anchored = read_anchors(given.anchors, given.models)
    models = tuple(
        anchored[item].model[0] if item in anchored else name
        for item, name in enumerate(given.models)
    )
    prior = read_priors(given.priors)
    weights = read_weights(given.weights, n_persons)
    labels, codes = read_groups(given.group, n_persons)
    is_counted = (weights > 0) & ~np.isnan(table).all(axis=1)
    _require_answers(labels, codes[is_counted])
    table = table[is_counted]
    categories = read_categories(
        table,
        models,
        given.n_categories,
        anchored,
        collapse_unused=given.collapse_unused,
    )
    coded = code_responses(
        collapse(table, categories.collapsed),
        categories.count,
        weights=weights[is_counted],
        group=codes[is_counted],
    )
    if labels:
        require_links(coded, labels, anchored)
    return Task(
        design=Design(models, categories.count, anchored, max(len(labels), 1)),
        coded=coded,
        groups=labels,
        collapsed=categories.collapsed,
        prior=prior,
        may_help=given.priors is None,
        n_empty=n_persons - table.shape[0],
    )


def _require_answers(labels: Sequence[Label], codes: np.ndarray) -> None:
    if not codes.size:
        raise DataError("responses: nobody answered anything")
    for place, label in enumerate(labels):
        if not (codes == place).any():
            raise DataError(f"group: nobody in {label!r} answered anything")
