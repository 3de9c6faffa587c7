"""From the arguments of a calibration to what may move and where it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Flags, Floats, Ints, as_codes, as_vector
from lms.psychometrics.errors import DataError, DisconnectedDesignError
from lms.psychometrics.irt.bank import MODELS, ItemBank
from lms.psychometrics.irt.coding import CodedResponses
from lms.psychometrics.irt.curves import Coefficients
from lms.psychometrics.irt.form import Form, State

# Below this many persons the slope of a right-or-wrong item can run to infinity.
FEW_PERSONS = 500
# Mean and standard deviation of the logarithm of slopes, in the weak prior: the middle
# 95 % of slopes lie between 0.38 and 2.7.
WEAK_PRIOR = (0.0, 0.5)
# Of probabilities that the average person has to the logits at the mean: with slopes of
# about 1, averaging over a normal distribution flattens them by about this.
_FLATTENING = 1.2


def read_models(
    model: str, item_models: Sequence[str | None] | None, n_items: int
) -> tuple[str, ...]:
    """Return the model of each item."""
    own = [None] * n_items if item_models is None else list(item_models)
    if len(own) != n_items:
        raise DataError(f"item_models: {len(own)} for {n_items} items")
    models = tuple(str(given or model) for given in own)
    for item, name in enumerate(models):
        if name not in MODELS:
            raise DataError(
                f"item {item}: model {name!r} is none of {', '.join(MODELS)}"
            )
    return models


def read_priors(
    priors: Mapping[str, Sequence[float]] | None,
) -> tuple[float, float] | None:
    """Return the prior of the slopes' logarithm, if one is given."""
    if not priors:
        return None
    if set(priors) != {"a"}:
        raise DataError(f"priors: only 'a' can have one, got {sorted(priors)}")
    mean, sd = as_vector(np.asarray(priors["a"]), "priors['a']", size=2)
    if sd <= 0:
        raise DataError(f"priors['a']: the standard deviation is {sd:g}")
    return float(mean), float(sd)


def read_weights(weights: ArrayLike | None, n_persons: int) -> Floats:
    """Return the weight of each person."""
    if weights is None:
        return np.ones(n_persons)
    found = as_vector(weights, "weights", size=n_persons)
    if (found < 0).any() or not found.any():
        raise DataError("weights: none may be negative, and not all zero")
    return found


def read_groups(
    group: ArrayLike | None, n_persons: int
) -> tuple[tuple[str | int | float, ...], Ints]:
    """Return the labels of the groups, and the group of each person."""
    if group is None:
        return (), np.zeros(n_persons, dtype=np.int64)
    return as_codes(group, "group", size=n_persons)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Arguments of a calibration, read and checked."""

    models: tuple[str, ...]
    n_categories: Ints
    anchored: Mapping[int, ItemBank]
    n_groups: int

    @property
    def is_free(self) -> Flags:
        """Return which items are calibrated."""
        return ~np.isin(np.arange(len(self.models)), list(self.anchored))

    def form(self, prior: tuple[float, float] | None, has_prior: Flags) -> Form:
        """Say what may move.

        The first group is the standard normal that fixes the scale, unless anchors do;
        its standard deviation is free where items with a slope of 1 fix the unit.
        """
        models = np.array(self.models)
        is_free = self.is_free
        has_unit = is_free & np.isin(models, ["Rasch", "PCM"])
        has_slope = is_free & ~has_unit
        free_mean = np.ones(self.n_groups, dtype=bool)
        free_sd = np.ones(self.n_groups, dtype=bool)
        if not self.anchored:
            free_mean[0] = False
            free_sd[0] = bool(has_unit.any())
        is_shared = is_free & (models == "1PL")
        return Form(
            models=self.models,
            n_categories=self.n_categories,
            is_free=is_free,
            has_slope=has_slope,
            is_shared=is_shared,
            has_prior=has_prior & has_slope & ~is_shared,
            prior=prior or WEAK_PRIOR,
            free_mean=free_mean,
            free_sd=free_sd,
        )

    def start(self, coded: CodedResponses) -> State:
        """Return slopes of 1 and the logits of the categories' shares."""
        count = int(self.n_categories.max())
        counts = np.zeros((len(self.models), count))
        by_column = coded.weights @ coded.indicator
        counts[coded.item_of, coded.category_of] = by_column
        seen = coded.weights @ coded.is_seen()
        counts[:, 0] = seen - counts[:, 1:].sum(axis=1)
        is_graded = np.array([model == "GRM" for model in self.models])
        intercepts = _start_intercepts(counts, is_graded, self.n_categories)
        slope = np.ones(len(self.models))
        for place, item in self.anchored.items():
            own = item.coefficients()
            slope[place] = own.slope[0]
            intercepts[place] = -np.inf
            intercepts[place, : own.intercepts.shape[1]] = own.intercepts[0]
        items = Coefficients(is_graded, slope, intercepts)
        return State(items, np.zeros(self.n_groups), np.ones(self.n_groups))


def _start_intercepts(counts: Floats, is_graded: Flags, n_categories: Ints) -> Floats:
    inside = np.arange(counts.shape[1]) < n_categories[:, None]
    filled = np.where(inside, counts + 0.5, 0.0)
    at_least = filled[:, ::-1].cumsum(axis=1)[:, ::-1]
    upper = np.where(is_graded[:, None], at_least, filled)[:, 1:]
    lower = np.where(
        is_graded[:, None], at_least[:, :1] - at_least[:, 1:], filled[:, :1]
    )
    ratio = np.where(inside[:, 1:], upper, 1.0) / np.where(inside[:, 1:], lower, 1.0)
    return np.where(inside[:, 1:], _FLATTENING * np.log(ratio), -np.inf)


def require_links(
    coded: CodedResponses,
    labels: Sequence[object],
    anchored: Mapping[int, ItemBank],
) -> None:
    """Refuse groups that share no items, directly or through others, or anchors.

    Raises
    ------
    DisconnectedDesignError
        Its `subsets` are the labels of the groups that hang together.
    """
    n_groups = len(labels)
    member = coded.group == np.arange(n_groups)[:, None]
    saw = (member.astype(np.float64) @ coded.is_seen()) > 0
    if anchored:
        # An anchor seen links its group to the scale, which stands as one more group.
        places = list(anchored)
        saw = np.vstack([saw, np.zeros(saw.shape[1], dtype=bool)])
        saw[-1, places] = True
    reached = (saw.astype(np.float64) @ saw.T) > 0
    for _ in range(len(reached).bit_length()):
        reached = (reached.astype(np.float64) @ reached) > 0
    subsets = {tuple(np.flatnonzero(row).tolist()) for row in reached}
    if len(subsets) > 1:
        named = [[labels[g] for g in sub if g < n_groups] for sub in sorted(subsets)]
        raise DisconnectedDesignError(
            f"group: {[sub for sub in named if sub]} share no items"
            + (" with the anchors" if anchored else ""),
            [sub for sub in named if sub],
        )
