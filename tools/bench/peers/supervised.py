"""What a user builds from `supervision` and roboflow's `trackers` around a YOLOX session of ONNX Runtime."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import supervision  # type: ignore[import-not-found]
from numpy.typing import NDArray
from trackers import ByteTrackTracker  # type: ignore[import-not-found]

from edge.vision.coco import COCO_80
from tools.bench.peers.job import Job
from tools.bench.peers.watching import Picture, See, answer, session_options

SIDE = 416
SURE, LEAST, OVERLAP = 0.4, 0.1, 0.5
"""As on our model card."""


def grid() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Corner and stride of each cell of YOLOX's output."""
    corners, strides = [], []
    for stride in (8, 16, 32):
        count = SIDE // stride
        x, y = np.meshgrid(np.arange(count), np.arange(count))
        corners.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full((count * count, 1), stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(strides).astype(np.float32)


def make(weights: Path, job: Job) -> See:
    """Letterbox, inference, decoding, suppression and tracking; a fresh session, warmed up, and a fresh tracker."""
    session = onnxruntime.InferenceSession(str(weights), session_options(), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    session.run(None, {name: np.zeros((1, 3, SIDE, SIDE), np.float32)})
    corners, strides = grid()
    wanted = np.array([COCO_80.index(label) for label in job.labels])
    tracker = ByteTrackTracker(
        frame_rate=job.analysed_fps, track_activation_threshold=SURE, high_conf_det_threshold=SURE
    )

    def see(picture: Picture) -> Any:  # noqa: ANN401
        ratio = min(SIDE / picture.shape[1], SIDE / picture.shape[0])
        size = round(picture.shape[1] * ratio), round(picture.shape[0] * ratio)
        padded = np.full((SIDE, SIDE, 3), 114, np.uint8)
        padded[: size[1], : size[0]] = cv2.resize(picture, size)
        blob = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
        output = session.run(None, {name: blob})[0][0]
        scores = output[:, 4:5] * output[:, 5 + wanted]
        best = scores.argmax(axis=1)
        confidence = scores[np.arange(len(best)), best]
        kept = confidence >= LEAST
        middle = (output[kept, :2] + corners[kept]) * strides[kept]
        half = np.exp(output[kept, 2:4]) * strides[kept] / 2
        found = supervision.Detections(
            xyxy=np.concatenate([middle - half, middle + half], axis=1) / ratio,
            confidence=confidence[kept],
            class_id=wanted[best[kept]],
        )
        tracked = tracker.update(found.with_nms(OVERLAP))
        return tracked[tracked.tracker_id >= 0]

    return see


if __name__ == "__main__":
    answer(make)
