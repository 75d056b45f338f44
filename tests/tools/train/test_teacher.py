"""What teachers say of every cell; needs torch: `make test-train`, and the reference detectors."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, shape_inference
from onnx.utils import Extractor

torch = pytest.importorskip("torch", reason="torch is in the training environment: make test-train")

from torch import Tensor  # noqa: E402

from edge.models.pictures import read_picture  # noqa: E402
from edge.video.picture import Picture  # noqa: E402
from edge.vision.boxes import iou  # noqa: E402
from edge.vision.card import MODELS, find_card  # noqa: E402
from edge.vision.detector import OnnxDetector  # noqa: E402
from tools.bench.footage import DATA  # noqa: E402
from tools.train.feed import SQUARE, batch_of  # noqa: E402
from tools.train.graph import Graph  # noqa: E402
from tools.train.labels import FIRE, PERSON, SMOKE  # noqa: E402
from tools.train.loop import overlaid, step  # noqa: E402
from tools.train.loss import loss_of, nothing_known, taught  # noqa: E402
from tools.train.network import Network, Shape, cells  # noqa: E402
from tools.train.sources import frames  # noqa: E402
from tools.train.teacher import TEACHERS, Lesson, Teacher, Teachers  # noqa: E402

torch.set_num_threads(1)

WEIGHTS = DATA / "weights"
PLAZA = DATA / "clips" / "plaza.mp4"
here = pytest.mark.skipif(not WEIGHTS.is_dir(), reason=f"{WEIGHTS} is not here: it holds the reference detectors")
SMALL = Shape(stem=8, stages=(8, 16, 16, 16), depth=(0, 1, 1, 1), scales=(16, 16, 16))


def teachers() -> Teachers:
    return Teachers([WEIGHTS / f"{name}.onnx" for name in TEACHERS])


def a_plaza(into: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """A picture of one, as large as a square input (H, W, 3) BGR."""
    path = list(frames(PLAZA, 1.0, into))[3]
    return np.asarray(cv2.resize(read_picture(path, ""), (416, 416)), np.uint8)


@here
@pytest.mark.parametrize("name", TEACHERS)
def test_a_graph_says_what_onnx_runtime_says(name: str) -> None:
    path, maps = WEIGHTS / f"{name}.onnx", TEACHERS[name][0]
    whole = shape_inference.infer_shapes(onnx.load(str(path)))
    part = Extractor(whole).extract_model([whole.graph.input[0].name], list(maps))
    pictures = np.random.default_rng(1).random((1, 3, 416, 416), np.float32)
    session = onnxruntime.InferenceSession(part.SerializeToString(), providers=["CPUExecutionProvider"])
    expected = session.run(None, {whole.graph.input[0].name: pictures})
    for ours, theirs in zip(Graph(path, maps)(torch.from_numpy(pictures)), expected, strict=True):
        assert np.abs(ours.numpy() - theirs).max() < 1e-3


@here
@pytest.mark.parametrize("name", TEACHERS)
def test_a_teacher_sees_who_the_detector_finds_where_it_finds_him(name: str, tmp_path: Path) -> None:
    bgr = a_plaza(tmp_path)
    found = OnnxDetector(*find_card(WEIGHTS / f"{name}.onnx", MODELS)).detect(Picture.of_array(bgr))
    people = [n for n, label in enumerate(found.labels) if label == "person"]
    assert people
    pictures = torch.from_numpy(np.ascontiguousarray(bgr[..., ::-1].transpose(2, 0, 1)))[None].float() / 255
    seen = Teacher(WEIGHTS / f"{name}.onnx")(pictures)
    for number in people:
        overlap = iou(416 * found.boxes[[number]], seen.boxes[0].T.numpy())[0]
        assert seen.scores[0, PERSON].numpy()[overlap > 0.9].max() == pytest.approx(found.scores[number], abs=0.05)


@here
def test_teachers_take_batches_of_any_shape_and_are_silent_of_what_they_do_not_know() -> None:
    for height, width in ((64, 96), (SQUARE.height, SQUARE.width)):
        lesson = teachers()(torch.rand(2, 3, height, width))
        assert lesson.scores.shape == (2, len(cells(height, width)[1]), 9)
        assert lesson.boxes.shape == (2, len(cells(height, width)[1]), 4)
    assert not lesson.known[[FIRE, SMOKE]].any()
    assert lesson.known.sum() == 7


@here
def test_what_teachers_say_is_part_of_the_loss_of_a_step() -> None:
    torch.manual_seed(1)
    network = Network(SMALL)
    nobody = [np.zeros((0, 6), np.float32)] * 2
    batch = batch_of([np.full((64, 96, 3), 90, np.uint8)] * 2, nobody)
    alone, together = (step(network, batch, torch.device("cpu"), by) for by in (None, teachers()))
    assert together.total.item() > alone.total.item()


def test_a_file_with_an_operation_that_no_teacher_needs_is_named(tmp_path: Path) -> None:
    sides = ("x", TensorProto.FLOAT, [1, 3, 64, 64])
    node = helper.make_node("Erf", ["x"], ["y"])
    graph = helper.make_graph([node], "odd", [helper.make_tensor_value_info(*sides)], [])
    onnx.save(helper.make_model(graph), tmp_path / "odd.onnx")
    with pytest.raises(ValueError, match=r"odd\.onnx: Erf is no operation"):
        Graph(tmp_path / "odd.onnx", ["y"])


def lesson_of(scores: Tensor, boxes: Tensor, known: int = 9) -> Lesson:
    return Lesson(scores, boxes, torch.arange(9) < known)


def test_a_network_that_says_what_its_teachers_say_has_nothing_to_learn() -> None:
    logits = torch.randn(2, 50, 9, requires_grad=True)
    boxes = torch.tensor([10.0, 10, 30, 50]).expand(2, 50, 4)
    loss = taught(logits, boxes, torch.zeros(2, 50, 9), lesson_of(logits.detach().sigmoid(), boxes))
    loss.total.backward()
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-6
    assert loss.boxes.item() == pytest.approx(0, abs=1e-5)


def test_teachers_are_not_heard_of_what_they_do_not_know_nor_of_what_is_known_better() -> None:
    logits = torch.zeros(1, 4, 9, requires_grad=True)
    boxes = torch.tensor([0.0, 0, 8, 8]).expand(1, 4, 4)
    wanted = torch.zeros(1, 4, 9)
    wanted[0, 2, PERSON] = 0.9  # somebody lies there, of whom they see little
    scores = torch.full((1, 4, 9), 0.2)
    taught(logits, boxes, wanted, lesson_of(scores, boxes, known=7)).scores.backward()
    assert logits.grad is not None
    heard = logits.grad[0] != 0
    assert not heard[:, 7:].any()
    assert not heard[2, PERSON]
    assert heard[:, :7].sum() == 4 * 7 - 1


def test_of_pictures_laid_over_one_another_only_teachers_say_anything() -> None:
    pictures = torch.rand(3, 3, 64, 96)
    raw = torch.randn(3, 13, len(cells(64, 96)[1]))
    assert loss_of(raw, *cells(64, 96), nothing_known(pictures)).total.item() == 0
    mixed = overlaid(pictures)
    assert torch.equal(mixed[0], pictures[0])
    assert torch.allclose(mixed[1], (pictures[0] + pictures[1]) / 2)
    assert torch.equal(mixed[2], pictures[1])
