"""A network opened for the sizes it is shown."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge.vision.card import MODELS
from edge.vision.errors import ModelFileError
from edge.vision.sessions import Sessions, open_session
from tests.conftest import REPOSITORY

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


def test_weights_in_a_second_file_are_refused_for_no_hash_is_known_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weight = numpy_helper.from_array(np.ones((3, 3, 16, 16), np.float32), "weight")
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 64, 64])
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 3, 49, 49])
    node = helper.make_node("Conv", ["images", "weight"], ["output0"])
    model = helper.make_model(helper.make_graph([node], "g", [images], [output], [weight]), ir_version=8)
    monkeypatch.chdir(tmp_path)
    onnx.save(model, "n.onnx", save_as_external_data=True, location="n.onnx.data")
    assert Path("n.onnx.data").is_file()
    with pytest.raises(ModelFileError, match=r"n\.onnx: keeps its weights in a second file"):
        Sessions(Path("n.onnx"))


def test_onnx_runtime_keeps_and_sends_no_reports_of_what_it_runs(tmp_path: Path) -> None:
    code = "from edge.cli import MODELS, OnnxDetector, find_card; OnnxDetector(*find_card(None, MODELS))"
    own = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    others = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", code], check=True, env=others | own, cwd=REPOSITORY)
    assert list(tmp_path.rglob("*")) == [], "its reports wait there until they can be sent"


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "n.onnx").write_bytes(b"no network")
    with pytest.raises(ModelFileError, match=r"n\.onnx: ONNX Runtime cannot load it"):
        Sessions(tmp_path / "n.onnx")
