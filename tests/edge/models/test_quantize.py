"""`shouwang-edge models quantize` as a person meets it."""

import sys
from pathlib import Path

import onnx
import pytest

from edge.models.comparing import make_smaller
from edge.models.frames import read_frames
from edge.vision.card import MODELS, find_card, load_card
from edge.vision.detector import OnnxDetector
from tests.conftest import REPOSITORY
from tests.edge.command import Command
from tests.edge.models.sets import save_picture
from tests.edge.models.small_network import save_small_network

QUARTER = (0, 0, 160, 120)
"""The upper left one of a picture of 320×240."""
LABEL = "0 0.25 0.25 0.5 0.5\n"


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """Pictures with a bright quarter, and dark ones."""
    for number in range(8):
        save_picture(tmp_path / "frames" / "images" / f"{number}.png", QUARTER if number % 4 < 2 else None)
        (tmp_path / "frames" / "labels").mkdir(exist_ok=True)
        label = LABEL if number % 4 < 2 else ""
        (tmp_path / "frames" / "labels" / f"{number}.txt").write_text(label, "utf-8")
    (tmp_path / "frames" / "classes.yaml").write_text("names: [person]", "utf-8")
    return tmp_path / "frames"


def test_the_copy_finds_what_the_model_finds_and_says_what_it_costs(
    command: Command, frames: Path, tmp_path: Path
) -> None:
    model = save_small_network(tmp_path)
    code, said, _ = command("models", "quantize", model, "--frames", frames, "--set", frames)
    assert code == 0
    assert "on 4 frames it finds 2 of the 2 things that the float32 model is sure of, and 0 others" in said
    assert "great loss" not in said
    row = next(line for line in said.splitlines() if "AP50 person" in line)
    assert ("1.000" in row, "+0.000" in row) == (True, True)
    assert "times as fast" in said
    assert "licence Apache-2.0; use it with --model" in said
    made = load_card(tmp_path / "small_int8.yaml")
    assert made.measured[0].value == 1.0
    assert [timing.threads for timing in made.speed] == [1, 2]
    assert "4 frames, from sha256" in made.source
    OnnxDetector(made, tmp_path / made.file)


def test_what_it_costs_is_told_in_chinese_too_and_the_card_stays_english(
    command: Command, frames: Path, tmp_path: Path
) -> None:
    model = save_small_network(tmp_path)
    code, said, _ = command("models", "quantize", model, "--frames", frames, "--set", frames, "--language", "zh")
    assert code == 0
    for text in ("│ 文件", "│ 1 个线程", "│ 2 个线程", "速度是原来的 ", "│ AP50 平均，"):
        assert text in said
    assert "在 4 帧画面上，float32 模型确信的 2 个目标中它检测到 2 个，此外多检测出 0 个\n" in said
    assert said.endswith(f"许可证 Apache-2.0；使用时加上 --model {tmp_path}/small_int8.yaml\n")
    assert (tmp_path / "small_int8.yaml").read_text("utf-8").isascii()


def test_the_last_convolutions_stay_as_they_are(frames: Path, tmp_path: Path) -> None:
    card, weights = find_card(save_small_network(tmp_path, opset=11), MODELS)
    make_smaller(card, weights, read_frames(frames, 8), tmp_path)
    model = onnx.load(tmp_path / "small_int8.onnx")
    assert model.opset_import[0].version >= 13
    of = {node.name: node for node in model.graph.node}
    maker = {name: node.op_type for node in model.graph.node for name in node.output}
    quantised = {name for name, node in of.items() if node.op_type == "Conv" and maker.get(node.input[1])}
    assert quantised == {"first", "second"}


def test_nodes_without_a_name_are_made_small_too(frames: Path, tmp_path: Path) -> None:
    card, weights = find_card(save_small_network(tmp_path, named=False), MODELS)
    make_smaller(card, weights, read_frames(frames, 8), tmp_path)
    model = onnx.load(tmp_path / "small_int8.onnx")
    maker = {name: node.op_type for node in model.graph.node for name in node.output}
    quantised = [node for node in model.graph.node if node.op_type == "Conv" and maker.get(node.input[1])]
    assert len(quantised) == 2


