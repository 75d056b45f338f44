import numpy as np
import pytest

from tools.footage import places
from tools.footage.camera import Projection
from tools.footage.fixtures import Fixtures
from tools.footage.world import Thing, View

VIEW = View((0.0, -10.0, 3.0), (0.0, 0.0, 0.5), 60)
CAR = Thing(7, "car", 3, (0.0, 0.0, 0.0), 0.0)
FAR = np.full((VIEW.height, VIEW.width), np.inf, np.float32)


def test_a_parked_car_before_nothing_is_seen_whole_where_it_stands() -> None:
    seen = Fixtures(VIEW, [CAR]).seen(FAR)[7]
    (middle,), _ = Projection(VIEW).seen([(0.0, 0.0, 0.7)])
    x1, y1, x2, y2 = seen.box
    assert seen.visible == pytest.approx(1.0)
    assert seen.visible_box == seen.box
    assert x1 < middle[0] < x2
    assert y1 < middle[1] < y2
    assert 3.5 < (x2 - x1) * VIEW.width / (0.5 * VIEW.width / np.tan(np.radians(30))) * 10 < 5.5  # metres, about


def test_a_wall_before_half_of_it_hides_half() -> None:
    wall = FAR.copy()
    wall[:, : VIEW.width // 2] = 2.0
    seen = Fixtures(VIEW, [CAR]).seen(wall)[7]
    assert seen.visible == pytest.approx(0.5, abs=0.06)
    assert seen.visible_box is not None
    assert seen.visible_box[0] == pytest.approx(0.5, abs=0.01)
    assert seen.visible_box[2] == seen.box[2]


def test_a_wall_before_all_of_it_leaves_nothing_to_see() -> None:
    seen = Fixtures(VIEW, [CAR]).seen(np.full_like(FAR, 2.0))[7]
    assert seen.visible == 0
    assert seen.visible_box is None


def test_what_is_behind_the_camera_or_partly_outside_counts_as_such() -> None:
    behind = Thing(8, "car", 3, (0.0, -20.0, 0.0), 0.0)
    edge = Thing(9, "car", 3, (6.3, 0.0, 0.0), 0.0)
    seen = Fixtures(VIEW, [behind, edge]).seen(FAR)
    assert set(seen) == {9}
    assert 0.1 < seen[9].visible < 0.9


@pytest.mark.parametrize("name", places.PLACES)
def test_fixtures_stand_where_their_place_has_an_obstacle_or_a_corner_of_its_own(name: str) -> None:
    west, south, east, north = places.PLACES[name].bounds
    for thing in places.fixtures(name, 1):
        assert west - 1 <= thing.position[0] <= east + 1
        assert south - 1 <= thing.position[1] <= north + 1
