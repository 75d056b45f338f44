"""Motion gating on a scene with quiet stretches: frames per second with and without, and the same alerts."""

from dataclasses import dataclass

from edge.bench.replay import Replay
from edge.config import CameraConfig, classes_of, load_camera
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tools.bench.footage import CLIPS, YOLOX, need
from tools.bench.measure import Figure, in_turn, median_ratio
from tools.demo import CAMERAS

CLIP = CLIPS / "person-bicycle-car.mp4"


@dataclass(frozen=True, slots=True)
class Run:
    """Alerts begun (kind, time), frames analysed, frames looked at."""

    begun: tuple[tuple[str, str], ...]
    frames: int
    looks: int


def replay(detector: OnnxDetector, *, gated: bool) -> Run:
    """Every frame of the clip analysed, with or without the gate."""
    example = load_camera(CAMERAS / "car-park.yaml")
    camera: CameraConfig = example.model_copy(update={"gate": example.gate.model_copy(update={"enabled": gated})})
    run = Replay(CLIP, camera, detector, "bench", every_frame=True)
    begun = tuple(
        (str(report.alert.kind), report.alert.began_at.isoformat(timespec="milliseconds"))
        for step in run
        for report in step.reports
        if report.alert.revision == 1
    )
    return Run(begun, run.analysis.frames, run.analysis.looks)


def main() -> None:
    """Five rounds of each, one thread of inference."""
    need(CLIP, YOLOX)
    card, weights = find_card(YOLOX, MODELS)
    detector = OnnxDetector(card, weights, only=classes_of([load_camera(CAMERAS / "car-park.yaml")]))
    gated, ungated = replay(detector, gated=True), replay(detector, gated=False)
    with_gate, without = in_turn(lambda: replay(detector, gated=True), lambda: replay(detector, gated=False), rounds=5)
    faster = 1 / median_ratio(with_gate, without)
    details = {
        "frames": gated.frames,
        "looks_with_gate": gated.looks,
        "alerts_with_gate": gated.begun,
        "alerts_without": ungated.begun,
        "fps_with_gate": [round(gated.frames / s.wall_s) for s in with_gate],
        "fps_without": [round(gated.frames / s.wall_s) for s in without],
    }
    same = [kind for kind, _ in gated.begun] == [kind for kind, _ in ungated.begun]
    met = faster >= 4 and same
    Figure("motion gating, times faster", round(faster, 2), "×", "≥ 4, same alerts", met, details).say()


if __name__ == "__main__":
    main()
