"""What both peers share: the frames that are due, the zone test, the options of ONNX Runtime, the meter."""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# OpenCV reads this when a capture is opened: one decoder thread, as ours has.
os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "threads;1"

import cv2
import numpy as np
import onnxruntime
import supervision  # type: ignore[import-not-found]
from numpy.typing import NDArray

from tools.bench.peers.job import Alerts, Job

Picture = NDArray[np.uint8]
See = Callable[[Picture], Any]
"""A picture to `supervision.Detections` with track ids, of the wanted classes only."""


def session_options() -> onnxruntime.SessionOptions:
    """As our detector sets them: one thread, no spinning."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def due_frames(clip: Path, fps: float) -> Iterator[tuple[float, Picture]]:
    """Seconds and picture of the frames that are analysed; the others are decoded but not converted."""
    capture = cv2.VideoCapture(str(clip))
    step = -1
    while capture.grab():
        at_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        due = math.floor(at_s * fps + 1e-6)
        if due > step:
            step = due
            _, picture = capture.retrieve()
            yield at_s, picture  # type: ignore[misc]
    capture.release()


def watch(job: Job, see: See) -> dict[str, Any]:
    """One run over the clip: what it took and the alerts begun."""
    zone, alerts = None, Alerts(job.after_s, job.grace_s)
    before, start_s, frames = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter(), 0
    for at_s, picture in due_frames(Path(job.clip), job.analysed_fps):
        if zone is None:
            corners = np.array(job.polygon) * [picture.shape[1], picture.shape[0]]
            zone = supervision.PolygonZone(corners.astype(int), [supervision.Position.BOTTOM_CENTER])
        tracked = see(picture)
        inside = tracked.tracker_id[zone.trigger(tracked)].tolist() if len(tracked) else []
        alerts.step(at_s, inside)
        frames += 1
    wall_s, after = time.perf_counter() - start_s, resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"frames": frames, "wall_s": wall_s, "cpu_s": cpu_s, "begun_s": alerts.begun_s}


def answer(make: Callable[[Path, Job], See], remark: str = "") -> None:
    """Take weights and jobs from the command line, run each after a warm-up of all the code, print the runs.

    `make` gives what is loaded and has looked once, but tracks nothing yet.
    """
    cv2.setNumThreads(1)
    weights, jobs = Path(sys.argv[1]), [Job(**job) for job in json.loads(sys.argv[2])]
    runs = []
    for job in jobs:
        see = make(weights, job)
        see(next(due_frames(Path(job.clip), job.analysed_fps))[1])
        runs.append(watch(job, make(weights, job)))
    sys.stdout.write("\n" + json.dumps({"runs": runs, "remark": remark}) + "\n")
