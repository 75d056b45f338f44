"""MOTChallenge files and their metrics: MOTA and IDF1 by motmetrics, HOTA by trackeval, at an overlap of 0.5."""

import configparser
import contextlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import motmetrics  # type: ignore[import-not-found]
import numpy as np
import trackeval.metrics  # type: ignore[import-not-found]
from numpy.typing import NDArray

from edge.vision.boxes import iou

Rows = NDArray[np.float64]
"""(N, 5): id, then xyxy in pixels."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """One sequence: detections (N, 5: xyxy in pixels, score) and truth by frame, from the first."""

    name: str
    fps: float
    width: int
    height: int
    detections: tuple[Rows, ...]
    truth: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """In percent; higher is better."""

    mota: float
    idf1: float
    hota: float


def load(folder: Path) -> Sequence:
    """A folder of MOT15 with `seqinfo.ini`, `det.txt` and `gt.txt`; truth marked to be ignored is left out."""
    info = configparser.ConfigParser()
    info.read(folder / "seqinfo.ini")
    about = info["Sequence"]
    length = int(about["seqLength"])
    found, truth = _table(folder / "det.txt"), _table(folder / "gt.txt")
    truth = truth[truth[:, 6] != 0]
    return Sequence(
        folder.name,
        float(about["frameRate"]),
        int(about["imWidth"]),
        int(about["imHeight"]),
        tuple(_corners(found[found[:, 0] == frame])[:, [2, 3, 4, 5, 6]] for frame in range(1, length + 1)),
        tuple(_corners(truth[truth[:, 0] == frame])[:, 1:6] for frame in range(1, length + 1)),
    )


def score(sequence: Sequence, tracks: list[Rows]) -> Scores:
    """What the tracks of each frame are worth against the truth."""
    overlaps = [
        iou(there[:, 1:].astype(np.float32), ours[:, 1:].astype(np.float32)).astype(float)
        for there, ours in zip(sequence.truth, tracks, strict=True)
    ]
    events = motmetrics.MOTAccumulator(auto_id=True)
    for there, ours, overlap in zip(sequence.truth, tracks, overlaps, strict=True):
        distance = np.where(overlap >= 0.5, 1 - overlap, np.nan)
        events.update(there[:, 0].astype(int), ours[:, 0].astype(int), distance)
    summary = motmetrics.metrics.create().compute(events, metrics=["mota", "idf1"], name="all")
    return Scores(
        100 * float(summary.loc["all", "mota"]),
        100 * float(summary.loc["all", "idf1"]),
        _hota(sequence, tracks, overlaps),
    )


def _hota(sequence: Sequence, tracks: list[Rows], overlaps: list[NDArray[np.float64]]) -> float:
    truth_ids, ids = _numbered(list(sequence.truth)), _numbered(tracks)
    data = {
        "num_gt_dets": sum(map(len, truth_ids)),
        "num_tracker_dets": sum(map(len, ids)),
        "num_gt_ids": 1 + max((int(row.max()) for row in truth_ids if len(row)), default=-1),
        "num_tracker_ids": 1 + max((int(row.max()) for row in ids if len(row)), default=-1),
        "gt_ids": truth_ids,
        "tracker_ids": ids,
        "similarity_scores": overlaps,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        result: dict[str, Any] = trackeval.metrics.HOTA().eval_sequence(data)
    return 100 * float(np.mean(result["HOTA"]))


def _numbered(frames: list[Rows]) -> list[NDArray[np.int64]]:
    """Ids of each frame, counted from 0 without gaps."""
    known = np.unique(np.concatenate([rows[:, 0] for rows in frames]))
    return [np.searchsorted(known, rows[:, 0]) for rows in frames]


def _table(path: Path) -> Rows:
    return np.loadtxt(path, delimiter=",", ndmin=2)


def _corners(rows: Rows) -> Rows:
    """Left, top, width, height to xyxy."""
    rows = rows.copy()
    rows[:, 4:6] += rows[:, 2:4]
    return rows
