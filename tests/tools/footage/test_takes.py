"""Tests for tools/footage/takes.py: the same story, other people, another light, a camera a little beside."""

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tools.footage.camera import Projection
from tools.footage.checking import load
from tools.footage.files import Files, all_names
from tools.footage.places import PLACES
from tools.footage.stage import Stage
from tools.footage.takes import INDOORS_M, OUTDOORS_M
from tools.footage.world import Light

NAMES = all_names(REPOSITORY / "footage")


def take(name: str, number: int) -> Stage:
    return load(Files(REPOSITORY, name).scenario, PLACES, number)


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_can_be_taken_again_and_is_sound(name: str) -> None:
    for number in range(3, 8):
        again = take(name, number)
        assert list(again.scenario.actors) == list(take(name, 1).scenario.actors)
        assert again.scenario.events == take(name, 1).scenario.events


def test_a_take_is_the_same_whenever_it_is_made() -> None:
    assert take("fall", 3) == take("fall", 3)
    assert take("fall", 3) != take("fall", 4)


def test_other_people_come() -> None:
    first, third = take("crowd", 1), take("crowd", 3)
    for name, actor in first.scenario.actors.items():
        assert first.seed_of(name, actor) != third.seed_of(name, third.scenario.actors[name])


def test_all_lights_and_some_rain_are_seen_by_and_by() -> None:
    scenes = [take(name, number).scenario for name in NAMES for number in range(3, 7)]
    assert {scene.light for scene in scenes} == set(Light)
    assert 0 < sum(scene.rain > 0 for scene in scenes) < len(scenes) / 2


@pytest.mark.parametrize(("name", "reach_m"), [("fall", OUTDOORS_M), ("ebike-in-lift", INDOORS_M)])
def test_the_camera_hangs_beside_its_place_and_not_in_a_wall(name: str, reach_m: float) -> None:
    first, third = take(name, 1).view, take(name, 3).view
    moved_m = np.abs(np.subtract(third.position, first.position))
    assert 0 < moved_m.max() <= reach_m


def test_there_is_no_weather_in_a_lift() -> None:
    for number in range(3, 8):
        assert (take("ebike-in-lift", number).scenario.light, take("ebike-in-lift", number).scenario.rain) == ("day", 0)


def test_a_way_that_is_drawn_in_the_picture_stays_on_the_same_ground() -> None:
    first, third = take("wrong-way", 1), take("wrong-way", 3)
    before, after = (
        Projection(stage.view).on_ground(
            next(rule for rule in stage.scenario.rules if "direction" in rule)["direction"]
        )
        for stage in (first, third)
    )
    along = np.diff(before, axis=0)[0], np.diff(after, axis=0)[0]
    cosine = np.dot(*along) / np.prod([np.linalg.norm(way) for way in along])
    assert cosine > np.cos(np.radians(10))


def test_what_is_taken_by_chance_is_not_put_beside_what_is_committed(tmp_path: Path) -> None:
    files = Files(tmp_path, "fall", 3)
    assert files.clip == tmp_path / "out/footage/take-3/fall.mp4"
    assert files.camera == tmp_path / "out/footage/take-3/fall.yaml"
