"""A scenario all the way to its files, drawn with boxes."""

from pathlib import Path

import av
import numpy as np
import pytest

from edge.config import load_camera
from protocol.kinds import Kind
from tests.tools.footage.standin import PLACES, BoxStudio, stride_m
from tools.footage.checking import load
from tools.footage.files import Files, all_names, fingerprint
from tools.footage.film import Film
from tools.footage.production import Production
from tools.footage.stage import Stage
from tools.footage.truth import Truth, read_truth

SCENE = """
title: Over the lawn
place: yard
view: high
seconds: 6
actors:
  walker: {asset: person, at: [-6, 2], path: [{to: [6, 2], until: 5}]}
  crosser: {asset: person, at: [0, -3], path: [{to: [0, 0], until: 3}]}
  behind: {asset: person, at: [0.1, 3.5]}
  far: {asset: person, at: [40, 40]}
happenings:
  - {what: burns, at: 1, until: 6, spot: bin, fire_m: 1.0, smoke_m: 3.0}
zones: {grass: lawn}
lines: {edge: {start: [-2, -1], end: [2, -1]}}
events:
  - {kind: intrusion, zone: grass, of: [walker]}
  - {kind: line_crossing, zone: edge, of: [crosser]}
  - {kind: fire_smoke, start: 1, end: 6}
rules:
  - {kind: intrusion, zone: grass}
  - {kind: line_crossing, line: edge}
variant: {seed: 2, light: dusk}
"""
TAMPERED = """
title: Tampered with
place: yard
view: high
seconds: 9
actors: {one: {asset: person, at: [0, 2]}}
happenings:
  - {what: camera_turned, at: 1, until: 4, pan: 20, tilt: 5}
  - {what: camera_sprayed, at: 5, until: 9}
  - {what: camera_unplugged, at: 8, until: 9}
"""


def staged(root: Path, text: str, *, take: int = 1) -> tuple[Stage, Files]:
    (root / "footage").mkdir(exist_ok=True)
    files = Files(root, "scene", take)
    files.scenario.write_text(text, "utf-8")
    return load(files.scenario, PLACES, take), files


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, Truth]:
    stage, files = staged(tmp_path_factory.mktemp("root"), SCENE)
    Production(BoxStudio, stride_m).produce(stage, files)
    return files, read_truth(files.truth, files.clip)


def test_clip_truth_and_camera_file_fit_each_other(produced: tuple[Files, Truth]) -> None:
    files, truth = produced
    camera = load_camera(files.camera)
    assert camera.source.get_secret_value() == "footage/scene.mp4"
    assert [zone.name for zone in camera.zones] == ["grass"]
    assert [rule.kind for rule in camera.build_rules()] == [Kind.INTRUSION, Kind.LINE_CROSSING]
    assert len(truth.frames) == 60
    assert {thing.name: thing.label for thing in truth.things} == {
        "walker": "person",
        "crosser": "person",
        "behind": "person",
        "smoke": "smoke",
        "fire": "fire",
    }


def test_events_have_the_times_of_the_paths(produced: tuple[Files, Truth]) -> None:
    events = {event.kind: event for event in produced[1].events}
    # 12 m in 5 s: the lawn from x = -4 to 4 takes from second 0.8 to 4.2; the line at y = -1 is met at second 2.
    assert events[Kind.INTRUSION].start == pytest.approx(0.85, abs=0.15)
    assert events[Kind.INTRUSION].end == pytest.approx(4.15, abs=0.15)
    assert events[Kind.LINE_CROSSING].start == events[Kind.LINE_CROSSING].end == pytest.approx(2.0, abs=0.1)
    assert events[Kind.FIRE_SMOKE].end == 6.0


def test_somebody_in_front_hides_somebody_behind_for_a_while(produced: tuple[Files, Truth]) -> None:
    truth = produced[1]
    number = {thing.name: thing.id for thing in truth.things}["behind"]
    seen = [row.visible for frame in truth.frames for row in frame if row.id == number]
    assert max(seen) == 1.0
    assert min(seen) < 0.9


