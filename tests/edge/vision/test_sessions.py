"""A network opened for the sizes it is shown."""

from pathlib import Path

import numpy as np
import pytest

from edge.vision.card import MODELS
from edge.vision.errors import ModelFileError
from edge.vision.sessions import Sessions, open_session

OURS = MODELS / "shouwang_416.onnx"


def noise(height: int, width: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return np.random.default_rng(height).random((1, 3, height, width), np.float32)


def test_opened_for_each_size_a_network_says_what_it_says_of_any() -> None:
    sized, whole = Sessions(OURS), open_session(OURS)
    for height, width in ((256, 416), (320, 320), (256, 416)):
        values = noise(height, width)
        (ours,), (theirs,) = sized.run(values), whole.run(None, {sized.input_name: values})
        assert np.array_equal(ours, theirs)


def test_a_file_that_goes_while_the_node_runs_is_not_missed(tmp_path: Path) -> None:
    path = tmp_path / "n.onnx"
    path.write_bytes(OURS.read_bytes())
    sessions = Sessions(path)
    path.write_bytes(b"another release, half copied")
    assert sessions.run(noise(256, 416))[0].shape[2] == 32 * 52 + 16 * 26 + 8 * 13


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "n.onnx").write_bytes(b"no network")
    with pytest.raises(ModelFileError, match=r"n\.onnx: ONNX Runtime cannot load it"):
        Sessions(tmp_path / "n.onnx")
