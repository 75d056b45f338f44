from pathlib import Path

import numpy as np
import pytest

from edge.vision.detector import Detections
from tests.tools.footage.standin import BoxStudio, stride_m
from tests.tools.footage.test_film import SCENE, staged
from tools.bench.realism import DETECTORS, Eyes, Tally, hits, plaza, result, sure, wanted_of
from tools.bench.skeletons import plausible
from tools.footage.production import Production
from tools.footage.truth import read_truth


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_somebody_half_hidden_may_be_drawn_whole_or_as_he_shows() -> None:
    whole, shown = boxes((0, 0, 0.1, 0.4)), boxes((0, 0, 0.1, 0.2))
    for drawn, found in ((whole, True), (shown, True), (boxes((0.5, 0.5, 0.6, 0.9)), False), (boxes(), False)):
        assert hits((whole, shown), drawn).tolist() == [found]


def test_only_what_a_model_is_sure_of_counts() -> None:
    scores = np.array([0.9, 0.4, 0.8], np.float32)
    found = Detections(boxes(*[(0, 0, 1, 1)] * 3), scores, ("person", "person", "car"))
    assert len(sure(found, {"person"}, 0.5)) == 1
    assert len(sure(found, {"car", "bus"}, 0.5)) == 1


def skeleton(head: float, hips: float, feet: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    points = np.ones((17, 3), np.float32)
    points[:5, 1], points[5:13, 1], points[13:, 1] = head, hips, feet
    return points


def test_a_skeleton_is_plausible_if_it_is_complete_and_the_right_way_up() -> None:
    assert plausible(skeleton(0.1, 0.5, 0.9))
    assert not plausible(skeleton(0.9, 0.5, 0.1))
    half = skeleton(0.1, 0.5, 0.9)
    half[6:, 2] = 0.1
    assert not plausible(half)


def test_what_should_be_found_is_tall_visible_and_near(tmp_path: Path) -> None:
    stage, files = staged(tmp_path, SCENE.replace("view: high", VIEW))
    Production(BoxStudio, stride_m).produce(stage, files)
    wanted = list(wanted_of(read_truth(files.truth), files.clip))
    assert len(wanted) == 12
    assert all(len(one.people[0]) for one in wanted)
    assert not any(len(one.low[0]) for one in wanted)


VIEW = "view: {position: [0, -12, 5], target: [0, 2, 0.5], fov_deg: 60}"


def test_the_table_has_a_row_for_each_scene_for_all_and_for_the_real_ones() -> None:
    tally = Tally(10, 4, 2, 6, 3, dict.fromkeys(DETECTORS, 9), dict.fromkeys(DETECTORS, 1), dict.fromkeys(DETECTORS, 2))
    made = result({"a": tally, "b": Tally()}, Tally(4, 0, 0, 0, 0, dict.fromkeys(DETECTORS, 4)))
    table, heights = made.tables
    assert [row[:3] for row in heights.rows][:2] == [("40–60", "rendered", "0"), ("40–60", "real", "0")]
    assert [row[0] for row in table.rows] == ["a", "b", "all rendered", "plaza.mp4 (real)"]
    assert all(len(row) == len(table.head) for row in table.rows)
    assert table.rows[0][2:9] == ("0.90", "0.90", "0.90", "0.60", "0.50", "4", "0.25")
    assert table.rows[1][2] == "–"
    assert [figure.value for figure in made.figures[:3]] == [10 / 14] * 3, "who lies or crouches counts like anybody"
    assert made.missed
    assert "of 4 who lie or crouch: YOLOX-nano 0.25" in made.remarks[0]


@pytest.mark.slow
def test_real_people_are_found_and_have_skeletons(shared_data: Path) -> None:
    assert shared_data.is_dir()
    tally = Eyes().look(list(plaza())[::8])
    assert all(found / tally.people > 0.8 for found in tally.found_people.values())
    assert tally.plausible / tally.skeletons > 0.7