def test_boxes_are_where_the_colours_are(produced: tuple[Files, Truth]) -> None:
    files, truth = produced
    with av.open(str(files.clip)) as container:
        picture = next(iter(container.decode(video=0))).to_ndarray(format="rgb24").astype(int)
    row = truth.frames[0][1]
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (round(v * s) for v, s in zip(row.box, (width, height, width, height), strict=True))
    inside = picture[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].reshape(-1, 3).mean(axis=0)
    beside = picture[y1 + 2 : y2 - 2, x2 + 3 : x2 + 9].reshape(-1, 3).mean(axis=0)
    assert np.abs(inside - beside).max() > 25


def test_the_same_scenario_makes_the_same_bytes(produced: tuple[Files, Truth], tmp_path: Path) -> None:
    stage, files = staged(tmp_path, SCENE)
    Production(BoxStudio, stride_m).produce(stage, files)
    for path in ("clip", "truth", "camera"):
        assert getattr(files, path).read_bytes() == getattr(produced[0], path).read_bytes()


def test_the_second_set_goes_into_folders_of_its_own(tmp_path: Path) -> None:
    stage, files = staged(tmp_path, SCENE, take=2)
    assert stage.scenario.light == "dusk"
    Production(BoxStudio, stride_m).produce(stage, files)
    assert files.clip == tmp_path / "footage/second/scene.mp4"
    assert read_truth(files.truth, files.clip).light == "dusk"
    assert load_camera(tmp_path / "camera_configs/footage/second/scene.yaml").name == "scene-second"
    assert all_names(tmp_path / "footage") == ["scene"]


def test_scenarios_of_another_folder_are_made_into_one_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    files = Files(tmp_path, "scene", folder=folder)
    files.scenario.write_text(SCENE, "utf-8")
    assert all_names(folder) == ["scene"]
    Production(BoxStudio, stride_m).produce(load(files.scenario, PLACES), files)
    assert files.clip == tmp_path / "out/footage/mine/scene.mp4"
    assert "from mine/scene.yaml" in (tmp_path / "out/footage/mine/scene.yaml").read_text("utf-8").splitlines()[0]
    assert Files(tmp_path, "scene", 3, folder).clip == tmp_path / "out/footage/mine-take-3/scene.mp4"


def test_a_clip_is_out_of_date_when_its_scenario_says_something_else(produced: tuple[Files, Truth]) -> None:
    files = produced[0]
    assert files.made_from() == fingerprint(load(files.scenario, PLACES))
    files.scenario.write_text(SCENE.replace("[6, 2]", "[6, 3]"), "utf-8")
    assert files.made_from() != fingerprint(load(files.scenario, PLACES))
    files.scenario.write_text(SCENE.replace("dusk", "night"), "utf-8")
    assert files.made_from() == fingerprint(load(files.scenario, PLACES))  # the variant is another clip's matter


def test_who_is_out_of_sight_is_not_drawn(tmp_path: Path) -> None:
    drawn: list[BoxStudio] = []

    def studio_of(*given: object) -> BoxStudio:
        drawn.append(BoxStudio(*given))  # type: ignore[arg-type]
        return drawn[-1]

    list(Film(staged(tmp_path, SCENE)[0], studio_of, stride_m).shots())
    assert sum(studio.drawn for studio in drawn) <= 3 * 60


def test_a_camera_that_is_tampered_with_shows_it_and_the_truth_falls_silent(tmp_path: Path) -> None:
    film = Film(staged(tmp_path, TAMPERED)[0], BoxStudio, stride_m)
    shots = {shot.number: shot for shot in film.shots()}
    assert sorted(shots) == list(range(90))
    assert shots[5].rows
    assert shots[12].rows == ()  # it is being turned
    (home,), (away,) = shots[5].rows, shots[25].rows
    assert away.box[0] < home.box[0] - 0.2
    assert shots[45].rows[0].box == home.box
    assert shots[70].rgb.mean() < 0.6 * shots[45].rgb.mean()  # sprayed
    assert shots[70].rows == ()
    assert not shots[85].rgb.any()  # unplugged
