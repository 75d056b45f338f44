import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.vision.card import InputCard
from tools.train.augment import Labelled, Targets, cut, laid, letterboxed, recoloured, turned

CANVAS = InputCard(width=208, height=128)
GREEN = np.array([10, 200, 10], np.uint8)


def square(width: int, height: int, box: tuple[float, float, float, float]) -> Labelled:
    """A dark picture with one green box in it."""
    rgb = np.full((height, width, 3), 20, np.uint8)
    x1, y1, x2, y2 = (round(v * s) for v, s in zip(box, (width, height) * 2, strict=True))
    rgb[y1:y2, x1:x2] = GREEN
    return Labelled(rgb, np.array([(x1 / width, y1 / height, x2 / width, y2 / height, 3, 1)], np.float32))


def green_box(rgb: np.ndarray) -> list[float]:
    """Where a picture is green."""
    green = (rgb[..., 1].astype(int) - rgb[..., 0]) > 60
    rows, columns = np.flatnonzero(green.any(1)), np.flatnonzero(green.any(0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


BOXES = st.tuples(
    st.floats(0.05, 0.4), st.floats(0.05, 0.4), st.floats(0.5, 0.95), st.floats(0.5, 0.95)
)  # large enough to be found again by its colour
SIZES = st.tuples(st.integers(80, 400), st.integers(80, 400))


@given(SIZES, BOXES)
@settings(max_examples=40)
def test_a_letterboxed_picture_keeps_its_boxes_on_its_things(
    size: tuple[int, int], box: tuple[float, float, float, float]
) -> None:
    rgb, targets = letterboxed(square(*size, box), CANVAS)
    assert rgb.shape == (128, 208, 3)
    assert targets[0, :4] == pytest.approx(green_box(rgb), abs=2.5)


@given(SIZES, BOXES, st.integers(0, 1 << 30))
@settings(max_examples=60)
def test_a_mirrored_or_turned_picture_keeps_its_boxes_on_its_things(
    size: tuple[int, int], box: tuple[float, float, float, float], seed: int
) -> None:
    after = turned(square(*size, box), np.random.default_rng(seed))
    height, width = after.rgb.shape[:2]
    assert after.targets[0, :4] * ((width, height) * 2) == pytest.approx(green_box(after.rgb), abs=0.6)


@given(st.integers(0, 1 << 30))
@settings(max_examples=60)
def test_wherever_a_picture_is_laid_its_box_goes_with_it(seed: int) -> None:
    rgb, targets = laid([square(300, 200, (0.3, 0.3, 0.7, 0.7))], CANVAS, np.random.default_rng(seed))
    assert (targets[:, :4] >= 0).all()
    assert (targets[:, [0, 2]] <= CANVAS.width).all()
    assert (targets[:, [1, 3]] <= CANVAS.height).all()
    if (targets[:, 5] > 0).any():
        assert targets[0, :4] == pytest.approx(green_box(rgb), abs=2.5)


@given(st.integers(0, 1 << 30))
@settings(max_examples=60)
def test_another_light_moves_nothing(seed: int) -> None:
    rgb = square(208, 128, (0.3, 0.3, 0.7, 0.7)).rgb
    before = rgb.copy()
    relit = recoloured(rgb, np.random.default_rng(seed))
    assert (relit.shape, relit.dtype) == (rgb.shape, rgb.dtype)
    assert (rgb == before).all()


def test_four_pictures_share_a_canvas_and_none_lies_on_another() -> None:
    pictures = [square(300, 200, (0.1, 0.1, 0.9, 0.9)) for _ in range(4)]
    for seed in range(20):
        _, targets = laid(pictures, CANVAS, np.random.default_rng(seed))
        assert 1 <= len(targets) <= 4
        for number, one in enumerate(targets):
            for other in targets[number + 1 :]:
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                assert min(wide, high) <= 0


def row(x1: float, y1: float, x2: float, y2: float) -> Targets:
    return np.array([(x1, y1, x2, y2, 0, 1)], np.float32)


def test_what_a_cut_leaves_half_of_is_asked_for_by_what_is_left() -> None:
    assert cut(row(-10, 0, 10, 20), (0, 0, 50, 50)).tolist() == [[0, 0, 10, 20, 0, 1]]


def test_what_a_cut_leaves_little_of_is_ignored_and_what_is_gone_goes() -> None:
    assert cut(row(-18, 0, 2, 20), (0, 0, 50, 50)).tolist() == [[0, 0, 2, 20, 0, 0]]
    assert len(cut(row(-18, 0, -2, 20), (0, 0, 50, 50))) == 0
