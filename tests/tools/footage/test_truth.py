import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.documents import ConfigError
from protocol.kinds import Kind
from tools.footage.encode import encode
from tools.footage.truth import CameraTruth, EventTruth, Row, ThingTruth, Truth, read_truth, write_truth
from tools.footage.world import Light

HIDDEN = Row(id=2, box=(0.1, 0.1, 0.4, 0.5), visible=0.5, ground=(1.25, -3.5), visible_box=(0.1, 0.1, 0.2, 0.5))
WHOLE = Row(id=1, box=(0.5, 0.5, 0.6, 0.9), visible=1.0, ground=(0.0, 2.0), visible_box=(0.5, 0.5, 0.6, 0.9))
GONE = Row(id=1, box=(0.5, 0.5, 0.6, 0.9), visible=0.0, ground=(0.0, 2.0))


def truth(**fields: Any) -> Truth:
    return Truth.model_validate(
        {
            "clip": "scene.mp4",
            "made_from": "abc",
            "place": "yard",
            "light": Light.DAY,
            "camera": CameraTruth(position=(0, -9, 4), target=(0, 0, 1), fov_deg=60),
            "width": 64,
            "height": 48,
            "fps": 10,
            "things": (ThingTruth(id=1, name="a", label="person"), ThingTruth(id=2, name="bag", label="bag")),
            "events": (EventTruth(kind=Kind.INTRUSION, zone="lawn", start=0.1, end=0.3, of=(1,)),),
            "frames": ((WHOLE,), (WHOLE, HIDDEN), (GONE,)),
            **fields,
        }
    )


def clip(path: Path, frames: int = 3, width: int = 64, height: int = 48, fps: int = 10) -> Path:
    encode(path, (np.full((height, width, 3), 20 * n, np.uint8) for n in range(frames)), width, height, fps)
    return path


def test_what_is_written_is_read_and_fits_its_video(tmp_path: Path) -> None:
    write_truth(tmp_path / "scene.truth.json", truth())
    assert read_truth(tmp_path / "scene.truth.json", clip(tmp_path / "scene.mp4")) == truth()


def test_a_picture_is_a_line_of_the_file(tmp_path: Path) -> None:
    write_truth(tmp_path / "t.json", truth())
    assert (tmp_path / "t.json").read_text("utf-8").splitlines()[2:5] == [
        "[[1,0.5,0.5,0.6,0.9,1.0,0.0,2.0]],",
        "[[1,0.5,0.5,0.6,0.9,1.0,0.0,2.0],[2,0.1,0.1,0.4,0.5,0.5,1.25,-3.5,0.1,0.1,0.2,0.5]],",
        "[[1,0.5,0.5,0.6,0.9,0.0,0.0,2.0]]",
    ]


share = st.integers(0, 9_990).map(lambda n: n / 10_000)


@given(share, share, st.integers(1, 10), st.integers(0, 1000).map(lambda n: n / 1000))
def test_rows_survive_the_file(x: float, y: float, size: int, visible: float) -> None:
    box = (x, y, round(x + size / 10_000, 4), round(y + size / 10_000, 4))
    row = Row(id=3, box=box, visible=visible, ground=(1.0, 2.0), visible_box=box if visible else None)
    assert Row.of_numbers(row.numbers()) == row


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "scene.truth.json"
    write_truth(path, truth())
    document = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps(document), "utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fps": "fast"}, "fps: input should be a valid integer, unable to parse string as an integer (got 'fast')"),
        ({"frames": 7}, "frames: is no list with one list of rows for each picture"),
        (
            {"frames": [[], [[1, 0.5]], []]},
            "frames[1][0]: is no row of 8 or 12 numbers: id, box, visible, ground, perhaps the visible box",
        ),
        (
            {"frames": [[], [], [[1, 0.5, 0.5, 0.4, 0.9, 1, 0, 0]]]},
            "frames[2][0].box: box [0.5, 0.5, 0.4, 0.9] has no area; its order is x1, y1, x2, y2",
        ),
        (
            {"frames": [[], [], [[1, 0.5, 0.5, 1.4, 0.9, 1, 0, 0]]]},
            "frames[2][0].box[2]: input should be less than or equal to 1 (got 1.4)",
        ),
        ({"frames": [[], [], [[9, 0.5, 0.5, 0.6, 0.9, 1, 0, 0]]]}, "frames[2]: id 9 is not among the things"),
        (
            {"events": [{"kind": "intrusion", "zone": "lawn", "start": 0.1, "end": 7}]},
            "events[0].end: 7 s is past the end; the clip lasts 0.3 s",
        ),
        (
            {"events": [{"kind": "intrusion", "zone": "lawn", "start": 0.2, "end": 0.1}]},
            "events[0]: ends at 0.1 s, before its start at 0.2 s",
        ),
        (
            {"events": [{"kind": "intrusion", "start": 0.1, "end": 0.2, "of": [5]}]},
            "events[0].of: id 5 is not among the things",
        ),
    ],
)
def test_a_truth_that_cannot_be_is_refused_by_file_and_field(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    path = written(tmp_path, **changes)
    with pytest.raises(ConfigError) as caught:
        read_truth(path)
    assert str(caught.value) == f"{path} {said}"


def test_a_truth_that_is_not_there_or_no_json_says_so(tmp_path: Path) -> None:
    path = tmp_path / "scene.truth.json"
    with pytest.raises(ConfigError) as caught:
        read_truth(path)
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"
    path.write_text("{", "utf-8")
    with pytest.raises(ConfigError, match="is not JSON"):
        read_truth(path)


def test_a_truth_that_does_not_fit_its_video_names_each_difference(tmp_path: Path) -> None:
    path = written(tmp_path)
    video = clip(tmp_path / "scene.mp4", frames=4, width=32, height=32, fps=5)
    with pytest.raises(ConfigError) as caught:
        read_truth(path, video)
    assert str(caught.value).splitlines() == [
        f"{path} width: 64×48, but scene.mp4 is 32×32; render it again with make footage",
        f"{path} fps: 10, but scene.mp4 plays at 5; render it again with make footage",
        f"{path} frames: 3, but scene.mp4 has 4 pictures; render it again with make footage",
    ]


def test_a_clip_that_is_no_video_says_so(tmp_path: Path) -> None:
    (tmp_path / "scene.mp4").write_bytes(b"no video")
    with pytest.raises(ConfigError, match=r"clip: .*scene\.mp4 cannot be read as a video"):
        read_truth(written(tmp_path), tmp_path / "scene.mp4")
