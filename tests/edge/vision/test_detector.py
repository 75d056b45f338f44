import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.video.picture import Picture
from edge.vision.canvas import place
from edge.vision.card import MODELS, Fit, InputCard, find_card
from edge.vision.detector import OnnxDetector
from edge.vision.errors import CardError, ModelFileError, ModelShapeError, ProviderError
from tests.edge.vision.networks import (
    LABELS,
    card,
    save_brightness_network,
    save_constant_network,
    save_open_network,
)

PICTURE = Picture.of_array(np.zeros((100, 200, 3), np.uint8))
"""Twice as wide as high: in a square input of 64 it covers 64 x 32, centred from row 16."""


def rows(*boxes: list[float]) -> np.ndarray:
    return np.array([boxes], np.float32)


def test_an_end_to_end_box_comes_back_to_the_picture(tmp_path: Path) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [rows([16, 24, 32, 40, 0.9, 2], [0, 16, 64, 48, 0.6, 0])])
    found = OnnxDetector(card(path, "end_to_end"), path).detect(PICTURE)
    assert found.labels == ("car", "person")
    assert found.boxes == pytest.approx(np.array([[0.25, 0.25, 0.5, 0.75], [0, 0, 1, 1]]))
    assert found.scores == pytest.approx([0.9, 0.6])


def test_what_a_network_sees_in_the_margins_beside_the_picture_is_nothing(tmp_path: Path) -> None:
    margin, partly = [8, 2, 30, 14, 0.9, 0], [8, 2, 30, 32, 0.6, 0]
    path = save_constant_network(tmp_path / "n.onnx", [rows(margin, partly)])
    found = OnnxDetector(card(path, "end_to_end"), path).detect(PICTURE)
    assert found.scores.tolist() == pytest.approx([0.6])
    assert found.boxes[0].tolist() == pytest.approx([8 / 64, 0, 30 / 64, 0.5])


@pytest.mark.parametrize("form", ["end_to_end", "yolox"])
def test_a_detector_that_is_to_look_for_nothing_finds_nothing(tmp_path: Path, form: str) -> None:
    outputs = {"end_to_end": rows([16, 24, 32, 40, 0.9, 2]), "yolox": np.ones((1, 4, 8), np.float32)}
    path = save_constant_network(tmp_path / "n.onnx", [outputs[form]])
    assert OnnxDetector(card(path, form), path, only=()).detect(PICTURE).labels == ()


def test_a_yolox_cell_is_decoded_by_its_grid_and_stride(tmp_path: Path) -> None:
    cells = np.full((1, 4, 8), -20, np.float32)
    cells[0, :, 4:] = 0
    cells[0, 3] = [0.0, -0.5, np.log(0.5), np.log(0.25), 0.8, 0, 1.0, 0]  # cell (1, 1): centre (32, 16)
    path = save_constant_network(tmp_path / "n.onnx", [cells])
    found = OnnxDetector(card(path, "yolox", Fit.STRETCH), path).detect(PICTURE)
    assert found.labels == ("bicycle",)
    assert found.boxes == pytest.approx(np.array([[24, 12, 40, 20]]) / 64)
    assert found.scores == pytest.approx([0.8])


def test_a_yolox_box_of_a_broken_network_does_not_overflow(tmp_path: Path) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [np.full((1, 4, 8), 100, np.float32)])
    assert OnnxDetector(card(path, "yolox", Fit.STRETCH), path).detect(PICTURE).boxes.tolist() == [[0, 0, 1, 1]]


def test_a_yolo_column_is_decoded_and_overlapping_ones_are_suppressed(tmp_path: Path) -> None:
    table = np.zeros((1, 7, 4), np.float32)
    table[0, :, 1] = [32, 32, 16, 16, 0.7, 0, 0]
    table[0, :, 2] = [33, 32, 16, 16, 0.9, 0, 0]
    table[0, :, 3] = [32, 32, 16, 16, 0, 0.6, 0]
    path = save_constant_network(tmp_path / "n.onnx", [table])
    found = OnnxDetector(card(path, "yolo", Fit.STRETCH), path).detect(PICTURE)
    assert found.labels == ("person",), "the second person and the bicycle in the same place are the same thing"
    assert found.scores == pytest.approx([0.9])


