import cv2
import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st

from edge.rules.geometry import FEW, Polygon, Straight, crosses_itself, polygon_area, segments_meet, zone_polygon

coordinate = st.floats(0, 1, width=32)
points = st.tuples(coordinate, coordinate)


@given(st.lists(points, min_size=3, max_size=8, unique=True), st.lists(points, min_size=1, max_size=20))
def test_inside_agrees_with_opencv_away_from_the_edge(
    polygon: list[tuple[float, float]], feet: list[tuple[float, float]]
) -> None:
    assume(not crosses_itself(polygon))
    contour = np.array(polygon, np.float32).reshape(-1, 1, 2)
    found = Polygon(polygon).holds(np.array(feet, np.float32))
    for foot, is_inside in zip(feet, found, strict=True):
        distance = cv2.pointPolygonTest(contour, foot, measureDist=True)
        if abs(distance) > 1e-3:
            assert is_inside == (distance > 0)


@given(st.lists(points, min_size=3, max_size=8), st.lists(points, min_size=1, max_size=20))
def test_few_points_are_judged_as_many_are(polygon: list[tuple[float, float]], feet: list[tuple[float, float]]) -> None:
    few = Polygon(polygon).holds(np.array(feet + polygon, np.float32)).tolist()
    many = Polygon(polygon).holds(np.array((feet + polygon) * (FEW + 1), np.float32)).tolist()
    assert many == few * (FEW + 1)


def test_whom_the_pictures_edge_cuts_off_stands_in_the_zone_that_reaches_it() -> None:
    zone = zone_polygon([(0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)])
    assert zone.holds_foot((0.4, 0.3, 0.6, 1.0))
    assert zone.holds(np.array([(0.5, 1.0), (0.0, 1.0), (1.0, 0.7)] * FEW, np.float32)).all()
    assert not zone.has(0.5, 0.4)


@given(points, points, points)
def test_the_sides_of_a_line_swap_when_it_is_turned_round(
    start: tuple[float, float], end: tuple[float, float], foot: tuple[float, float]
) -> None:
    assume(np.hypot(end[0] - start[0], end[1] - start[1]) > 1e-3)
    there = Straight(start, end).sides([foot])
    back = Straight(end, start).sides([foot])
    assert np.allclose(there, np.negative(back), atol=1e-5)


@given(points, points, points, points)
@example((0.0, 0.5), (1.0, 0.0), (0.0, 1.0), (1.0, 1.1395846771499286e-23))
def test_meeting_is_mutual(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> None:
    assert segments_meet(a, b, c, d) == segments_meet(c, d, a, b) == segments_meet(b, a, d, c)


def test_a_bow_tie_crosses_itself_and_a_square_does_not() -> None:
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert not crosses_itself(square)
    assert crosses_itself([square[0], square[1], square[3], square[2]])
    assert polygon_area(square) == 1.0
