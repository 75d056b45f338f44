import numpy as np
import pytest

from edge.rules.geometry import inside
from tools.footage.camera import Projection
from tools.footage.places import PLACES, solid, sun_bearing
from tools.footage.places.base import Place, across, block

OUTER = 0.02


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


def test_the_six_are_there() -> None:
    assert set(PLACES) == {"courtyard", "shed", "street", "lift", "gate", "facade"}


def test_outlines_of_obstacles() -> None:
    wall = across("wall", (0, 0), (4, 0), 2.0, 0.2)
    assert sorted(wall.outline) == [(0, -0.1), (0, 0.1), (4, -0.1), (4, 0.1)]
    assert block("box", 0, 1, 2, 3, 1).outline == ((0, 1), (2, 1), (2, 3), (0, 3))


def test_nobody_is_sent_into_an_obstacle(place: Place) -> None:
    for name, (x, y, z) in place.spots.items():
        if z == 0 and name not in ("fence", "gate"):
            for obstacle in place.obstacles:
                assert not inside(np.array([(x, y)], np.float32), obstacle.outline).any(), (name, obstacle.name)


def test_spots_and_areas_lie_within_the_place(place: Place) -> None:
    west, south, east, north = place.bounds
    for x, y in [*(spot[:2] for spot in place.spots.values()), *(p for area in place.areas.values() for p in area)]:
        assert west - OUTER <= x <= east + OUTER
        assert south - OUTER <= y <= north + OUTER


def test_the_main_camera_sees_an_area_of_the_place(place: Place) -> None:
    projection = Projection(place.views["main"])
    middles = np.array([[*np.mean(area, axis=0), 0.0] for area in place.areas.values()])
    shares, depth = projection.seen(middles)
    seen = ((shares > 0) & (shares < 1)).all(1) & (depth > 0)
    assert seen.any()


@pytest.mark.parametrize("seed", [1, 2])
def test_meshes_are_whole(place: Place, seed: int) -> None:
    made = solid(place.name, seed)
    assert np.isfinite(made.vertices).all()
    assert made.faces.max() < len(made.vertices)
    assert len(made.faces) == len(made.stuff_of) == len(made.soft)
    assert made.stuff_of.max() == len(made.stuffs) - 1


def test_what_stands_in_the_way_is_built(place: Place) -> None:
    """Some vertex of the mesh lies on each obstacle, at about its height or above."""
    points = solid(place.name, 1).vertices
    for obstacle in place.obstacles:
        outline = np.array(obstacle.outline)
        low, high = outline.min(0) - 0.4, outline.max(0) + 0.4
        near = ((points[:, :2] >= low) & (points[:, :2] <= high)).all(1)
        assert points[near, 2].max(initial=0) >= min(obstacle.height_m, 2.0) * 0.6, obstacle.name


def test_variants_have_another_sun() -> None:
    assert len({sun_bearing("street", seed) for seed in (1, 2, 3)}) == 3