def test_picodet_distances_are_the_means_of_their_distributions(tmp_path: Path) -> None:
    scores, sides = np.zeros((1, 4, 3), np.float32), np.full((1, 4, 32), -50, np.float32)
    scores[0, 0, 2] = 0.75
    for side, strides in enumerate((0, 0, 1, 2)):  # left, top, right, bottom from the first cell's centre (16, 16)
        sides[0, 0, side * 8 + strides] = 50
    path = save_constant_network(tmp_path / "n.onnx", [scores, sides])
    found = OnnxDetector(card(path, "picodet", Fit.STRETCH), path).detect(PICTURE)
    assert found.labels == ("car",)
    assert found.boxes == pytest.approx(np.array([[16, 16, 48, 64]]) / 64, abs=1e-5)


def test_a_transformers_query_is_a_box_in_shares_of_the_input_with_a_logit(tmp_path: Path) -> None:
    logits, boxes = np.full((1, 2, 3), -9, np.float32), np.zeros((1, 2, 4), np.float32)
    logits[0, 1, 2] = np.log(0.8 / 0.2)
    boxes[0, 1] = [0.5, 0.25, 0.5, 0.25]
    path = save_constant_network(tmp_path / "n.onnx", [logits, boxes])
    found = OnnxDetector(card(path, "detr", Fit.STRETCH), path).detect(PICTURE)
    assert found.labels == ("car",)
    assert found.boxes == pytest.approx(np.array([[0.25, 0.125, 0.75, 0.375]]))
    assert found.scores == pytest.approx([0.8])


def test_a_pose_models_key_points_are_no_classes(tmp_path: Path) -> None:
    table = np.zeros((1, 7 + 6, 4), np.float32)
    table[0, :7, 1] = [32, 32, 16, 16, 0, 0.7, 0]
    table[0, 7:, 1] = 60
    path = save_constant_network(tmp_path / "n.onnx", [table])
    found = OnnxDetector(card(path, "yolo_pose", Fit.STRETCH), path).detect(PICTURE)
    assert found.labels == ("bicycle",)
    assert found.boxes == pytest.approx(np.array([[24, 24, 40, 40]]) / 64)


@given(st.integers(1, 4000), st.integers(1, 4000), st.sampled_from(Fit))
def test_every_picture_lies_within_the_input(width: int, height: int, fit: Fit) -> None:
    spot = place(width, height, InputCard(width=416, height=320, fit=fit))
    assert spot.left >= 0
    assert spot.top >= 0
    assert spot.left + spot.width <= 416
    assert spot.top + spot.height <= 320
    assert min(spot.width, spot.height) >= 1


def test_a_picture_that_is_a_mere_line_is_looked_at(tmp_path: Path) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [rows([31, 0, 33, 32, 0.9, 0])])
    detector = OnnxDetector(card(path, "end_to_end"), path)
    assert detector.detect(Picture.of_array(np.zeros((4000, 1, 3), np.uint8))).labels == ("person",)


