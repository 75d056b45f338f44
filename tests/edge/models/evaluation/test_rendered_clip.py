import json
from pathlib import Path

import numpy as np
import pytest

from edge.models.errors import LabelledSetError
from edge.models.evaluation.rendered_clip import read_rendered
from tests.conftest import REPOSITORY

CLIP = REPOSITORY / "footage" / "wrong-way.mp4"


def save_truth(folder: Path, **changes: object) -> Path:
    truth = {
        "width": 640,
        "height": 360,
        "fps": 10,
        "things": [{"id": 1, "label": "person"}, {"id": 2, "label": "object"}],
        "frames": [[[1, 0.1, 0.1, 0.2, 0.5, 1.0, 0, 0], [2, 0.5, 0.5, 0.6, 0.6, 1.0, 0, 0]]],
    }
    path = folder / "x.truth.json"
    path.write_text(json.dumps(truth | changes), "utf-8")
    return path


def test_a_clip_of_ours_is_a_set_of_a_picture_in_half_a_second() -> None:
    labelled = read_rendered(CLIP)
    assert labelled.count == 30
    assert {labelled.names[number] for number in labelled.labelled} == {"person"}, "parked cars are in no truth"
    assert {labelled.names[number] for number in labelled.partly} == {"bicycle", "car"}
    pictures = list(labelled.pictures())
    assert len(pictures) == 30
    assert sum(len(one.boxes) for one in pictures) > 30


def test_what_is_hidden_is_ignored_and_what_no_detector_knows_is_left_out(tmp_path: Path) -> None:
    hidden = [1, 0.1, 0.1, 0.2, 0.5, 0.4, 0, 0, 0.1, 0.1, 0.2, 0.26]
    save_truth(tmp_path, frames=[[hidden, [2, 0.5, 0.5, 0.6, 0.6, 1.0, 0, 0]]])
    (tmp_path / "x.mp4").write_bytes(CLIP.read_bytes())
    one = next(read_rendered(tmp_path).pictures())
    assert one.boxes == pytest.approx(np.array([[0.1, 0.1, 0.2, 0.5]]))
    assert one.shown == pytest.approx(np.array([[0.1, 0.1, 0.2, 0.26]]))
    assert one.ignored is not None
    assert one.ignored.tolist() == [True]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"fps": 0}, "x.truth.json fps: input should be greater than 0"),
        ({"frames": [[[1, 0.1, 0.1, 0.2]]]}, "frames: picture 0 has a row of 4 numbers; expected 8 or 12"),
        ({"frames": [[[1, 0.1, 0.1, 1.2, 0.5, 1, 0, 0]]]}, "frames: picture 0 has a box or visible share outside 0..1"),
    ],
)
def test_a_wrong_truth_is_named_with_its_field(tmp_path: Path, changes: dict[str, object], text: str) -> None:
    save_truth(tmp_path, **changes)
    with pytest.raises(LabelledSetError) as refused:
        read_rendered(tmp_path)
    assert text in str(refused.value)


def test_a_truth_without_frames_is_said(tmp_path: Path) -> None:
    save_truth(tmp_path, frames=[])
    (tmp_path / "x.mp4").write_bytes(CLIP.read_bytes())
    with pytest.raises(LabelledSetError, match="its truth has no frames, so there is nothing to measure"):
        read_rendered(tmp_path)


def test_a_truth_without_its_clip_is_said(tmp_path: Path) -> None:
    save_truth(tmp_path)
    with pytest.raises(LabelledSetError, match=r"x\.mp4: is not here, its truth file is"):
        read_rendered(tmp_path)
