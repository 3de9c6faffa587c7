"""How arguments are read and results are held, the same everywhere."""

import json
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

from lms.psychometrics.arrays import (
    as_codes,
    as_cuts,
    as_responses,
    as_rng,
    as_vector,
)
from lms.psychometrics.errors import DataError, DisconnectedDesignError
from lms.psychometrics.results import Result, floats_from_json, to_json


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Example(Result):
    value: float
    figures: np.ndarray
    details: object = None


def test_what_was_not_seen_stays_missing_and_the_argument_stays_as_it_was():
    given = [[0, None], [np.nan, 2]]
    assert as_responses(given).tolist() == pytest.approx(
        np.array([[0, np.nan], [np.nan, 2]]), nan_ok=True
    )
    masked = np.ma.array([[0.0, 1.0]], mask=[[False, True]])
    assert np.isnan(as_responses(masked)[0, 1])
    table = np.zeros((2, 2))
    as_responses(table)[0, 0] = 1
    assert table[0, 0] == 0


@pytest.mark.parametrize(
    ("responses", "words"),
    [
        ([[0, 1], [0, 0.5]], "person 1, item 1 is 0.5"),
        ([[0, -1]], "person 0, item 1 is -1"),
        ([[0, np.inf]], "person 0, item 1 is infinite"),
        ([0, 1], "shape (2,)"),
        (np.empty((0, 3)), "shape (0, 3)"),
        ([["a", "b"]], "not a table of numbers"),
        ([[0], [0, 1]], "not a table of numbers"),
    ],
)
def test_error_names_the_cell(responses, words):
    with pytest.raises(DataError) as caught:
        as_responses(responses)
    assert words in str(caught.value)


def test_labels_are_coded_in_their_order():
    labels, codes = as_codes(["b", "a", "b"], "group")
    assert labels == ("a", "b")
    assert codes.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "labels", [["a", None], [1.0, np.nan], [["a"]], np.array(["a", 1], dtype=object)]
)
def test_label_that_is_none_is_refused(labels):
    with pytest.raises(DataError, match="group"):
        as_codes(labels, "group")


def test_wrong_length_is_refused():
    with pytest.raises(DataError, match="3 labels"):
        as_codes(["a"], "group", size=3)
    with pytest.raises(DataError, match="3 values"):
        as_vector([1.0], "weights", size=3)
    with pytest.raises(DataError, match="value 1 is nan"):
        as_vector([1.0, np.nan], "weights")
    with pytest.raises(DataError, match="not numbers"):
        as_vector(["x"], "weights")


@pytest.mark.parametrize("cuts", [[], [1.0, 1.0], [1.0, 0.0], [np.nan]])
def test_cuts_must_rise(cuts):
    with pytest.raises(DataError, match="cuts"):
        as_cuts(cuts)


def test_one_cut_may_be_a_number():
    assert as_cuts(0.5).tolist() == [0.5]


def test_same_seed_gives_the_same_draws_and_a_generator_goes_on():
    assert as_rng(7).normal() == as_rng(7).normal()
    rng = as_rng(7)
    assert as_rng(rng) is rng


def test_result_cannot_be_changed_and_keeps_no_tie_to_its_source():
    source = np.array([1.0, np.nan])
    result = Example(0.5, source, {"table": source})
    source[0] = 9
    assert result.figures[0] == 1
    assert result.details["table"][0] == 1
    with pytest.raises(ValueError, match="read-only"):
        result.figures[0] = 2
    with pytest.raises(FrozenInstanceError):
        result.value = 1.0


def test_result_is_json_safe_and_fits_on_a_screen():
    result = Example(np.nan, np.zeros((500, 40)), {1: np.float64(0.5)})
    held = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert held["value"] is None
    assert held["details"] == {"1": 0.5}
    assert len(repr(result).splitlines()) < 25
    assert "500x40" in repr(result)


def test_numbers_come_back_from_json():
    given = np.array([[1.0, np.nan]])
    back = floats_from_json(to_json(given))
    assert back == pytest.approx(given, nan_ok=True)


def test_disconnected_design_names_its_parts():
    error = DisconnectedDesignError("two parts", [["r1"], ["r2", "r3"]])
    assert error.subsets == (("r1",), ("r2", "r3"))
