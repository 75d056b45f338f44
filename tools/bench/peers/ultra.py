"""ultralytics' own tracking, `model.track(frame, persist=True)`, on an ONNX file that we can run too."""

import importlib
import os
import tempfile
from pathlib import Path
from typing import Any

# It shall install nothing, call nobody and write its settings nowhere that stays.
os.environ |= {"YOLO_AUTOINSTALL": "false", "YOLO_OFFLINE": "true", "YOLO_CONFIG_DIR": tempfile.mkdtemp()}

import numpy as np
import onnxruntime
import supervision  # type: ignore[import-not-found]
import torch
from ultralytics import YOLO  # type: ignore[import-not-found]
from ultralytics.nn.autobackend import AutoBackend  # type: ignore[import-not-found]

from edge.vision.coco import COCO_80
from tools.bench.peers.job import Job
from tools.bench.peers.watching import Picture, See, answer, session_options

SESSION = onnxruntime.InferenceSession
SIDE, LEAST, OVERLAP = 320, 0.1, 0.5
"""As on our model card; ByteTrack keeps ultralytics' own thresholds, which are the card's to two hundredths."""


def make(weights: Path, job: Job) -> See:
    """A fresh model and a fresh tracker. It has looked at a picture, for only then does it load its file."""
    model = YOLO(str(weights), task="detect")
    wanted = [COCO_80.index(label) for label in job.labels]

    def track(picture: Picture) -> Any:  # noqa: ANN401
        return model.track(
            picture,
            persist=True,
            tracker="bytetrack.yaml",
            imgsz=SIDE,
            conf=LEAST,
            iou=OVERLAP,
            classes=wanted,
            device="cpu",
            verbose=False,
        )

    track(np.zeros((SIDE, SIDE, 3), np.uint8))
    for tracker in model.predictor.trackers:
        tracker.reset()

    def see(picture: Picture) -> Any:  # noqa: ANN401
        results = track(picture)
        found = supervision.Detections.from_ultralytics(results[0])
        return found if found.tracker_id is not None else supervision.Detections.empty()

    return see


def alike(weights: str, _options: object = None, **others: Any) -> Any:  # noqa: ANN401
    """A session with our options in place of its own, which spin on as many threads as there are cores."""
    return SESSION(weights, session_options(), **others)


def suppression() -> str:
    """Whose suppression it uses: torchvision's, or its own where torchvision does not fit the CPU build of torch."""
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError):
        # The warm-up does nothing on a CPU but import torchvision.
        AutoBackend.warmup = lambda *_, **__: None
        return "its own in torch, as torchvision has no CPU build here"
    return "torchvision's"


if __name__ == "__main__":
    torch.set_num_threads(1)
    onnxruntime.InferenceSession = alike
    answer(make, f"suppression: {suppression()}")
