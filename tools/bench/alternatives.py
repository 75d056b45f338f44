"""What a user would pick instead, on the same clip, model and zone: processor seconds for a minute of a camera."""

import json
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2

from edge.bench.replay import Replay
from edge.config import CameraConfig, load_camera
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tools.bench.apart import ask
from tools.bench.footage import CLIPS, WEIGHTS, YOLOX, need
from tools.bench.measure import Spent, spend
from tools.bench.peers.job import Job
from tools.bench.report import number
from tools.bench.result import Absent, Figure, Result, Table, at_least
from tools.demo.sources import CAMERAS

ROUNDS = 3
QUIET, CROWDED = CLIPS / "person-bicycle-car.mp4", CLIPS / "plaza.mp4"


def camera(job: Job) -> CameraConfig:
    """As an installer would write it: all but zone, rule and pace as it comes."""
    limits = {"after_s": job.after_s, "grace_s": job.grace_s, "classes": job.labels}
    return CameraConfig.model_validate(
        {
            "name": "bench",
            "source": job.clip,
            "zones": [{"name": "zone", "polygon": job.polygon}],
            "rules": [{"kind": "intrusion", "zone": "zone", **limits}],
            "video": {"analysed_fps": job.analysed_fps},
        }
    )


@dataclass(frozen=True, slots=True)
class Run:
    """One side on one clip: frames analysed of so many a second, what it took, seconds at which alerts began."""

    frames: int
    analysed_fps: float
    spent: Spent
    begun_s: tuple[float, ...]

    @property
    def cpu_s_per_minute(self) -> float:
        """Processor seconds for a minute of video."""
        return self.spent.cpu_s / (self.frames / self.analysed_fps) * 60

    @property
    def fps(self) -> float:
        """Analysed frames per second of wall time."""
        return self.frames / self.spent.wall_s


@dataclass(frozen=True, slots=True)
class Rival:
    """A peer, the module that runs it, and the model that both sides run."""

    name: str
    module: str
    weights: Path


RIVALS = (
    Rival("supervision + trackers", "supervised", YOLOX),
    Rival("ultralytics", "ultra", WEIGHTS / "yolo11n_320.onnx"),
)


def ours(weights: Path, job: Job) -> Run:
    """The pipeline of the edge with alerts and their evidence; the detector is made and warmed up before."""
    card, path = find_card(weights, MODELS)
    detector = OnnxDetector(card, path, only=job.labels)
    for step in Replay(Path(job.clip), camera(job), detector, "warm"):
        if step.outcome is not None:
            break
    replay = Replay(Path(job.clip), camera(job), detector, "bench")
    first_s = 0.0
    begun: list[float] = []

    def run() -> None:
        nonlocal first_s
        for step in replay:
            if step.frame is not None:
                first_s = first_s or step.frame.at.timestamp()
            begun.extend(report.alert.at.timestamp() - first_s for report in step.reports if report.alert.revision == 1)

    spent = spend(run)
    return Run(replay.analysis.frames, job.analysed_fps, spent, tuple(round(at_s, 2) for at_s in begun))


def theirs(rival: Rival, jobs: list[Job]) -> tuple[list[Run], str]:
    """The peer on each clip, in its own environment, and what it has to remark. Raises Absent."""
    document: Mapping[str, Any] = ask(rival.module, rival.weights, json.dumps([asdict(job) for job in jobs]))
    runs = [
        Run(run["frames"], job.analysed_fps, Spent(run["wall_s"], run["cpu_s"]), tuple(run["begun_s"]))
        for job, run in zip(jobs, document["runs"], strict=True)
    ]
    return runs, document["remark"]


def bench() -> Result:
    """Rounds of ours and theirs in turn, for each peer and clip."""
    need(QUIET, CROWDED, *(rival.weights for rival in RIVALS))
    cv2.setNumThreads(1)
    bays = load_camera(CAMERAS / "car-park.yaml").zones[0].polygon
    square = ((0.1, 0.3), (0.9, 0.3), (0.9, 1.0), (0.1, 1.0))
    jobs = [Job(str(QUIET), bays, ("person", "bicycle")), Job(str(CROWDED), square, ("person",))]
    figures: list[Figure] = []
    rows: list[tuple[str, ...]] = []
    remarks: list[str] = []
    for rival in RIVALS:
        try:
            rounds = [([ours(rival.weights, job) for job in jobs], *theirs(rival, jobs)) for _ in range(ROUNDS)]
        except Absent as error:
            remarks.append(f"{rival.name} was left out: {error}.")
            continue
        for place, job in enumerate(jobs):
            pairs = [(mine[place], other[place]) for mine, other, _ in rounds]
            figures.append(cheaper(rival, job, pairs))
            rows += [row(rival, job, "ours", [a for a, _ in pairs]), row(rival, job, rival.name, [b for _, b in pairs])]
        remarks += [f"{rival.name}: {remark}." for *_, remark in rounds[:1] if remark]
    head = ("model", "clip", "side", "CPU s a camera-minute", "fps", "frames", "alerts begun, s")
    tables = (Table("Medians", head, tuple(rows)),)
    remarks += bounds(figures)
    return Result("What a user would pick instead, per camera-minute", GIVEN, tuple(figures), tables, tuple(remarks))


GIVEN = (
    f"{QUIET.name} (zone of camera_configs/car-park.yaml) and {CROWDED.name}, 5 analysed fps, an alert for "
    f"whoever of the classes stands in the zone for 0.5 s; {ROUNDS} rounds, ours and theirs in turn, "
    "models loaded and warmed up before. All: one thread of ONNX Runtime without spinning, of the video decoder "
    "and of OpenCV, the same ONNX file, score from 0.1, suppression at 0.5. Ours: Replay with default settings, "
    "motion gate on, evidence (picture and clip) made for each alert. supervision + trackers: cv2.VideoCapture "
    "that converts only the frames due, letterbox and decoding in numpy, with_nms, ByteTrackTracker with the "
    "card's threshold, PolygonZone. ultralytics: model.track(frame, persist=True) with its bytetrack.yaml, "
    "PolygonZone. Theirs make no evidence."
)


def bounds(figures: list[Figure]) -> list[str]:
    """Why an aim is missed, if one is."""
    if all(figure.met for figure in figures):
        return []
    return [
        "Both sides run the same network, which takes most of the time of either: what is saved is what the "
        "motion gate spares (looks of the detector) and decoding, converting and copying. In a crowd something "
        "always moves, so the gate spares the less."
    ]


def cheaper(rival: Rival, job: Job, pairs: list[tuple[Run, Run]]) -> Figure:
    """How many times the processor time theirs takes."""
    ratio = statistics.median(b.cpu_s_per_minute / a.cpu_s_per_minute for a, b in pairs)
    return Figure(f"CPU of {rival.name} over ours, {Path(job.clip).stem}", ratio, "×", at_least(2))


def row(rival: Rival, job: Job, side: str, runs: list[Run]) -> tuple[str, ...]:
    """One line of the table."""
    cpu_s = statistics.median(run.cpu_s_per_minute for run in runs)
    fps = statistics.median(run.fps for run in runs)
    begun = ", ".join(map(str, runs[0].begun_s))
    return rival.weights.stem, Path(job.clip).stem, side, number(cpu_s), number(fps), str(runs[0].frames), begun
