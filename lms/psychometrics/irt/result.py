"""What a calibration gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from lms.psychometrics.arrays import Floats, as_responses
from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank, ItemErrors
from lms.psychometrics.irt.categories import collapse
from lms.psychometrics.irt.item_fit import METHODS, ItemFitResult, item_fit
from lms.psychometrics.irt.posteriors import Prior
from lms.psychometrics.irt.precision import information
from lms.psychometrics.irt.scores import Method, PersonScores, score_persons
from lms.psychometrics.results import Result, floats_from_json

Label = str | int | float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IRTResult(Result):
    """A calibrated form.

    Attributes
    ----------
    items : ItemBank
    se : ItemErrors
        Shaped like `items`; NaN for what was fixed, or could not be computed.
    mean, sd : ndarray, shape (n_groups,)
        Normal distribution of the ability in each group.
    mean_se, sd_se : ndarray, shape (n_groups,)
        Their standard errors; NaN where they were fixed.
    groups : tuple
        Labels, in the order of `mean`; empty if no groups were given.
    loglik : float
        Maximum of the marginal log-likelihood (without a prior's share).
    aic, bic : float
    n_parameters : int
        Free ones.
    n_persons : float
        Sum of the weights of those who answered something.
    converged : bool
    message : str
        How the iteration ended, and everything that was done on the way: a prior, a
        collapsed category, a row left out.
    vcov : ndarray, shape (p, p), or None
        Covariances of the estimates named by `parameters`, in the metric of `items`.
    parameters : tuple of str
        Such as "a[0]", "b[0,1]", "mean[1]", "sd[0]". A slope that the items of the 1PL
        model share is there once, under the first of them.
    collapsed : mapping of int to tuple of int
        Items with categories that nobody used, and those used; they are counted from 0
        anew in `items`. The methods of this result read the original codes.
    """

    items: ItemBank
    se: ItemErrors
    mean: Floats
    sd: Floats
    mean_se: Floats
    sd_se: Floats
    groups: tuple[Label, ...]
    loglik: float
    aic: float
    bic: float
    n_parameters: int
    n_persons: float
    n_items: int
    n_iter: int
    converged: bool
    message: str
    vcov: Floats | None
    parameters: tuple[str, ...]
    collapsed: Mapping[int, tuple[int, ...]]

    def score(
        self,
        responses: ArrayLike,
        method: Method = "EAP",
        *,
        group: ArrayLike | None = None,
        nodes: int = 61,
        bounds: tuple[float, float] = (-8.0, 8.0),
    ) -> PersonScores:
        """Score persons by `score_persons`, with the populations found here as priors.

        Raises
        ------
        DataError
            The form was calibrated with groups, and `group` is missing or unknown.
        """
        mean, sd = self._priors(group)
        return score_persons(
            self._recode(responses),
            self.items,
            method,
            mean=mean,
            sd=sd,
            group=group if self.groups else None,
            nodes=nodes,
            bounds=bounds,
        )

    def item_fit(
        self,
        responses: ArrayLike,
        *,
        methods: Sequence[str] = METHODS,
        min_expected: float = 1.0,
        group: ArrayLike | None = None,
    ) -> ItemFitResult:
        """Compare answers with the curves by `item_fit`, in the populations found."""
        mean, sd = self._priors(group)
        return item_fit(
            self._recode(responses),
            self.items,
            methods=methods,
            min_expected=min_expected,
            mean=mean,
            sd=sd,
            group=group if self.groups else None,
        )

    def information(self, theta: ArrayLike) -> Floats:
        """Return the information of each item at each point, shape (q, J)."""
        return information(self.items, theta)

    def _recode(self, responses: ArrayLike) -> Floats:
        given = np.asarray(responses)
        table = as_responses(given[None] if given.ndim == 1 else given)
        if table.shape[1] != self.n_items:
            raise DataError(
                f"responses: {table.shape[1]} items, but the form has {self.n_items}"
            )
        return collapse(table, self.collapsed)

    def _priors(self, group: ArrayLike | None) -> tuple[Prior, Prior]:
        if not self.groups:
            return float(self.mean[0]), float(self.sd[0])
        if group is None:
            raise DataError(f"group: say whose prior, one of {self.groups}")
        by_label: list[Prior] = [
            dict(zip(self.groups, values.tolist(), strict=True))
            for values in (self.mean, self.sd)
        ]
        return by_label[0], by_label[1]

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Self:
        """Return the result that `to_dict` wrote."""
        values = {field.name: held[field.name] for field in fields(cls)}
        values["items"] = ItemBank.from_dict(held["items"])
        values["se"] = ItemErrors.from_dict(held["se"])
        for name in ("mean", "sd", "mean_se", "sd_se"):
            values[name] = floats_from_json(held[name])
        if held["vcov"] is not None:
            values["vcov"] = floats_from_json(held["vcov"])
        for name in ("groups", "parameters"):
            values[name] = tuple(held[name])
        values["collapsed"] = {
            int(item): tuple(used) for item, used in held["collapsed"].items()
        }
        return cls(**values)
