"""Motion gating on a scene with quiet stretches: frames per second with and without, and the same alerts."""

from dataclasses import dataclass

from edge.bench.replay import Replay
from edge.config import CameraConfig, classes_of, load_camera
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tools.bench.footage import CLIPS, YOLOX, need
from tools.bench.measure import in_turn, median_ratio, median_wall_s
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_least
from tools.demo.sources import CAMERAS

CLIP = CLIPS / "person-bicycle-car.mp4"
EVERY, PACED = "every frame analysed", "5 analysed fps, the default"


@dataclass(frozen=True, slots=True)
class Run:
    """Alerts begun (kind, seconds into the clip), frames analysed, frames looked at."""

    begun: tuple[tuple[str, float], ...]
    frames: int
    looks: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """What began, in order."""
        return tuple(kind for kind, _ in self.begun)


@dataclass(frozen=True, slots=True)
class Pair:
    """One pace: both runs, how many times faster the gate makes it, and their frames per second."""

    gated: Run
    ungated: Run
    faster: float
    fps: tuple[float, float]


def replay(detector: OnnxDetector, *, gated: bool, every_frame: bool) -> Run:
    """The clip with or without the gate."""
    example = load_camera(CAMERAS / "car-park.yaml")
    camera: CameraConfig = example.model_copy(update={"gate": example.gate.model_copy(update={"enabled": gated})})
    run = Replay(CLIP, camera, detector, "bench", every_frame=every_frame)
    first = [(step.frame.at, step.reports) for step in run if step.frame is not None]
    begun = tuple(
        (str(report.alert.kind), (report.alert.began_at - first[0][0]).total_seconds())
        for _, reports in first
        for report in reports
        if report.alert.revision == 1
    )
    return Run(begun, run.analysis.frames, run.analysis.looks)


def compare(detector: OnnxDetector, *, every_frame: bool, rounds: int) -> Pair:
    """With and without the gate in turn."""
    kept: dict[bool, Run] = {}

    def go(*, gated: bool) -> None:
        kept[gated] = replay(detector, gated=gated, every_frame=every_frame)

    with_gate, without = in_turn(lambda: go(gated=True), lambda: go(gated=False), rounds=rounds)
    frames = kept[True].frames
    fps = (frames / median_wall_s(with_gate), frames / median_wall_s(without))
    return Pair(kept[True], kept[False], 1 / median_ratio(with_gate, without), fps)


def bench() -> Result:
    """Rounds of each at both paces, one thread of inference."""
    need(CLIP, YOLOX)
    card, weights = find_card(YOLOX, MODELS)
    detector = OnnxDetector(card, weights, only=classes_of([load_camera(CAMERAS / "car-park.yaml")]))
    pairs = {
        EVERY: compare(detector, every_frame=True, rounds=3),
        PACED: compare(detector, every_frame=False, rounds=3),
    }
    figures = [Figure(f"times faster, {pace}", pair.faster, "×", at_least(4)) for pace, pair in pairs.items()]
    figures += [
        Figure(f"same alerts, {pace}", float(pair.gated.kinds == pair.ungated.kinds), "", at_least(1))
        for pace, pair in pairs.items()
    ]
    rows = [
        row
        for pace, pair in pairs.items()
        for row in (_row(pace, "gate", pair.gated, pair.fps[0]), _row(pace, "none", pair.ungated, pair.fps[1]))
    ]
    return Result(
        "The motion gate against detecting on every analysed frame",
        "person-bicycle-car.mp4 with camera_configs/car-park.yaml, YOLOX-nano 416, one thread of ONNX Runtime. "
        "The same alerts: of the same kinds in the same order; when they begin, the table says.",
        tuple(figures),
        (Table("Runs", ("pace", "gate", "fps", "frames", "looks of the detector", "alerts begun"), tuple(rows)),),
        remarks(pairs),
    )


def remarks(pairs: dict[str, Pair]) -> tuple[str, ...]:
    """What bounds the gain: the frames that still had to be looked at."""
    return tuple(
        f"{pace}: the detector looked at {pair.gated.looks} of {pair.gated.frames} frames "
        f"({100 * pair.gated.looks / pair.gated.frames:.0f} %), which alone bounds the gain at "
        f"{number(pair.gated.frames / pair.gated.looks)} ×; decoding and the gate itself take the rest."
        for pace, pair in pairs.items()
    )


def _row(pace: str, gate: str, run: Run, fps: float) -> tuple[str, ...]:
    begun = ", ".join(f"{kind} {at_s:.2f} s" for kind, at_s in run.begun)
    return pace, gate, number(fps), str(run.frames), str(run.looks), begun
