"""Tables that leave little to compute: a result or a named error, never a warning."""

import json
import warnings

import numpy as np
import pytest

from lms.psychometrics import (
    PsychometricsError,
    angoff,
    borderline_group,
    borderline_regression,
    contrasting_groups,
    cronbach_alpha,
    fleiss_kappa,
    hofstee,
    icc,
    item_analysis,
    kendall_w,
    krippendorff_alpha,
    livingston_lewis,
    logistic_dif,
    mantel_haenszel_dif,
    omega_hierarchical,
    omega_total,
    rank_distance,
    weighted_kappa,
)

pytestmark = pytest.mark.long  # a hundred tables

NAN = np.nan
_RNG = np.random.default_rng(0)
_BITS = _RNG.integers(0, 2, size=(40, 4)).astype(float)

TABLES = {
    "all wrong": np.zeros((10, 4)),
    "all right": np.ones((10, 4)),
    "an empty row": np.vstack([_BITS, np.full(4, NAN)]),
    "an item of one category": np.column_stack([_BITS, np.ones(40)]),
    "200 persons and a perfect item": np.column_stack(
        [np.tile(_BITS, (5, 1)), np.ones(200)]
    ),
    "two persons": np.array([[0.0, 1, 1], [1, 0, 1]]),
    "two equal persons": np.array([[0.0, 1, 1], [0, 1, 1]]),
    "an unused middle category": 2 * _BITS,
    "nothing seen": np.full((4, 3), NAN),
    "one cell": np.array([[1.0]]),
    "each seen by one": np.where(np.eye(5) > 0, 1.0, NAN),
    "half missing": np.where(_RNG.random((40, 4)) < 0.5, NAN, _BITS),
    "equal columns": np.repeat(_BITS[:, :1], 4, axis=1),
    "large origin": 1e8 + _BITS,
    "tiny unit": 1e-9 * _BITS,
    "huge unit": 1e150 * (1 + _BITS),
    "negative": -_BITS,
}


def _groups(x):
    return np.arange(len(x)) % 2


CALLS = {
    "alpha": cronbach_alpha,
    "omega total": lambda x: omega_total(x, n_boot=3, rng=1),
    "omega hierarchical": lambda x: omega_hierarchical(np.hstack([x, x[:, ::-1]]), 2),
    "items": item_analysis,
    "options": lambda x: item_analysis(x.astype(object), key=[1.0] * x.shape[1]),
    "kappa": lambda x: weighted_kappa(x[:, 0], x[:, -1], weights="quadratic"),
    "Fleiss": fleiss_kappa,
    "W": kendall_w,
    "ordinal": lambda x: krippendorff_alpha(x, n_boot=5, rng=1),
    "ratio": lambda x: krippendorff_alpha(x, "ratio", n_boot=5, rng=1),
    "agreement": icc,
    "consistency": lambda x: icc(x, form="3,k"),
    "one-way": lambda x: icc(x, form="1,1"),
    "Mantel-Haenszel": lambda x: mantel_haenszel_dif(x, _groups(x), focal=1),
    "matched": lambda x: mantel_haenszel_dif(
        x, _groups(x), focal=1, match=np.arange(len(x)) / 3
    ),
    "logistic": lambda x: logistic_dif(x, _groups(x), focal=1),
    "matched logistic": lambda x: logistic_dif(
        x, _groups(x), focal=1, match=np.arange(len(x)) / 3
    ),
    "Angoff": angoff,
    "regression": lambda x: borderline_regression(x[:, 0], x[:, -1], borderline=1),
    "group": lambda x: borderline_group(x[:, 0], x[:, -1], borderline=1),
    "contrast": lambda x: contrasting_groups(x[:, 0], x[:, -1]),
    "Hofstee": lambda x: hofstee(x[:, 0], [[0, 1, 0, 100], [0, 1, 0, 90]]),
    "decisions": lambda x: livingston_lewis(
        x.sum(axis=1), 0.7, [2], min_score=0, max_score=8
    ),
    "ranks": lambda x: rank_distance(x[:, 0], x[:, -1], method="weighted_tau"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("table", TABLES)
def test_result_or_named_error_and_no_warning(call, table):
    given = TABLES[table].copy()
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        try:
            result = CALLS[call](given)
        except PsychometricsError:
            return
    assert len(repr(result).splitlines()) < 40
    json.dumps(result.to_dict(), allow_nan=False)
    assert np.array_equal(given, TABLES[table], equal_nan=True)
