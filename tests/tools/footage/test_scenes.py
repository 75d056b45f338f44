"""What lies in footage/: every scenario is sound, every clip fits its truth and its camera file."""

from pathlib import Path

import pytest

from edge.config import load_camera
from protocol.kinds import Kind
from tests.conftest import REPOSITORY
from tools.footage.checking import load
from tools.footage.files import Files, all_names, fingerprint
from tools.footage.places import PLACES
from tools.footage.truth import read_truth

NAMES = all_names(REPOSITORY / "footage")
UNSEEN = [REPOSITORY / "footage" / name for name in ("elsewhere", "mishaps", "weather", "everyday")]
MADE = [Files(REPOSITORY, name, take) for name in NAMES for take in (1, 2)]
MADE = [files for files in MADE if files.clip.is_file()]


@pytest.mark.parametrize("take", [1, 2], ids=["first", "second"])
@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_is_sound(name: str, take: int) -> None:
    stage = load(Files(REPOSITORY, name).scenario, PLACES, take)
    assert 12 <= stage.scenario.seconds <= 25
    if take == 2:
        assert stage.scenario.seed != load(Files(REPOSITORY, name).scenario, PLACES).scenario.seed


@pytest.mark.parametrize(
    "files", [Files(REPOSITORY, name, 1, folder) for folder in UNSEEN for name in all_names(folder)]
)
def test_a_scenario_of_another_folder_is_sound(files: Files) -> None:
    load(files.scenario, PLACES)


@pytest.mark.parametrize("files", MADE, ids=lambda files: str(files.clip.relative_to(REPOSITORY)))
def test_a_clip_its_truth_and_its_camera_fit(files: Files) -> None:
    truth = read_truth(files.truth, files.clip)
    camera = load_camera(files.camera)
    assert files.made_from() == fingerprint(load(files.scenario, PLACES, files.take))
    assert (REPOSITORY / camera.source.get_secret_value()) == files.clip
    places = {zone.name for zone in camera.zones} | {line.name for line in camera.lines}
    assert {event.zone for event in truth.events if event.zone} <= places
    assert (truth.width, truth.height, truth.fps) >= (640, 360, 10)


def test_there_is_a_scene_for_each_kind_of_anomaly_but_the_learned_one() -> None:
    kinds = {event.kind for name in NAMES for event in load(Files(REPOSITORY, name).scenario, PLACES).scenario.events}
    assert kinds == set(Kind) - {Kind.UNUSUAL}


def test_the_repository_stays_small() -> None:
    size = sum(path.stat().st_size for path in Path(REPOSITORY / "footage").rglob("*") if path.is_file())
    assert size < 25_000_000
