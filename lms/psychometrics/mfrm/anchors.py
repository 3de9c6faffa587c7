"""Severities and difficulties that a calibration keeps as they are."""

from collections.abc import Mapping
from math import isfinite

from lms.psychometrics.errors import DataError
from lms.psychometrics.mfrm.ratings import Label, Ratings

GivenAnchors = Mapping[str, Mapping[Label, float]]


def read_anchors(
    anchors: GivenAnchors | None, ratings: Ratings
) -> dict[str, dict[int, float]]:
    """Return the anchored values by code.

    Raises
    ------
    DataError
        Names the facet or the label that is not there, or whose value is no number.
    """
    labels = {"raters": ratings.raters, "criteria": ratings.criteria}
    found: dict[str, dict[int, float]] = {facet: {} for facet in labels}
    for facet, values in (anchors or {}).items():
        if facet not in labels:
            raise DataError(f"anchors: {facet!r} is none of raters, criteria")
        codes = {label: code for code, label in enumerate(labels[facet])}
        for label, value in values.items():
            if label not in codes:
                raise DataError(f"anchors: no rating names {label!r} of the {facet}")
            try:
                number = float(value)
            except (TypeError, ValueError) as error:
                raise DataError(f"anchors: {facet} {label!r}: {error}") from error
            if not isfinite(number):
                raise DataError(f"anchors: {facet} {label!r} is {number}")
            found[facet][codes[label]] = number
    return found