@pytest.mark.parametrize(
    ("size", "input_size"), [((640, 360), (256, 160)), ((640, 480), (224, 192)), ((90, 160), (224, 192))]
)
def test_of_several_input_sizes_the_one_that_shows_a_picture_largest_is_used(
    tmp_path: Path, size: tuple[int, int], input_size: tuple[int, int]
) -> None:
    shown = InputCard(width=256, height=160, other_sizes=((224, 192),), fill=0)
    detector = OnnxDetector(*find_card(save_brightness_network(tmp_path, shown=shown), tmp_path))
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    picture[height // 4 : height // 2, width // 2 : width * 3 // 4] = 255
    for _ in range(2):
        (box,) = detector.detect(Picture.of_array(picture)).boxes
        assert box == pytest.approx([0.5, 0.25, 0.75, 0.5], abs=0.03)
        assert detector.prepared(Picture.of_array(picture))[1].shape == (1, 3, *input_size[::-1])
        detector.detect(Picture.of_array(picture[:, : width // 2]))  # another camera in between


def test_the_smaller_detector_shows_the_same_network_a_smaller_picture(tmp_path: Path) -> None:
    shown = InputCard(width=256, height=160, smaller_sizes=((128, 96), (160, 96)), fill=0)
    detector = OnnxDetector(*find_card(save_brightness_network(tmp_path, shown=shown), tmp_path))
    smaller = detector.smaller
    assert smaller is not None
    picture = np.zeros((360, 640, 3), np.uint8)
    picture[90:180, 320:480] = 255
    for one, size in ((smaller, (96, 160)), (detector, (160, 256)), (smaller, (96, 160))):
        (box,) = one.detect(Picture.of_array(picture)).boxes
        assert box == pytest.approx([0.5, 0.25, 0.75, 0.5], abs=0.03)
        assert one.prepared(Picture.of_array(picture))[1].shape == (1, 3, *size)
    assert smaller.smaller is None


def test_a_network_of_one_size_has_no_smaller_detector(tmp_path: Path) -> None:
    detector = OnnxDetector(*find_card(save_brightness_network(tmp_path), tmp_path))
    assert detector.smaller is None


def test_other_bytes_than_the_cards_are_refused(tmp_path: Path) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [rows([0, 0, 1, 1, 0.9, 0])])
    described = card(path, "end_to_end")
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(
        ModelFileError, match=r"n\.onnx: sha256 is [0-9a-f]{12}…, the card «test» expects [0-9a-f]{12}…"
    ):
        OnnxDetector(described, path)


def test_a_file_that_is_no_network_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "n.onnx"
    path.write_bytes(b"this is no network")
    with pytest.raises(ModelFileError, match="ONNX Runtime cannot load it"):
        OnnxDetector(card(path), path)


@pytest.mark.parametrize("form", ["yolox", "yolo", "picodet", "end_to_end", "detr", "yolo_pose"])
def test_outputs_that_do_not_fit_the_card_are_refused(tmp_path: Path, form: str) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [np.zeros((1, 17, 5), np.float32)])
    with pytest.raises(
        ModelShapeError, match=rf"outputs are \[\(1, 17, 5\)\]; format «{form}» with {len(LABELS)} labels"
    ):
        OnnxDetector(card(path, form), path)


@pytest.mark.parametrize(
    ("form", "table", "found"),
    [("yolox", np.zeros((1, 25, 8)), (1, 25, 8)), ("yolo", np.zeros((1, 9, 4)), (1, 9, 4))],
)
def test_outputs_of_open_size_are_held_against_the_card_as_they_come_out(
    tmp_path: Path, form: str, table: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", found: tuple[int, ...]
) -> None:
    path = save_open_network(tmp_path / "n.onnx", table)
    with pytest.raises(ModelShapeError, match=rf"outputs are \[{re.escape(str(found))}\]; format «{form}» with 3"):
        OnnxDetector(card(path, form), path)


def test_a_size_that_the_network_cannot_take_is_refused_before_a_picture_comes() -> None:
    ours, weights = find_card(None, MODELS)
    shown = ours.input.model_copy(update={"other_sizes": ((400, 300),)})
    with pytest.raises(ModelShapeError, match=r"cannot take a picture \[1, 3, 300, 400\]: .*mostly multiples of 32"):
        OnnxDetector(ours.model_copy(update={"input": shown}), weights)


def test_a_pose_model_of_fewer_rows_than_labels_is_refused(tmp_path: Path) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [np.zeros((1, 6, 4), np.float32)])
    with pytest.raises(ModelShapeError, match="format «yolo_pose» with 3 labels"):
        OnnxDetector(card(path, "yolo_pose"), path)


def test_an_input_of_another_size_is_refused(tmp_path: Path) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [rows([0, 0, 1, 1, 0.9, 0])], input_shape=(1, 3, 32, 64))
    with pytest.raises(ModelShapeError, match=r"input is \[1, 3, 32, 64\], the card «test» says \[1, 3, 64, 64\]"):
        OnnxDetector(card(path, "end_to_end"), path)


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [rows([0, 0, 1, 1, 0.9, 0])])
    with pytest.raises(
        CardError, match=r"«ssd» is unknown; expected one of detr, end_to_end, picodet, yolo, yolo_pose, yolox"
    ):
        OnnxDetector(card(path, "ssd"), path)


@pytest.mark.parametrize(("provider", "text"), [("tensorrt", "is not in this installation"), ("gpu", "is unknown")])
def test_a_provider_that_is_not_here_is_named_with_those_that_are(tmp_path: Path, provider: str, text: str) -> None:
    path = save_constant_network(tmp_path / "n.onnx", [rows([0, 0, 1, 1, 0.9, 0])])
    with pytest.raises(ProviderError, match=f"provider «{provider}» {text}.*cpu"):
        OnnxDetector(card(path, "end_to_end"), path, providers=[provider])
