"""The whole pipeline against bare decoding plus bare inference of the same frames (aim: at most 1.10 times)."""

from pathlib import Path

import av
import numpy as np
import onnxruntime

from edge.bench.replay import Replay
from edge.config import CameraConfig
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tools.bench.footage import CLIPS, YOLOX, need
from tools.bench.measure import in_turn, median_cpu_s, median_ratio, median_wall_s
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_most

THREADS = 2
ROUNDS = 8
"""The ratio of a single pair varies by a tenth either way."""
CAMERA = CameraConfig.model_validate(
    {
        "name": "plaza",
        "source": "plaza.mp4",
        "zones": [{"name": "plaza", "polygon": [[0.1, 0.3], [0.9, 0.3], [0.9, 1.0], [0.1, 1.0]]}],
        "lines": [{"name": "path", "start": [0.5, 0.1], "end": [0.5, 0.9]}],
        "gate": {"enabled": False},
        "rules": [
            {"kind": "intrusion", "zone": "plaza"},
            {"kind": "loitering", "zone": "plaza"},
            {"kind": "line_crossing", "line": "path"},
        ],
    }
)


def bare(clip: Path, weights: Path, *, spinning: bool) -> int:
    """Decode every frame and run the network once for each, on one and the same input."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
    session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    blob = np.full((1, 3, 416, 416), 114, np.float32)
    count = 0
    with av.open(str(clip)) as container:
        for _ in container.decode(video=0):
            session.run(None, {"images": blob})
            count += 1
    return count


def whole(clip: Path, weights: Path) -> int:
    """The same frames through the whole pipeline, alerts and evidence included."""
    card, _ = find_card(weights, MODELS)
    detector = OnnxDetector(card, weights, threads=THREADS, only=["person"])
    return sum(1 for step in Replay(clip, CAMERA, detector, "bench", every_frame=True) if step.frame)


def bench() -> Result:
    """Some rounds of each in turn."""
    clip = CLIPS / "plaza.mp4"
    need(clip, YOLOX)
    sides = {
        "whole pipeline": lambda: whole(clip, YOLOX),
        "bare, threads sleep as ours do": lambda: bare(clip, YOLOX, spinning=False),
        "bare, threads spin (the default of ONNX Runtime)": lambda: bare(clip, YOLOX, spinning=True),
    }
    frames = bare(clip, YOLOX, spinning=False)
    ours, alike, spinning = taken = in_turn(*sides.values(), rounds=ROUNDS)
    rows = tuple(
        (name, number(1000 * median_wall_s(runs) / frames), number(1000 * median_cpu_s(runs) / frames))
        for name, runs in zip(sides, taken, strict=True)
    )
    return Result(
        "The whole pipeline against bare decode plus bare inference of the same frames",
        f"plaza.mp4, all {frames} frames, YOLOX-nano 416, {THREADS} threads of ONNX Runtime on both sides, three "
        f"rules, evidence included, no motion gate; {ROUNDS} rounds in turn. The pipeline decodes ahead in a "
        "thread of its own, bare does one after the other.",
        (
            Figure("time over bare decode + inference", median_ratio(ours, alike), "×", at_most(1.10)),
            Figure("the same, if its threads spin", median_ratio(ours, spinning), "×", at_most(1.10)),
        ),
        (Table("Medians, ms a frame", ("", "wall", "CPU"), rows),),
    )
