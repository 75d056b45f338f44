"""Every output format against the real weights: decoded boxes must find the people that the ground truth names."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.video.picture import Picture
from edge.vision.boxes import iou
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector

EVERY = 40
"""One frame in so many: 15 of 600."""


def people(shared_data: Path) -> dict[int, NDArray[np.float32]]:
    """Ground truth of PETS09-S2L1: frame number (from 0) to boxes in 0..1."""
    rows = np.loadtxt(shared_data / "tracking/mot15/PETS09-S2L1/gt.txt", delimiter=",")
    rows = rows[rows[:, 6] > 0]
    size = np.array([768, 576, 768, 576])
    boxes = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1) / size
    return {int(n) - 1: boxes[rows[:, 0] == n].astype(np.float32) for n in np.unique(rows[:, 0])}


def frames(path: Path) -> Iterator[tuple[int, Picture]]:
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % EVERY == 0:
                yield number, Picture(frame)


def recall_and_precision(detector: OnnxDetector, shared_data: Path) -> tuple[float, float]:
    truth = people(shared_data)
    hits = boxes = wanted = 0
    for number, picture in frames(shared_data / "clips/plaza.mp4"):
        found = detector.detect(picture)
        sure = found.boxes[found.scores >= detector.card.threshold]
        overlap = iou(truth[number], sure) >= 0.5
        hits += int(overlap.any(axis=1).sum())
        boxes += len(sure)
        wanted += len(truth[number])
    return hits / wanted, hits / boxes


@pytest.mark.parametrize("model", ["yolox_nano_416", "picodet_s_416", "yolo11n_320", "yolov8n_640", "yolo26n_640"])
def test_each_format_finds_the_people_on_the_plaza(shared_data: Path, model: str) -> None:
    card, weights = find_card(shared_data / f"weights/{model}.onnx", MODELS)
    detector = OnnxDetector(card, weights, threads=2, only=["person"])
    recall, precision = recall_and_precision(detector, shared_data)
    assert recall > 0.8, f"{model}: recall {recall:.2f}"
    assert precision > 0.65, f"{model}: precision {precision:.2f}"


def test_what_is_not_wanted_cannot_outscore_what_is(shared_data: Path) -> None:
    card, weights = find_card(shared_data / "weights/yolox_nano_416.onnx", MODELS)
    everything = OnnxDetector(card, weights)
    vehicles = OnnxDetector(card, weights, only=["car", "truck", "bus"])
    with av.open(str(shared_data / "clips/person-bicycle-car.mp4")) as container:
        picture = Picture(next(f for f in container.decode(video=0) if (f.time or 0) >= 2.0))
    assert set(vehicles.detect(picture).labels) <= {"car", "truck", "bus"}
    assert vehicles.detect(picture).scores.max() == pytest.approx(everything.detect(picture).scores.max(), abs=0.5)
