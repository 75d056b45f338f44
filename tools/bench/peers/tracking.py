"""Our tracker and roboflow's ByteTrack on the same detections, in turns, in one process."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import supervision  # type: ignore[import-not-found]
from trackers import ByteTrackTracker  # type: ignore[import-not-found]

from edge.vision.detector import Detections
from edge.vision.settings import TrackerSettings
from edge.vision.tracker import Tracker
from tools.bench.machine import versions
from tools.bench.peers.mot import Rows, Sequence, load, score

START = datetime(2026, 1, 1, tzinfo=UTC)
SURE = 0.5
"""Threshold of our model cards for detectors of this kind; the files hold nothing below it."""
COMMON = 0.6
"""A threshold for both, between their defaults."""
ROUNDS = 3

Prepared = list[tuple[datetime, Detections]]


def prepared(sequence: Sequence) -> Prepared:
    """Detections as our detector gives them: best first, 0..1 of the picture."""
    scale = [sequence.width, sequence.height] * 2
    frames = []
    for number, unsorted in enumerate(sequence.detections):
        rows = unsorted[np.argsort(-unsorted[:, 4], kind="stable")]
        boxes = (rows[:, :4] / scale).astype(np.float32)
        found = Detections(boxes, rows[:, 4].astype(np.float32), ("person",) * len(rows))
        frames.append((START + timedelta(seconds=number / sequence.fps), found))
    return frames


def ours(sequence: Sequence, sure: float) -> Callable[[], list[Rows]]:
    """A run of our tracker; all that is not tracking is done before."""
    frames = prepared(sequence)
    scale = [sequence.width, sequence.height] * 2

    def run() -> list[Rows]:
        tracker = Tracker(TrackerSettings(), sure)
        tracks = [tracker.update(at, found) for at, found in frames]
        return [np.column_stack([one.ids, one.boxes * scale]) for one in tracks]

    return run


def theirs(sequence: Sequence, threshold: float | None) -> Callable[[], list[Rows]]:
    """A run of theirs, with its defaults or one threshold for both of its stages."""
    frames = [
        supervision.Detections(
            xyxy=rows[:, :4], confidence=rows[:, 4].astype(np.float32), class_id=np.zeros(len(rows), int)
        )
        for rows in sequence.detections
    ]
    same = (
        {} if threshold is None else dict.fromkeys(("track_activation_threshold", "high_conf_det_threshold"), threshold)
    )

    def run() -> list[Rows]:
        tracker = ByteTrackTracker(frame_rate=sequence.fps, **same)
        found = [tracker.update(frame) for frame in frames]
        kept = [one[one.tracker_id >= 0] for one in found]
        return [np.column_stack([one.tracker_id, one.xyxy]).reshape(-1, 5) for one in kept]

    return run


def timed(run: Callable[[], list[Rows]]) -> tuple[float, list[Rows]]:
    """Processor seconds, so that what others do on the machine does not count, and the tracks of each frame."""
    start_s = time.thread_time()
    tracks = run()
    return time.thread_time() - start_s, tracks


def compare(sequence: Sequence) -> dict[str, object]:
    """Speed with the defaults, and scores with the defaults and with one threshold for both."""
    if min(astuple(score(sequence, list(sequence.truth)))) < 99.9:
        raise RuntimeError(f"{sequence.name}: the truth does not score fully against itself")
    mine, other = ours(sequence, SURE), theirs(sequence, None)
    mine(), other()
    pairs = [(timed(mine)[0], timed(other)[0]) for _ in range(ROUNDS)]
    frames = len(sequence.detections)
    runs = {
        "ours": mine,
        "theirs": other,
        "ours_common": ours(sequence, COMMON),
        "theirs_common": theirs(sequence, COMMON),
    }
    return {
        "frames": frames,
        "detections": sum(map(len, sequence.detections)),
        "ours_s": statistics.median(a for a, _ in pairs),
        "theirs_s": statistics.median(b for _, b in pairs),
        "scores": {name: asdict(score(sequence, run())) for name, run in runs.items()},
    }


def main(folder: Path) -> None:
    """All sequences of a folder of MOT15."""
    found: Iterator[Path] = iter(sorted(path.parent for path in folder.glob("*/det.txt")))
    document = {
        "versions": versions(("trackers", "supervision", "motmetrics", "trackeval", "numpy", "scipy")),
        "common": COMMON,
        "sure": SURE,
        "rounds": ROUNDS,
        "sequences": {path.name: compare(load(path)) for path in found},
    }
    sys.stdout.write(json.dumps(document))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
