import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edge.rules.ground import Ground
from edge.rules.heights import ENOUGH_PEOPLE, FIELD_DEG, HeightLearner, estimated_ground, height_line
from tests.edge.pinhole import Pinhole
from tests.edge.scenes import Thing, scene

CORNERS = ((-3.0, 20.0), (3.0, 20.0), (2.0, 6.0), (-2.0, 6.0))
share = st.floats(0.05, 0.95)


def measured(camera: Pinhole) -> Ground:
    return Ground.measured([(*camera.share((x, y)), x, y) for x, y in CORNERS])


@settings(max_examples=30)
@given(st.floats(-4, 4), st.floats(6, 20), st.floats(2.5, 8), st.floats(8, 40))
def test_four_points_tell_where_all_others_are(east: float, north: float, height_m: float, tilt_deg: float) -> None:
    camera = Pinhole(height_m, tilt_deg)
    assume(all(0 <= value <= 1 for corner in CORNERS for value in camera.share(corner)))
    ground, point = measured(camera), camera.share((east, north))
    assume(ground.sees(np.array([point]))[0])
    assert ground.metres(np.array([point]))[0] == pytest.approx((east, north), abs=1e-6)


@settings(max_examples=30)
@given(share, st.floats(0.5, 0.95), st.floats(-1, 1), st.floats(-1, 1))
def test_a_velocity_is_what_places_change_by(x: float, y: float, dx: float, dy: float) -> None:
    ground, step = measured(Pinhole(4, 20)), 1e-6
    here, way = np.array([[x, y]]), np.array([[dx, dy]])
    change = (ground.metres(here + step * way) - ground.metres(here - step * way)) / (2 * step)
    assert ground.velocities(here, way) == pytest.approx(change, rel=1e-4, abs=1e-4)


def test_above_the_horizon_nothing_is_measured() -> None:
    ground = measured(Pinhole(4, 20))
    sky = np.array([[0.5, 0.01]])
    assert not ground.sees(sky)[0]
    assert np.isnan(ground.metres(sky)).all()


SQUARE = [(0.2, 0.5, 0, 8), (0.8, 0.5, 8, 8), (0.9, 0.9, 8, 0), (0.1, 0.9, 0, 0)]


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ([SQUARE[0], SQUARE[1], (0.5, 0.5, 4, 8), SQUARE[2]], "in line in the picture"),
        ([SQUARE[0], SQUARE[1], SQUARE[2], (0.1, 0.9, 4, 4)], "in line on the ground"),
        ([SQUARE[0], SQUARE[0], SQUARE[2], SQUARE[3]], "two are the same"),
        ([(1.2, 0.5, 0, 8), *SQUARE[1:]], "outside the picture"),
        ([(0.2, 0.5, 8, 8), (0.8, 0.5, 0, 8), *SQUARE[2:]], "cross"),
        ([(x, y, north, east) for x, y, east, north in SQUARE], "east and north swapped"),
    ],
)
def test_points_that_span_no_ground_are_refused(points: list[tuple[float, float, float, float]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Ground.measured(points)


def test_the_line_of_heights_leaves_children_and_those_who_crouch_out() -> None:
    feet = np.linspace(0.4, 0.9, 100)
    heights = 0.5 * (feet - 0.2)
    heights[::5] *= 0.5
    assert height_line(feet, heights) == pytest.approx((0.5, 0.2), abs=1e-6)


def person(camera: Pinhole, track: int, start: tuple[float, float], end: tuple[float, float]) -> Thing:
    """Somebody of 1.7 m who comes a little way in 8 s; his height in the picture is that where he is half way."""
    path = [(8.0 * n / 20, camera.share(tuple(np.array(start) + (np.array(end) - start) * n / 20))) for n in range(21)]
    middle = tuple((np.array(start) + np.array(end)) / 2)
    height = camera.share(middle)[1] - camera.share(middle, 1.7)[1]
    return Thing(track, path, height=height, width=0.2 * height)


def test_the_ground_is_learnt_from_enough_people_and_is_the_same_every_time() -> None:
    camera = Pinhole(4.0, 15.0, field_deg=FIELD_DEG)
    spots = [(-3 + n % 6, 7 + 9 * n / 40) for n in range(40)]
    ways = [person(camera, n + 1, (x, y), (x + 0.4, y + 0.5)) for n, (x, y) in enumerate(spots)]
    learners = [HeightLearner(), HeightLearner()]
    for learner in learners:
        for number in range(60):
            learner.step(scene(number / 10, ways[: ENOUGH_PEOPLE - 1]))
        assert learner.ground is None
        for number in range(80):
            learner.step(scene(number / 10, ways))
    first, second = (learner.ground for learner in learners)
    assert first is not None
    assert second is not None
    assert (first.matrix == second.matrix).all()
    points = np.array([camera.share((-2, 9)), camera.share((2, 9)), camera.share((0, 14))])
    left, right, far = first.metres(points)
    assert math.dist(left, right) == pytest.approx(4, rel=0.15)
    assert far[1] - left[1] == pytest.approx(5, rel=0.3)


@settings(max_examples=30)
@given(st.floats(3, 8), st.floats(5, 35))
def test_an_estimate_from_exact_heights_is_the_camera(height_m: float, tilt_deg: float) -> None:
    camera = Pinhole(height_m, tilt_deg, field_deg=FIELD_DEG)
    spot = (0.0, 10.0)
    foot, head = camera.share(spot)[1], camera.share(spot, 1.7)[1]
    assume(0.05 < foot < 0.98 and head > 0)
    slope = (foot - head) / (foot - camera.horizon)
    ground = estimated_ground(slope, camera.horizon, foot, 16 / 9)
    assert ground.metres(np.array([camera.share((1.5, 12.0))]))[0] == pytest.approx((1.5, 12.0), rel=0.01)
