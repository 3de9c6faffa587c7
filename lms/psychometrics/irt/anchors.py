"""Parameters that a calibration keeps as they are."""

from collections.abc import Mapping, Sequence

import numpy as np

from lms.psychometrics.errors import DataError
from lms.psychometrics.irt.bank import ItemBank

# What may be given for one anchored item: a bank of one, {"a": …, "b": …}, or the
# slope followed by difficulty or steps.
AnchorParams = ItemBank | Mapping[str, object] | Sequence[float]
Anchors = ItemBank | Mapping[int, AnchorParams]


def read_anchors(anchors: Anchors | None, models: Sequence[str]) -> dict[int, ItemBank]:
    """Return a bank of one item for each anchored place.

    Raises
    ------
    DataError
        A place is not in the form, or its parameters do not make an item.
    """
    if anchors is None:
        return {}
    if isinstance(anchors, ItemBank):
        if anchors.n_items > len(models):
            raise DataError(
                f"anchors: {anchors.n_items} items, but the form has {len(models)}"
            )
        known = np.flatnonzero(np.isfinite(anchors.a))
        found = {int(place): anchors.subset([place]) for place in known}
    else:
        found = {}
        for place, params in anchors.items():
            if place not in range(len(models)):
                raise DataError(f"anchors: the form has no item {place!r}")
            found[int(place)] = _read_item(place, params, models[place])
    for place, item in found.items():
        try:
            item.coefficients()
        except DataError as error:
            raise DataError(f"anchors: item {place}: {error}") from error
    return found


def _read_item(place: int, params: AnchorParams, model: str) -> ItemBank:
    try:
        if isinstance(params, ItemBank):
            return params.subset([0])
        if isinstance(params, Mapping):
            a, b = params.get("a", 1.0), params["b"]
            model = str(params.get("model", model))
        else:
            a, b = params[0], np.hstack([np.ravel(x) for x in params[1:]])
        slope = float(np.asarray(a, dtype=np.float64).reshape(()))
        steps = np.asarray(b, dtype=np.float64).reshape(1, -1)
        return ItemBank(model, slope, steps)
    except (DataError, KeyError, TypeError, ValueError, IndexError) as error:
        raise DataError(
            f"anchors: item {place}: need a slope and difficulties ({error})"
        ) from error
