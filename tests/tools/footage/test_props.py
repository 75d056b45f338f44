import numpy as np
import pytest

from tools.footage.props import ASSETS, prop
from tools.footage.shadows import Sampler, Source, cast, ground_hits, occlusion
from tools.footage.world import Thing

SIZES = {
    "car": (4.8, 2.2, 1.75),
    "van": (5.1, 2.3, 2.1),
    "bicycle": (1.9, 0.7, 1.2),
    "e_bike": (2.0, 0.8, 1.3),
    "bin": (0.9, 0.7, 1.1),
}


def thing(asset: str, x: float = 0.0) -> Thing:
    return Thing(1, asset, 4, (x, 0, 0), 0)


@pytest.mark.parametrize("asset", ASSETS)
def test_things_stand_on_the_ground_about_the_origin(asset: str) -> None:
    points = prop(thing(asset)).solid.vertices
    assert np.isfinite(points).all()
    assert -0.03 < points[:, 2].min() < 0.07
    assert abs(points[:, 1].max() + points[:, 1].min()) < 0.12


@pytest.mark.parametrize("asset", SIZES)
def test_things_have_their_size(asset: str) -> None:
    assert (np.ptp(prop(thing(asset)).solid.vertices, axis=0) <= SIZES[asset]).all()
    assert (np.ptp(prop(thing(asset)).solid.vertices, axis=0) >= np.array(SIZES[asset]) * 0.75).all()


def test_wheels_roll_with_the_way_and_stay_wheels() -> None:
    made = prop(thing("bicycle"))
    here, there = made.posed(thing("bicycle")), made.posed(thing("bicycle", 0.5))
    assert np.abs(here - there).max() > 0.1
    part, (x, radius) = made.rolls[0]
    for points in (here[part], there[part]):
        assert np.hypot(points[:, 0] - x, points[:, 2] - radius).max() == pytest.approx(radius, rel=0.02)


def test_unknown_things_are_refused() -> None:
    with pytest.raises(ValueError, match="asset: no «dragon»; expected person or one of: bicycle, "):
        prop(thing("dragon"))


def test_a_shadow_falls_away_from_the_sun_and_ends() -> None:
    solid = prop(thing("bin")).solid
    sampler = Sampler(solid)
    points = sampler.points(solid.vertices)
    source = Source(np.ones((1, 3), np.float32), direction=(0.6, 0.0, 0.8))
    receivers = np.array([[(-0.8, 0, 0), (0.9, 0, 0), (-3.0, 0, 0)]], np.float32)
    dark = cast(points, sampler.step_m, receivers, source)[0]
    assert dark[0] > 0.9
    assert dark[1] == dark[2] == 0
    assert ground_hits(points, source)[:, 0].min() == pytest.approx(points[:, 0].min() - 0.78, abs=0.15)


def test_the_lamp_casts_too_and_the_sky_is_dimmed_only_nearby() -> None:
    solid = prop(thing("box")).solid
    sampler = Sampler(solid)
    points = sampler.points(solid.vertices)
    source = Source(np.ones((1, 2), np.float32), position=(2.0, 0, 2.0))
    receivers = np.array([[(-0.35, 0, 0), (0.6, 0, 0)]], np.float32)
    dark = cast(points, sampler.step_m, receivers, source)[0]
    assert dark[0] > 0.8
    assert dark[1] < 0.1
    up = np.zeros((1, 2, 3), np.float32)
    up[..., 2] = 1
    dim = occlusion(points, np.array([[(-0.3, 0, 0), (-4.0, 0, 0)]], np.float32), up)[0]
    assert dim[0] > 0.1
    assert dim[1] < 0.01
