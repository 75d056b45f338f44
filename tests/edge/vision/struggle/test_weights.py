"""The weights: thirty numbers that can be read, each for a measure that there is."""

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.struggle.measures import NAMES
from edge.vision.struggle.weights import Sign, Weights, read, shipped, squashed, written

numbers = st.lists(st.floats(-1e3, 1e3), min_size=len(NAMES), max_size=len(NAMES)).map(np.array)


@given(numbers)
def test_the_score_is_a_likelihood_and_some_sign_speaks_for_it(values: np.ndarray) -> None:
    assert 0 <= shipped().score(values) <= 1
    assert shipped().sign(values) in Sign


@given(numbers)
def test_more_of_what_speaks_for_a_fight_never_lowers_the_score(values: np.ndarray) -> None:
    weights = shipped()
    more = np.where(weights.weights > 0, values + 1, values)
    assert weights.score(more) >= weights.score(values)


def test_what_is_written_is_read_again() -> None:
    weights = shipped()
    again = read(written(weights))
    assert again.bias == weights.bias
    for part in ("means", "scales", "weights"):
        assert np.array_equal(getattr(again, part), getattr(weights, part))


def test_a_measure_that_is_missing_is_named() -> None:
    table = yaml.safe_load(written(shipped()))
    del table["measures"]["tangle.max"]
    with pytest.raises(KeyError, match=r"tangle\.max"):
        read(yaml.safe_dump(table))


def test_the_sign_is_of_the_group_whose_measures_weigh_most() -> None:
    one = np.zeros(len(NAMES))
    one[NAMES.index("wobble")] = 5.0
    weights = Weights(0.0, np.zeros(len(NAMES)), np.ones(len(NAMES)), np.ones(len(NAMES)))
    assert weights.sign(one) is Sign.SWAY


@given(numbers)
def test_drawing_in_tails_keeps_sign_and_order(values: np.ndarray) -> None:
    drawn = squashed(values)
    assert (np.sign(drawn) == np.sign(values)).all()
    assert (np.diff(drawn[np.argsort(values)]) >= 0).all()
