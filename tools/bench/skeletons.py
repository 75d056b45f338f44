"""Skeletons by a pose network of 17 key points, and whether they are such as a standing person has."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edge.video.picture import Picture
from edge.vision.boxes import iou, suppress
from tools.bench.result import Absent

SIDE = 640
FILL = 114
SURE, POINT_SURE = 0.15, 0.5
LEAST_POINTS = 12
HEAD, HIPS, FEET = slice(0, 5), slice(11, 13), slice(15, 17)
"""Rows of the key points in COCO's order: nose, eyes, ears; hips; ankles."""
MATCHES = 0.5


class PoseModel:
    """Owned by one thread."""

    def __init__(self, weights: Path) -> None:
        if not weights.is_file():
            raise Absent(f"{weights.name} is not here; it belongs into {weights.parent}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._name = self._session.get_inputs()[0].name

    def skeletons(self, picture: Picture) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Everybody found in a picture: boxes (N, 4) as shares, key points (N, 17, 3): x, y as shares, score."""
        ratio = min(SIDE / picture.width, SIDE / picture.height)
        width, height = round(picture.width * ratio), round(picture.height * ratio)
        left, top = (SIDE - width) // 2, (SIDE - height) // 2
        blob = np.full((SIDE, SIDE, 3), FILL, np.float32)
        blob[top : top + height, left : left + width] = picture.bgr(width, height)[:, :, ::-1]
        (rows,) = self._session.run(None, {self._name: blob.transpose(2, 0, 1)[None] / 255})
        found = rows[0].T
        found = found[found[:, 4] >= SURE]
        middle, half = found[:, :2], found[:, 2:4] / 2
        boxes = np.concatenate([middle - half, middle + half], axis=1)
        kept = suppress(boxes, found[:, 4], np.zeros(len(found), np.int64), 0.5)
        points = found[kept, 5:].reshape(-1, 17, 3).copy()
        points[..., :2] = (points[..., :2] - (left, top)) / (width, height)
        shares = (boxes[kept] - (left, top, left, top)) / (width, height, width, height)
        return shares.astype(np.float32), points.astype(np.float32)


def plausible(points: NDArray[np.float32]) -> bool:
    """Whether key points (17, 3) are an upright person's: enough are sure, the head above the hips above the feet."""
    sure = points[:, 2] >= POINT_SURE
    if sure.sum() < LEAST_POINTS:
        return False
    heights = []
    for part in (HEAD, HIPS, FEET):
        if not sure[part].any():
            return False
        heights.append(float(points[part, 1][sure[part]].mean()))
    return heights == sorted(heights)


def skeletons_of(
    people: NDArray[np.float32], boxes: NDArray[np.float32], points: NDArray[np.float32]
) -> list[NDArray[np.float32]]:
    """The key points of those people (N, 4) whose skeletons were found."""
    if not len(boxes):
        return []
    overlap = iou(people, boxes)
    best = overlap.argmax(axis=1)
    return [points[b] for row, b in enumerate(best) if overlap[row, b] >= MATCHES]
