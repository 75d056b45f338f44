import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.footage.camera import NEAREST_M, Projection, homography, turned
from tools.footage.world import View

coordinate = st.floats(-30, 30, allow_nan=False)
views = st.builds(
    View,
    st.tuples(coordinate, coordinate, st.floats(2, 12)),
    st.tuples(coordinate, coordinate, st.floats(0, 1.5)),
    st.floats(20, 110),
).filter(lambda view: np.hypot(view.target[0] - view.position[0], view.target[1] - view.position[1]) > 0.5)


@given(views, st.tuples(coordinate, coordinate))
def test_a_point_on_the_ground_seen_in_the_picture_lies_where_it_was(view: View, spot: tuple[float, float]) -> None:
    projection = Projection(view)
    shares, depth = projection.seen([(*spot, 0.0)])
    if depth[0] > 0.5:
        assert projection.on_ground(shares)[0] == pytest.approx(spot, abs=1e-6)


@given(views)
def test_what_the_camera_looks_at_is_in_the_middle(view: View) -> None:
    shares, depth = Projection(view).seen([view.target])
    assert shares[0] == pytest.approx((0.5, 0.5))
    assert depth[0] == pytest.approx(np.linalg.norm(np.subtract(view.target, view.position)))


@given(views, st.floats(-40, 40), st.floats(-20, 20))
def test_a_turned_camera_sees_the_same_points_where_the_homography_says(view: View, pan: float, tilt: float) -> None:
    other = turned(view, pan, tilt)
    point = np.array([np.add(view.target, (0.1, -0.2, 0.3))])
    here, depth = Projection(view).seen(point)
    there, other_depth = Projection(other).seen(point)
    if depth[0] > 0.5 and other_depth[0] > 0.5:
        size = np.array([view.width, view.height])
        x, y, w = homography(view, other) @ [*(here[0] * size), 1.0]
        assert (x / w, y / w) == pytest.approx(tuple(there[0] * size), rel=1e-6, abs=1e-4)


def test_turning_to_the_right_moves_things_to_the_left() -> None:
    view = View((0, 0, 3), (0, 10, 1), 60)
    (shares,), _ = Projection(turned(view, 10, 0)).seen([(0, 10, 1)])
    assert shares[0] < 0.5
    (shares,), _ = Projection(turned(view, 0, 10)).seen([(0, 10, 1)])
    assert shares[1] > 0.5


def test_the_right_of_the_picture_is_the_right_of_the_camera_and_up_is_up() -> None:
    projection = Projection(View((0, 0, 3), (0, 10, 3), 60))
    (right, above), _ = projection.seen([(1, 10, 3), (0, 10, 4)])
    assert right[0] > 0.5
    assert right[1] == pytest.approx(0.5)
    assert above[1] < 0.5


def test_the_horizontal_field_of_view_spans_the_width() -> None:
    projection = Projection(View((0, 0, 0), (0, 1, 0), 90))
    (edge,), _ = projection.seen([(1, 1, 0)])
    assert edge[0] == pytest.approx(1.0)


def test_above_the_horizon_there_is_no_ground() -> None:
    assert np.isnan(Projection(View((0, 0, 3), (0, 10, 3), 60)).on_ground([(0.5, 0.4)])).all()


def test_a_zone_is_cut_at_the_edge_of_the_picture_and_behind_the_camera() -> None:
    projection = Projection(View((0, 0, 5), (0, 10, 0), 60))
    polygon = projection.polygon([(-50, -50), (50, -50), (50, 50), (-50, 50)])
    assert len(polygon) >= 4
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in polygon)
    assert max(y for _, y in polygon) == 1.0
    assert projection.polygon([(-1, -30), (1, -30), (0, -20)]) == []


def test_things_behind_or_beside_are_not_seen() -> None:
    projection = Projection(View((0, 0, 5), (0, 10, 0), 60))
    assert projection.sees([(0, 10, 0)])
    assert not projection.sees([(0, -10, 0)])
    assert not projection.sees([(40, 10, 0)])
    assert projection.seen([(0, -10, 0)])[1][0] < NEAREST_M


def test_a_camera_that_looks_straight_down_is_refused() -> None:
    with pytest.raises(ValueError, match="straight up or down"):
        _ = Projection(View((0, 0, 5), (0, 0, 0), 60)).axes
