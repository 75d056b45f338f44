"""Motion gating on a scene with quiet stretches: frames per second with and without, and the same alerts."""

from edge.bench.replay import Replay
from edge.config import CameraConfig, classes_of, load_camera
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tools.bench.footage import CLIPS, YOLOX, need
from tools.bench.measure import Figure, in_turn, median_ratio
from tools.demo import CAMERAS

CLIP = CLIPS / "person-bicycle-car.mp4"


def replay(gated: bool) -> tuple[list[tuple[str, str]], int, int]:
    """Begun alerts (kind and time to the second), frames analysed, frames looked at."""
    example = load_camera(CAMERAS / "car-park.yaml")
    camera: CameraConfig = example.model_copy(update={"gate": example.gate.model_copy(update={"enabled": gated})})
    card, weights = find_card(YOLOX, MODELS)
    run = Replay(CLIP, camera, OnnxDetector(card, weights, only=classes_of([camera])), "bench", every_frame=True)
    begun = [
        (str(report.alert.kind), report.alert.began_at.isoformat(timespec="milliseconds"))
        for step in run
        for report in step.reports
        if report.alert.revision == 1
    ]
    return begun, run.analysis.frames, run.analysis.looks


def main() -> None:
    """Five rounds of each, every frame of the clip analysed."""
    need(CLIP, YOLOX)
    (gated, frames, looks), (ungated, _, _) = replay(gated=True), replay(gated=False)
    with_gate, without = in_turn(lambda: replay(gated=True), lambda: replay(gated=False), rounds=5)
    faster = 1 / median_ratio(with_gate, without)
    details = {
        "frames": frames,
        "looks_with_gate": looks,
        "alerts_with_gate": gated,
        "alerts_without": ungated,
        "fps_with_gate": [round(frames / s.wall_s) for s in with_gate],
        "fps_without": [round(frames / s.wall_s) for s in without],
    }
    same = [kind for kind, _ in gated] == [kind for kind, _ in ungated]
    met = faster >= 4 and same
    Figure("motion gating, times faster", round(faster, 2), "×", "≥ 4, same alerts", met, details).say()


if __name__ == "__main__":
    main()
