"""How the weights of fights are fitted, and that what is left out is truly left out."""

from collections.abc import Sequence

import numpy as np
import pytest

from edge.vision.struggle.measures import NAMES
from edge.vision.struggle.weights import squashed
from tools.train.fights import EVERYDAY, left_out, shares, weights_of
from tools.train.logistic import PENALTY, fit
from tools.train.windows import Windows

WIDTH = len(NAMES)


def windows(
    groups: Sequence[str], fights: Sequence[bool], values: np.ndarray, cut: Sequence[bool] | None = None
) -> Windows:
    """One window a clip."""
    count = len(groups)
    return Windows(
        clips=np.array([f"clip {number}" for number in range(count)]),
        groups=np.array(groups),
        cut=np.array([True] * count if cut is None else cut),
        fights=np.array(fights),
        detectors=np.array(["ours"] * count),
        views=np.array(["tracks"] * count),
        rates=np.full(count, 10),
        ends_s=np.full(count, 2.0),
        boxes=np.zeros((count, 4)),
        people=np.full(count, 2),
        values=values,
    )


def drawn(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Measures, the first of which tells fights, and what each is."""
    chance = np.random.default_rng(seed)
    values = chance.normal(0, 1, (count, WIDTH))
    return values, values[:, 0] + chance.normal(0, 0.5, count) > 0


def test_the_measure_that_tells_them_apart_gets_the_greatest_weight() -> None:
    values, fights = drawn(400)
    found = fit(values, fights, np.ones(400))
    assert np.argmax(np.abs(found.weights)) == 0
    assert found.weights[0] > 0
    right = [(found.score(row) > 0.5) == fight for row, fight in zip(values, fights, strict=True)]
    assert np.mean(right) > 0.8


def test_the_fit_is_where_loss_and_penalty_balance() -> None:
    values, fights = drawn(300, seed=2)
    counts = np.random.default_rng(3).uniform(0.2, 2, 300)
    found = fit(values, fights, counts)
    rows = (squashed(values) - found.means) / found.scales
    likely = np.array([found.score(row) for row in values])
    assert rows.T @ (counts * (likely - fights)) + PENALTY * found.weights == pytest.approx(np.zeros(WIDTH), abs=1e-6)
    assert (counts * (likely - fights)).sum() == pytest.approx(0, abs=1e-6)


def test_a_window_that_counts_twice_is_as_two_windows() -> None:
    values, fights = drawn(100)
    twice = fit(np.concatenate([values, values[:10]]), np.concatenate([fights, fights[:10]]), np.ones(110))
    counted = fit(values, fights, np.where(np.arange(100) < 10, 2.0, 1.0))
    assert counted.weights == pytest.approx(twice.weights, abs=1e-9)


def test_fights_and_their_like_count_alike_and_everyday_windows_half_as_much() -> None:
    values, _ = drawn(60)
    fights = np.arange(60) < 10
    cut = np.arange(60) < 40
    found = shares(windows(["g"] * 60, fights.tolist(), values, cut.tolist()))
    assert found[fights].sum() == pytest.approx(found[cut & ~fights].sum())
    assert found[~cut].sum() == pytest.approx(EVERYDAY * found[fights].sum())


def test_what_is_judged_has_no_part_in_the_weights_that_judge_it() -> None:
    """A source whose labels are upside down cannot make itself right."""
    values, fights = drawn(200)
    groups = ["upside down" if number < 20 else f"source {number % 7}" for number in range(200)]
    fights[:20] = values[:20, 0] < 0
    scores = left_out(windows(groups, fights.tolist(), values))
    assert ((scores > 0.5) == fights)[20:].mean() > 0.75
    assert ((scores > 0.5) == fights)[:20].mean() < 0.3


def test_equal_windows_give_equal_weights() -> None:
    values, fights = drawn(80)
    made = windows(["a", "b"] * 40, fights.tolist(), values)
    assert np.array_equal(weights_of(made).weights, weights_of(made).weights)
