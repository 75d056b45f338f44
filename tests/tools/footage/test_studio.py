"""Bodies and Blender: only where the environment of `make footage` is, and in a process of its own."""

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PYTHON = Path(".venv-footage") / "bin" / "python"
SCRIPT = Path(__file__).with_name("studio_trial.py")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[float]]:
    if not PYTHON.exists():
        pytest.skip("no Blender here: make .venv-footage/.installed")
    done = subprocess.run(
        [PYTHON, SCRIPT, tmp_path_factory.mktemp("cache")], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_feet_touch_the_ground(trial: dict[str, list[float]]) -> None:
    assert all(abs(low) < 0.03 for low in trial["lowest"])


def test_people_are_as_tall_as_they_say(trial: dict[str, list[float]]) -> None:
    for said, found in zip(trial["said"], trial["tall"], strict=True):
        assert found == pytest.approx(said, rel=0.05)


def test_the_standing_foot_does_not_slide(trial: dict[str, list[float]]) -> None:
    assert max(trial["slides"]) < 0.03


def test_a_layer_lies_where_the_camera_sees_the_thing(trial: dict[str, list[float]]) -> None:
    (x1, y1, x2, y2), (left, top, right, bottom) = trial["box"], trial["expected"]
    assert abs(x1 - left) <= 3
    assert abs(y1 - top) <= 3
    assert abs(x2 - right) <= 3
    assert abs(y2 - bottom) <= 3


def test_a_layer_has_depth_shadow_and_comes_again_from_the_cache(trial: dict[str, list[float]]) -> None:
    depth, distance = trial["depth"]
    assert depth == pytest.approx(distance, abs=0.5)
    assert trial["darkest"][0] < 0.8
    assert trial["again"][0] == 1