def test_a_copy_that_finds_nothing_is_not_kept(command: Command, frames: Path, tmp_path: Path) -> None:
    model = save_small_network(tmp_path, drowned=True)
    before = set(tmp_path.rglob("*"))
    code, _, complaint = command("models", "quantize", model, "--frames", frames)
    assert code == 5
    assert "in int8 it finds none of the 2 things it finds in float32, so nothing was kept" in complaint
    assert set(tmp_path.rglob("*")) == before


def test_without_the_package_one_sentence_names_the_extra(
    command: Command, frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = save_small_network(tmp_path)
    before = set(tmp_path.rglob("*"))
    monkeypatch.setitem(sys.modules, "onnx", None)
    code, _, complaint = command("models", "quantize", model, "--frames", frames)
    assert code == 11
    assert complaint.startswith("quantising needs the package onnx, which is not installed: pip install onnx (extra ")
    assert set(tmp_path.rglob("*")) == before


def test_what_is_quantised_already_is_refused(command: Command, frames: Path, tmp_path: Path) -> None:
    command("models", "quantize", save_small_network(tmp_path), "--frames", frames)
    code, _, complaint = command("models", "quantize", tmp_path / "small_int8.yaml", "--frames", frames)
    assert (code, "small_int8.onnx: is quantised already (DequantizeLinear" in complaint) == (5, True)


def test_nothing_is_written_over_unasked(command: Command, frames: Path, tmp_path: Path) -> None:
    model = save_small_network(tmp_path)
    (tmp_path / "small_int8.onnx").write_bytes(b"precious")
    code, _, complaint = command("models", "quantize", model, "--frames", frames)
    assert (code, "small_int8.onnx: is there already" in complaint) == (10, True)
    assert (tmp_path / "small_int8.onnx").read_bytes() == b"precious"
    assert command("models", "quantize", model, "--frames", frames, "--replace")[0] == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nowhere", "nowhere: is not here; name a folder of pictures or clips, or a clip"),
        ("labels", "labels: holds no picture and no clip (.avi, .bmp,"),
        ("bad.mp4", "bad.mp4: cannot be read as a video ("),
        ("bad.png", "bad.png: is no picture that can be read"),
    ],
)
def test_frames_that_cannot_be_used_are_named(
    command: Command, frames: Path, tmp_path: Path, name: str, text: str
) -> None:
    (frames / "bad.mp4").write_bytes(b"\0" * 100)
    (frames / "bad.png").write_bytes(b"no picture")
    code, _, complaint = command("models", "quantize", save_small_network(tmp_path), "--frames", frames / name)
    assert (code, text in complaint, "Traceback" in complaint) == (3, True, False), complaint


def test_frames_come_evenly_from_pictures_and_clips(frames: Path) -> None:
    assert len(read_frames(frames, 4)) == 4
    assert len(read_frames(frames, 100)) == 8
    clip = REPOSITORY / "footage" / "crowd.mp4"
    assert len(read_frames(clip, 5)) == 5
    (frames / "clip.mp4").write_bytes(clip.read_bytes())
    found = read_frames(frames, 6)
    assert [(picture.width, picture.height) for picture in found] == [(320, 240)] * 3 + [(640, 360)] * 3


def test_the_smallest_networks_take_some_time_too(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.models.comparing.inference_ms", lambda *_: {1: 0.0412, 2: 18.43})
    card, weights = find_card(save_small_network(tmp_path), MODELS)
    made = load_card(make_smaller(card, weights, read_frames(frames, 8), tmp_path).card_path)
    assert [timing.ms for timing in made.speed] == [0.0412, 18.4]


def test_a_real_model_keeps_most_of_what_it_finds(shared_data: Path, tmp_path: Path) -> None:
    card, weights = find_card(shared_data / "weights/yolox_nano_416.onnx", MODELS)
    frames = read_frames(REPOSITORY / "footage" / "crowd.mp4", 8)
    compared = make_smaller(card, weights, frames, tmp_path)
    assert compared.after.megabytes < 0.4 * compared.before.megabytes
    assert compared.agreement.kept > 0.6 * compared.agreement.boxes
