import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.rules.geometry import inside
from tests.tools.footage.standin import PLACES, YARD, BoxStudio
from tools.footage.camera import Projection
from tools.footage.casting import LOOKS_M, LOW_M, LYING, Set, a_cast, a_set, chosen
from tools.footage.compose import Seen
from tools.footage.labels import LABELS
from tools.footage.motion import pose
from tools.footage.stills import SET_SIZE, StillFiles, stills, yolo_line
from tools.footage.world import Action, Light


def test_everybody_stands_on_free_ground_that_the_camera_sees() -> None:
    chance = np.random.default_rng(2)
    for _ in range(5):
        set_ = a_set([YARD], chance)
        for thing in (
            thing for group in a_cast(set_, chance, 20) for thing in group if thing.action is not Action.PUSH
        ):
            point = np.array([thing.position[:2]], np.float32)
            assert not any(inside(point, obstacle.outline)[0] for obstacle in YARD.obstacles)
            assert Projection(set_.view).sees([thing.position])


def test_all_that_people_do_and_all_that_stands_about_comes_up() -> None:
    chance = np.random.default_rng(1)
    set_ = Set(YARD, YARD.views["high"], Light.DAY, 1)
    cast = [thing for _ in range(30) for group in a_cast(set_, chance, 20) for thing in group]
    assert {thing.action for thing in cast if thing.asset == "person"} >= {
        *(Action.LIE, Action.SIT, Action.CROUCH, Action.CARRY, Action.RIDE, Action.PUSH, Action.RUN, Action.FALL),
    }
    assert {thing.asset for thing in cast} >= {"person", "bicycle", "e_bike", "car", "van", "bag", "suitcase"}


def test_a_low_camera_looks_past_no_wall_at_people_of_whom_most_lie_each_in_his_own_way() -> None:
    chance = np.random.default_rng(4)
    sets = [set_ for _ in range(60) if (set_ := a_set([YARD], chance)).low]
    assert 0 < len(sets) < 30
    people = []
    for set_ in sets:
        eye, at = np.array(set_.view.position), np.array(set_.view.target)
        assert LOW_M[0] <= eye[2] <= LOW_M[1]
        assert LOOKS_M[0] - 1e-6 <= np.hypot(*(eye - at)[:2]) <= LOOKS_M[1] + 1e-6
        between = np.linspace(eye[:2], at[:2], 9).astype(np.float32)
        assert not any(inside(between, obstacle.outline).any() for obstacle in YARD.obstacles)
        things = [thing for group in a_cast(set_, chance, 10) for thing in group]
        assert all(np.hypot(*(eye[:2] - thing.position[:2])) > 0.4 for thing in things)
        people += [thing for thing in things if thing.asset == "person" and thing.rider_of is None]
    lying = [person for person in people if person.action in LYING]
    assert len(lying) > len(people) / 2
    poses = [
        pose(person, 0.0) for person in lying if person.action is Action.LIE and person.traits["sprawled"] == "yes"
    ]
    assert len({str(one) for one in poses}) == len(poses) > 10


def test_nobody_stands_in_another_in_one_picture() -> None:
    chance = np.random.default_rng(3)
    groups = a_cast(Set(YARD, YARD.views["high"], Light.DAY, 1), chance, 30)
    for _ in range(20):
        things = [thing for thing in chosen(groups, chance, 12) if thing.asset == "person" and thing.rider_of is None]
        for number, one in enumerate(things):
            for other in things[number + 1 :]:
                assert np.hypot(*np.subtract(one.position[:2], other.position[:2])) > 0.5


def test_a_set_is_the_same_every_time_and_its_labels_are_whole(tmp_path: Path) -> None:
    first, again = ([*stills(1, 5, BoxStudio, [*PLACES.values()])] for _ in range(2))
    assert len(first) == SET_SIZE
    assert [still.number for still in first[:2]] == [SET_SIZE, SET_SIZE + 1]
    assert all((a.rgb == b.rgb).all() and a.seen == b.seen for a, b in zip(first, again, strict=True))
    files, still = StillFiles(tmp_path), max(first, key=lambda still: len(still.seen))
    assert not files.has(still.number)
    files.write(still, 90)
    assert files.has(still.number)
    name = f"{still.number:06d}"
    lines = (tmp_path / f"labels/{name}.txt").read_text("utf-8").splitlines()
    truth = json.loads((tmp_path / f"truth/{name}.json").read_text("utf-8"))
    assert len(lines) == len(truth) == len(still.seen) > 0
    for line, entry in zip(lines, truth, strict=True):
        number, x, y, width, height = map(float, line.split())
        assert LABELS[int(number)] == entry["label"]
        assert 0 <= x - width / 2 + 1e-6 <= x + width / 2 <= 1 + 1e-5
        assert 0 <= y - height / 2 + 1e-6 <= y + height / 2 <= 1 + 1e-5
        assert 0 < entry["visible"] <= 1
    read = cv2.imread(str(tmp_path / f"images/{name}.jpg"))
    assert read is not None
    assert read.shape == still.rgb.shape


def test_a_label_is_of_what_is_visible() -> None:
    line = yolo_line(("car", Seen((0.0, 0.0, 1.0, 0.5), (0.0, 0.0, 0.5, 0.5), 0.5)))
    number, *box = line.split()
    assert LABELS[int(number)] == "car"
    assert [float(v) for v in box] == pytest.approx([0.25, 0.25, 0.5, 0.5])
