"""`shouwang-edge models import` as a person meets it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge.vision.card import DEFAULT, MODELS, Fit, load_card
from edge.vision.detector import OnnxDetector
from tests.edge.command import Command, Ended
from tests.edge.models.sets import save_picture
from tests.edge.vision.networks import save_constant_network, save_open_network

SQUARE = (1, 3, 64, 64)


@pytest.fixture
def take(command: Command, tmp_path: Path) -> Callable[..., Ended]:
    """Runs `models import` on a network that always answers with these arrays."""

    def run(outputs: Sequence[NDArray[np.float32]], *options: object, shape: Sequence[int] = SQUARE) -> Ended:
        save_constant_network(tmp_path / "mine.onnx", outputs, shape)
        return command("models", "import", tmp_path / "mine.onnx", *options)

    return run


def labels(folder: Path, *names: str) -> Path:
    path = folder / "labels.txt"
    path.write_text("\n".join(names), "utf-8")
    return path


def sure_of(number: int, classes: int) -> NDArray[np.float32]:
    """A YOLO table for 64×64 in which one cell is sure of a class, at the edge of the picture where nothing is."""
    table = np.zeros((1, 4 + classes, 84), np.float32)
    table[0, :4, 0] = [2, 20, 3, 3]
    table[0, 4 + number, 0] = 0.9
    return table


@pytest.mark.parametrize("model", ["yolox_nano_416", "picodet_s_416", "yolo11n_320", "yolo11n_320_int8", "yolo26n_640"])
def test_a_real_model_gets_the_card_that_people_wrote_by_hand(
    command: Command, shared_data: Path, tmp_path: Path, model: str
) -> None:
    ended, said, _ = command("models", "import", shared_data / f"weights/{model}.onnx", "--to", tmp_path)
    assert ended == 0
    assert "found 17 of 17 people and cars in 7 known pictures" in said
    made, written = load_card(tmp_path / f"{model}.yaml"), load_card(MODELS / f"{model.removesuffix('_int8')}.yaml")
    assert made.input == written.input
    assert (made.format, made.labels, made.strides) == (written.format, written.labels, written.strides)
    assert made.sha256 == written.sha256 or model.endswith("_int8")
    stated = written.licence if written.licence.startswith("AGPL") else "NOASSERTION"
    assert made.licence == stated, "YOLOX and PicoDet files state none, so none is believed"
    OnnxDetector(made, tmp_path / made.file)


def test_a_model_that_never_finds_anything_is_refused(command: Command, shared_data: Path, tmp_path: Path) -> None:
    broken = shared_data / "weights/yolo11n_pose_640_int8_broken.onnx"
    ended, _, complaint = command("models", "import", broken, "--to", tmp_path)
    assert ended == 5
    assert "never finds anything: its highest score on 7 known pictures is 0.000" in complaint
    assert "export it in float32" in complaint
    assert list(tmp_path.iterdir()) == []


def test_how_pictures_are_shown_is_found_by_trying(command: Command, shared_data: Path, tmp_path: Path) -> None:
    model = onnx.load(shared_data / "weights/yolox_nano_416.onnx")
    model.graph.initializer.append(numpy_helper.from_array(np.array(255, np.float32), "most"))
    model.graph.node.insert(0, helper.make_node("Mul", ["images", "most"], ["unscaled"]))
    for node in list(model.graph.node)[1:]:
        node.input[:] = ["unscaled" if name == "images" else name for name in node.input]
    onnx.save(model, str(tmp_path / "other.onnx"))
    ended, said, _ = command("models", "import", tmp_path / "other.onnx")
    assert ended == 0
    assert "assumed: pictures are shown in the way that found most: " in said
    card = load_card(tmp_path / "other.yaml")
    assert card.input.scale == pytest.approx(1 / 255), "this one wants 0..1, unlike others of its form"
    assert card.input.colour == "bgr"


def test_a_model_of_other_things_is_taken_and_said_to_be_unproved(take: Callable[..., Ended], tmp_path: Path) -> None:
    names = labels(tmp_path, "Fire", "Smoke cloud")
    ended, said, _ = take([sure_of(0, 2)], "--labels", names, "--licence", "MIT", "--name", "fire-1")
    assert ended == 0
    assert "it knows neither people nor cars, so whether its boxes are right is not proved" in said
    card = load_card(tmp_path / "mine.yaml")
    assert (card.name, card.licence, card.labels) == ("fire-1", "MIT", ("fire", "smoke_cloud"))
    assert (card.format, card.input.fit) == ("yolo", Fit.LETTERBOX_CENTRED)


def test_what_was_found_out_is_told_in_chinese_too(
    take: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_LANGUAGE", "zh")
    ended, said, _ = take([sure_of(0, 2)], "--labels", labels(tmp_path, "fire", "smoke"))
    assert ended == 0
    assert said.splitlines() == [
        f"{tmp_path}/mine.yaml：yolo，64×64，2 个类别，许可证 NOASSERTION",
        "在 7 张已知图片上的最高得分是 0.90；它不认识人，也不认识汽车，因此方框是否正确尚未验证",
        "假定：许可证：文件没有写明，因此记为 NOASSERTION；如果您知道，请用 --licence 指明（SPDX）",
        "假定：图片按 yolo 的常用方式输入：letterbox_centred，rgb，0..1",
        f"阈值 0.3 是 yolo 的常用值；您可以实测：shouwang-edge models eval {tmp_path}/mine.yaml SET",
    ]
    assert (tmp_path / "mine.yaml").read_text("utf-8").isascii(), "what is written is the same in every language"


def test_a_model_that_finds_nobody_of_those_in_view_is_refused(take: Callable[..., Ended], tmp_path: Path) -> None:
    ended, _, complaint = take([sure_of(0, 2)], "--labels", labels(tmp_path, "person", "fire"))
    assert ended == 5
    assert "finds none of the 15 people and cars that are plain in 7 known pictures" in complaint
    assert not (tmp_path / "mine.yaml").exists()


def test_the_users_own_pictures_are_shown_as_well(take: Callable[..., Ended], tmp_path: Path) -> None:
    save_picture(tmp_path / "own.png")
    fire = labels(tmp_path, "fire", "smoke")
    _, said, _ = take([sure_of(0, 2)], "--labels", fire, "--picture", tmp_path / "own.png")
    assert "on 8 known pictures" in said
    ended, _, complaint = take([sure_of(0, 2)], "--labels", fire, "--picture", fire, "--replace")
    assert (ended, f"{fire}: is no picture that can be read" in complaint) == (3, True)


@pytest.mark.parametrize(
    ("outputs", "text"),
    [
        ([np.zeros((1, 1000))], "outputs (1, 1000) fit no form of detector that the edge knows: yolox (1, cells, 5 +"),
        ([np.zeros((1, 300, 7))], "outputs (1, 300, 7) fit no form of detector"),
        ([np.zeros((1, 6, 84))], "has 2 classes and no names for them; write them into a file"),
    ],
)
def test_what_is_no_detector_or_has_no_names_is_refused(
    take: Callable[..., Ended], tmp_path: Path, outputs: list[NDArray[np.float32]], text: str
) -> None:
    ended, _, complaint = take(outputs)
    assert (ended, "Traceback" in complaint) == (5, False)
    assert f"{tmp_path}/mine.onnx: {text}" in complaint
    assert not (tmp_path / "mine.yaml").exists()


def test_outputs_of_open_size_are_known_by_what_comes_out(command: Command, tmp_path: Path) -> None:
    path = save_open_network(tmp_path / "five.onnx", np.zeros((1, 252, 7), np.float32))
    ended, _, complaint = command("models", "import", path, "--labels", labels(tmp_path, "fire", "smoke"))
    assert ended == 5
    assert "five.onnx: outputs (1, 252, 7) fit no form of detector" in complaint


def test_a_network_that_leaves_every_size_open_is_taken(command: Command, tmp_path: Path) -> None:
    ours = load_card(MODELS / DEFAULT)
    names = labels(tmp_path, *ours.labels)
    options = ("--labels", names, "--to", tmp_path, "--size")
    ended, _, complaint = command("models", "import", MODELS / ours.file, *options, "100x100")
    assert (ended, "cannot take a picture [1, 3, 100, 100]: " in complaint) == (5, True)
    ended, said, _ = command("models", "import", MODELS / ours.file, *options, "416x256")
    assert (ended, "this file is «shouwang_416» of the list" in said) == (0, True)
    assert load_card(tmp_path / DEFAULT).format == "yolo"


def test_one_side_that_the_file_states_is_believed_where_the_other_is_open(command: Command, tmp_path: Path) -> None:
    model = onnx.load(save_constant_network(tmp_path / "mine.onnx", [sure_of(0, 2)]))
    model.graph.input[0].type.tensor_type.shape.dim[3].dim_param = "width"
    helper.set_model_props(model, {"imgsz": "[32, 64]", "names": "['fire', 'smoke']"})
    onnx.save(model, str(tmp_path / "mine.onnx"))
    ended, _, complaint = command("models", "import", tmp_path / "mine.onnx")
    assert ended == 0, complaint
    assert (load_card(tmp_path / "mine.yaml").input.width, load_card(tmp_path / "mine.yaml").input.height) == (64, 64)


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        (json.dumps({str(n): f"thing {n}" for n in range(12)}), tuple(f"thing_{n}" for n in range(12))),
        ("{0: 'a', 'b': 1}", None),
        ("{[]: 1}", None),
    ],
)
def test_names_in_the_metadata_are_taken_in_the_order_of_their_numbers(
    command: Command, tmp_path: Path, stated: str, names: tuple[str, ...] | None
) -> None:
    model = onnx.load(save_constant_network(tmp_path / "mine.onnx", [sure_of(0, 12)]))
    helper.set_model_props(model, {"names": stated})
    onnx.save(model, str(tmp_path / "mine.onnx"))
    ended, _, complaint = command("models", "import", tmp_path / "mine.onnx")
    if names is None:
        assert (ended, "has 12 classes and no names for them" in complaint) == (5, True)
    else:
        assert (ended, load_card(tmp_path / "mine.yaml").labels) == (0, names)


@pytest.mark.parametrize(
    ("name", "text"),
    [("names.txt", "\ufefffire\nsmoke\n"), ("names.yaml", "names: {0: fire, '1': smoke}\n")],
)
def test_names_are_read_as_editors_and_programs_write_them(
    take: Callable[..., Ended], tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert take([sure_of(0, 2)], "--labels", tmp_path / name)[0] == 0
    assert load_card(tmp_path / "mine.yaml").labels == ("fire", "smoke")


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (["--labels", "three.txt"], 5, "mine.onnx --labels: 3 names (a, b, c), but the outputs have 2 classes"),
        (["--labels", "nowhere.txt"], 5, "nowhere.txt: cannot be read as labels"),
        (["--labels", "date.yaml"], 5, "date.yaml: cannot be read as labels (day is out of range for month)"),
        (["--labels", "none.yaml"], 5, "none.yaml: holds no class names; write one on each line"),
        (["--labels", "two.txt", "--name", "My Model"], 5, "mine.onnx name: String should match pattern"),
        (["--labels", "two.txt", "--size", "big"], 2, "«big» is no size; write for example 640x384"),
        (["--labels", "two.txt", "--size", "640x640"], 5, "mine.onnx --size: 640x640, but its input is 64x64"),
    ],
)
def test_what_the_user_says_wrongly_is_named(
    take: Callable[..., Ended],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    code: int,
    text: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("three.txt").write_text("a\nb\nc\n", "utf-8")
    Path("two.txt").write_text("a\nb\n", "utf-8")
    Path("none.yaml").write_text("names: []", "utf-8")
    Path("date.yaml").write_text("names: [a, b]\nmade: 2024-02-30", "utf-8")
    ended, _, complaint = take([sure_of(0, 2)], *options)
    assert ended == code
    assert text in " ".join(complaint.replace("│", " ").split())
    assert not Path("mine.yaml").exists()


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("mine.onnx", b"no network", "mine.onnx: ONNX Runtime cannot load it"),
        ("mine.onnx", b"", "mine.onnx: ONNX Runtime cannot load it"),
        ("mine.pt", b"weights", "mine.pt: is PyTorch weights; make ONNX of it: shouwang-edge models export"),
        ("mine.onnx", None, "mine.onnx: is not here"),
    ],
)
def test_a_file_that_is_no_network_is_named(
    command: Command, tmp_path: Path, name: str, content: bytes | None, text: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ended, _, complaint = command("models", "import", tmp_path / name)
    assert (ended, text in complaint) == (5, True), complaint
    assert not (tmp_path / "mine.yaml").exists()


@pytest.mark.parametrize(
    ("kind", "shapes", "text"),
    [
        (TensorProto.FLOAT16, [[1, 3, 64, 64]], "«in0» holds tensor(float16), the edge reads and writes tensor(float)"),
        (TensorProto.FLOAT, [[1, 3, 64, 64], [1, 2]], "has 2 inputs (in0, in1); a detector has one, the picture"),
        (TensorProto.FLOAT, [[1, 64, 64]], "input is [1, 64, 64] (0: free); expected one picture, [1, 3, height"),
        (TensorProto.FLOAT, [[4, 3, 64, 64]], "input is [4, 3, 64, 64] (0: free); expected one picture"),
    ],
)
def test_inputs_that_are_no_picture_are_refused(
    command: Command, tmp_path: Path, kind: int, shapes: list[list[int]], text: str
) -> None:
    inputs = [helper.make_tensor_value_info(f"in{n}", kind, shape) for n, shape in enumerate(shapes)]
    outputs = [helper.make_tensor_value_info(f"out{n}", kind, shape) for n, shape in enumerate(shapes)]
    nodes = [helper.make_node("Relu", [f"in{n}"], [f"out{n}"]) for n in range(len(shapes))]
    model = helper.make_model(
        helper.make_graph(nodes, "g", inputs, outputs), opset_imports=[helper.make_opsetid("", 14)]
    )
    model.ir_version = 8
    onnx.save(model, str(tmp_path / "mine.onnx"))
    ended, _, complaint = command("models", "import", tmp_path / "mine.onnx")
    assert (ended, text in complaint) == (5, True), complaint


def test_a_card_that_is_there_is_not_written_over_unasked(take: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("precious", "utf-8")
    fire = labels(tmp_path, "fire", "smoke")
    ended, _, complaint = take([sure_of(0, 2)], "--labels", fire)
    assert (
        ended,
        "mine.yaml: is there already; use it, choose another place with --to, or write over it: --replace" in complaint,
    ) == (
        10,
        True,
    )
    assert (tmp_path / "mine.yaml").read_text("utf-8") == "precious"
    assert take([sure_of(0, 2)], "--labels", fire, "--replace")[0] == 0


def test_a_file_of_that_name_elsewhere_is_not_written_over(take: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "mine.onnx").write_bytes(b"precious")
    ended, _, complaint = take([sure_of(0, 2)], "--labels", labels(tmp_path, "a", "b"), "--to", tmp_path / "to")
    assert (ended, "to/mine.onnx: is there already" in complaint) == (10, True)
    assert (tmp_path / "to" / "mine.onnx").read_bytes() == b"precious"


def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(
    take: Callable[..., Ended], tmp_path: Path
) -> None:
    fire = labels(tmp_path, "fire", "smoke")
    ended, _, complaint = take([sure_of(0, 2)], "--labels", fire, "--to", "/proc/nowhere")
    assert (ended, "/proc/nowhere/mine.onnx: cannot be written (" in complaint) == (10, True)
