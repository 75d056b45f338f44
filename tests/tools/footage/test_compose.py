import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.footage.compose import compose
from tools.footage.layers import Layer, Plate

SIZE = (40, 60)


def plate(depth_m: float = 20.0) -> Plate:
    return Plate(np.full((*SIZE, 3), 0.5, np.float32), np.full(SIZE, depth_m, np.float32))


def box(x: int, y: int, width: int, height: int, depth_m: float, red: float = 1.0, beyond: float = 0.0) -> Layer:
    rgba = np.zeros((height, width, 4), np.float32)
    rgba[...] = [red, 0, 0, 1]
    shape = (height, width)
    return Layer(x, y, rgba, np.full(shape, depth_m, np.float32), np.ones(shape, np.float32), beyond)


def test_a_thing_alone_is_seen_whole_and_its_box_is_exact() -> None:
    composed = compose(plate(), {1: box(10, 5, 6, 20, 8.0)})
    seen = composed.seen[1]
    assert seen.box == (10 / 60, 5 / 40, 16 / 60, 25 / 40)
    assert seen.visible_box == seen.box
    assert seen.visible == 1.0
    assert composed.colour[10, 12].tolist() == [1.0, 0.0, 0.0]
    assert composed.colour[0, 0].tolist() == [0.5, 0.5, 0.5]


def test_a_nearer_thing_hides_part_of_a_farther_whatever_their_order() -> None:
    near, far = box(10, 10, 10, 10, 5.0, red=0.9), box(15, 10, 10, 10, 9.0, red=0.2)
    for layers in ({1: near, 2: far}, {2: far, 1: near}):
        composed = compose(plate(), layers)
        assert composed.seen[1].visible == 1.0
        assert composed.seen[2].visible == pytest.approx(0.5)
        assert composed.seen[2].box == (15 / 60, 10 / 40, 25 / 60, 20 / 40)
        assert composed.seen[2].visible_box == (20 / 60, 10 / 40, 25 / 60, 20 / 40)


def test_a_wall_of_the_place_hides_what_is_behind_it() -> None:
    wall = plate()
    wall.depth[20:] = 4.0
    seen = compose(wall, {1: box(10, 10, 10, 20, 8.0)}).seen[1]
    assert seen.visible == pytest.approx(0.5, abs=0.03)
    behind = compose(plate(3.0), {1: box(10, 10, 10, 20, 8.0)})
    assert behind.seen[1].visible == 0.0
    assert behind.seen[1].visible_box is None
    assert (behind.colour == 0.5).all()


def test_what_is_beyond_the_picture_counts_as_not_visible() -> None:
    assert compose(plate(), {1: box(0, 0, 5, 5, 8.0, beyond=0.4)}).seen[1].visible == pytest.approx(0.6)


def test_shadows_darken_the_place_but_two_of_one_sun_not_twice() -> None:
    shade = np.full((12, 12), 0.4, np.float32)
    empty = np.zeros((12, 12, 4), np.float32)
    nowhere = np.full((12, 12), np.inf, np.float32)
    composed = compose(plate(), {number: Layer(10, 10, empty, nowhere, shade) for number in (1, 2)})
    assert composed.colour[16, 16, 0] == pytest.approx(0.2)
    assert composed.seen == {}
    assert composed.colour[16, 10, 0] > 0.4  # at the edge of what was computed it fades
    at_the_border = compose(plate(), {1: Layer(0, 0, empty, nowhere, shade)})
    assert at_the_border.colour[0, 0, 0] == pytest.approx(0.2)


def test_thin_smoke_hides_nobody_but_has_a_box() -> None:
    smoke = box(0, 0, 60, 40, 3.0)
    smoke.rgba[...] *= 0.4
    composed = compose(plate(), {1: box(10, 10, 10, 20, 8.0), 2: smoke}, soft={2})
    assert composed.seen[1].visible == 1.0
    assert composed.seen[2].visible == 1.0
    assert 2 not in compose(plate(), {2: smoke}).seen


def test_a_thing_out_of_sight_is_not_in_the_picture() -> None:
    assert compose(plate(), {1: Layer.none()}).seen == {}


@given(st.integers(0, 10_000))
def test_visible_parts_never_exceed_the_whole_and_never_overlap(seed: int) -> None:
    random = np.random.default_rng(seed)
    layers = {}
    for number in range(1, 6):
        x, y, width, height = (int(v) for v in random.integers([0, 0, 1, 1], [30, 20, 30, 20]))
        layers[number] = box(x, y, width, height, float(random.uniform(2, 15)))
    composed = compose(plate(), layers)
    area = 0.0
    for number, seen in composed.seen.items():
        assert 0.0 <= seen.visible <= 1.0
        area += seen.visible * layers[number].depth.size
        if seen.visible_box is not None:
            assert seen.box[0] <= seen.visible_box[0] < seen.visible_box[2] <= seen.box[2]
            assert seen.box[1] <= seen.visible_box[1] < seen.visible_box[3] <= seen.box[3]
    assert area == pytest.approx((composed.depth < 20).sum())
