"""Parked things in a clip's truth, and truths that are told anew while the clip stays."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.tools.footage.standin import HIGH, BoxStudio, stride_m
from tests.tools.footage.test_film import staged
from tools.footage import film, places
from tools.footage.camera import Projection
from tools.footage.files import fingerprint
from tools.footage.layers import Picture
from tools.footage.outlines import Outlines
from tools.footage.production import Production
from tools.footage.truth import read_truth
from tools.footage.world import Light, Thing

SCENE = """
title: Before a parked car
place: yard
view: high
seconds: 8
actors: {passer: {asset: bicycle, at: [-6, 0.5], path: [{to: [6, 0.5], until: 8}]}}
happenings:
  - {what: camera_turned, at: 1, until: 3, pan: 70}
  - {what: camera_unplugged, at: 7, until: 8}
"""
PARKED = [
    Thing(places.FIXTURE_ID, "car", 3, (0.0, 3.0, 0.0), 0.0),
    Thing(places.FIXTURE_ID + 1, "bin", 3, (3.0, 3.0, 0.0), 0.0),
    Thing(places.FIXTURE_ID + 2, "car", 3, (0.0, -40.0, 0.0), 0.0),
]


class DeepStudio(BoxStudio):
    """Knows depths too."""

    def depth(self) -> Picture:
        return self.plate().depth


@pytest.fixture(autouse=True)
def _parked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "fixtures", lambda _name, _seed: PARKED)


def test_a_parked_car_is_in_the_truth_where_the_camera_sees_it(tmp_path: Path) -> None:
    stage, files = staged(tmp_path, SCENE)
    Production(BoxStudio, stride_m).produce(stage, files)
    truth = read_truth(files.truth, files.clip)
    assert [(thing.name, thing.label) for thing in truth.things] == [("passer", "bicycle"), ("parked car", "car")]
    rows = {number: row for number, frame in enumerate(truth.frames) for row in frame if row.id == places.FIXTURE_ID}
    assert set(rows) == set(range(80)) - set(range(10, 30)) - set(range(70, 80))
    (middle,), _ = Projection(HIGH).seen([(0.0, 3.0, 0.7)])
    x1, y1, x2, y2 = rows[0].box
    assert x1 < middle[0] < x2
    assert y1 < middle[1] < y2
    assert rows[0].ground == (0.0, 3.0)
    assert rows[0].visible > 0.95
    assert rows[40].visible < 0.93  # the bicycle is before it
    assert rows[40].box == rows[0].box


def test_told_anew_the_truth_says_the_same_and_the_clip_stays(tmp_path: Path) -> None:
    stage, files = staged(tmp_path, SCENE)
    with pytest.MonkeyPatch.context() as bare:
        bare.setattr(film, "fixtures", lambda _name, _seed: [])
        Production(BoxStudio, stride_m).produce(stage, files)
    clip, before = files.clip.read_bytes(), read_truth(files.truth, files.clip)
    for _ in range(2):  # once more changes nothing
        Production(partial(Outlines, DeepStudio), stride_m).retell(stage, files)
        after = read_truth(files.truth, files.clip)
        assert files.clip.read_bytes() == clip
        assert after.events == before.events
        assert after.made_from == before.made_from
        assert [thing.name for thing in after.things] == ["passer", "parked car"]
        moving = [[row for row in frame if row.id < places.FIXTURE_ID] for frame in after.frames]
        assert moving == [list(frame) for frame in before.frames]
        assert sum(row.id == places.FIXTURE_ID for frame in after.frames for row in frame) == 50


def test_outlines_are_where_things_are() -> None:
    car = Thing(1, "car", 5, (0.0, 2.0, 0.0), 0.4)
    layer = Outlines(DeepStudio, "yard", HIGH, Light.DAY, 1).layer(car, 0.0)
    near, far = layer.depth[layer.rgba[..., 3] > 0].min(), layer.depth[np.isfinite(layer.depth)].max()
    assert 12 < near < far < 18
    assert (layer.rgba[..., 3] > 0).mean() > 0.55  # no holes between the points
    assert layer.beyond == 0
    behind = Thing(1, "car", 5, (0.0, -30.0, 0.0), 0.0)
    assert Outlines(DeepStudio, "yard", HIGH, Light.DAY, 1).layer(behind, 0.0).rgba.size == 0


def test_rules_are_no_reason_to_draw_again(tmp_path: Path) -> None:
    plain = fingerprint(staged(tmp_path, SCENE)[0])
    assert fingerprint(staged(tmp_path, SCENE + "rules: [{kind: running}]\n")[0]) == plain
