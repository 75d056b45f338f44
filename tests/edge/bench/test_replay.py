import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from edge.bench.replay import Replay, ReplayFiles
from edge.config import CameraConfig, classes_of, load_camera
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from protocol.kinds import Kind, Phase
from protocol.messages import Alert, EvidenceKind
from tests.conftest import REPOSITORY
from tests.edge.clips import BrightnessDetector, draw_clip, square_at

CAMERA = CameraConfig.model_validate(
    {
        "name": "yard",
        "source": "drawn.mp4",
        "zones": [{"name": "middle", "polygon": [[0.35, 0.3], [0.65, 0.3], [0.65, 0.9], [0.35, 0.9]]}],
        "lines": [{"name": "gate", "start": [0.5, 0.2], "end": [0.5, 0.9]}],
        "rules": [{"kind": "intrusion", "zone": "middle"}, {"kind": "line_crossing", "line": "gate"}],
        "evidence": {"before_s": 2, "after_s": 1},
    }
)
START = datetime(2026, 1, 1, tzinfo=UTC)


def replayed(clip: Path, out: Path, camera: CameraConfig = CAMERA) -> list[Alert]:
    files = ReplayFiles(out)
    for step in Replay(clip, camera, BrightnessDetector(), "brightness@0"):
        for report in step.reports:
            files.add(report)
    return [Alert.model_validate_json(line) for line in files.alerts.read_bytes().splitlines()]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return draw_clip(tmp_path / "drawn.mp4")


def test_a_clip_gives_its_alerts_with_snapshot_clip_and_tracks(clip: Path, tmp_path: Path) -> None:
    alerts = replayed(clip, tmp_path / "out")
    intrusion = [alert for alert in alerts if alert.kind is Kind.INTRUSION]
    assert [alert.revision for alert in intrusion] == list(range(1, len(intrusion) + 1))
    assert len({alert.id for alert in intrusion}) == 1
    assert (intrusion[0].phase, intrusion[-1].phase) == (Phase.BEGIN, Phase.END)
    # The square's foot enters the zone 4 s into the clip; half a second later it is an intrusion.
    assert (intrusion[0].began_at - START).total_seconds() == pytest.approx(4.4, abs=0.4)
    kinds = [piece.kind for piece in intrusion[-1].evidence]
    assert kinds == [EvidenceKind.SNAPSHOT, EvidenceKind.CLIP, EvidenceKind.TRACKS]


def test_every_piece_of_evidence_is_there_under_its_hash(clip: Path, tmp_path: Path) -> None:
    named = {piece.sha256 for alert in replayed(clip, tmp_path / "out") for piece in alert.evidence}
    files = [p for p in (tmp_path / "out").rglob("*") if p.is_file() and p.name != "alerts.jsonl"]
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in files} == named


def test_the_same_clip_gives_the_same_alerts_byte_for_byte(clip: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        replayed(clip, tmp_path / out)
    assert (tmp_path / "one/alerts.jsonl").read_bytes() == (tmp_path / "two/alerts.jsonl").read_bytes()


def test_the_gate_saves_looks_and_changes_no_alert(clip: Path, tmp_path: Path) -> None:
    looks, begun = [], []
    for enabled in (True, False):
        camera = CAMERA.model_copy(update={"gate": CAMERA.gate.model_copy(update={"enabled": enabled})})
        detector = BrightnessDetector()
        steps = list(Replay(clip, camera, detector, "brightness@0"))
        looks.append(detector.looks)
        begun.append([(r.alert.kind, r.alert.began_at) for s in steps for r in s.reports if r.alert.revision == 1])
    assert begun[0] == begun[1]
    assert looks[0] < 0.75 * looks[1]


def test_boxes_drawn_over_the_clip_by_its_times_meet_the_square(clip: Path, tmp_path: Path) -> None:
    """What the console does: clip time 0 is the evidence's `from`, boxes are found by UTC time."""
    alerts = replayed(clip, tmp_path / "out")
    evidence = {piece.kind: piece for piece in alerts[-1].evidence}
    tracks = json.loads(
        next((tmp_path / "out/tracks").glob(f"*{evidence[EvidenceKind.TRACKS].sha256[:12]}*")).read_text()
    )
    movie = next((tmp_path / "out/clips").glob(f"*{evidence[EvidenceKind.CLIP].sha256[:12]}*")).read_bytes()
    pictures = {}
    with av.open(io.BytesIO(movie), "r") as container:
        for frame in container.decode(video=0):
            at = evidence[EvidenceKind.CLIP].from_ + timedelta(seconds=frame.time or 0)
            pictures[round((at - START).total_seconds(), 1)] = frame.to_ndarray(format="gray")
    compared = 0
    for drawn in tracks["frames"]:
        t = round((datetime.fromisoformat(drawn["at"]) - START).total_seconds(), 1)
        if t not in pictures or not drawn["objects"] or square_at(t) is None:
            continue
        rows, columns = np.nonzero(pictures[t] > 200)
        seen = [columns.min() / 320, rows.min() / 240, (columns.max() + 1) / 320, (rows.max() + 1) / 240]
        assert drawn["objects"][0]["box"] == pytest.approx(seen, abs=0.03)
        compared += 1
    assert compared >= 10


def test_a_clip_that_ends_in_the_middle_of_an_event_ends_its_alert(tmp_path: Path) -> None:
    alerts = replayed(draw_clip(tmp_path / "short.mp4", seconds=5.5), tmp_path / "out")
    last = [alert for alert in alerts if alert.kind is Kind.INTRUSION][-1]
    assert last.phase is Phase.END
    assert EvidenceKind.CLIP in {piece.kind for piece in last.evidence}
    assert any(alert.reason.id == "reason.stopped" for alert in alerts)


def test_the_car_park_gives_its_cyclists_pedestrian_and_cars(shared_data: Path) -> None:
    """Watched: cyclist 9.9-13.7 s, pedestrian 24.6-30.5 s with cyclist 28.8-34.3 s; cars leave at 3.6 and 33.6 s."""
    camera = load_camera(REPOSITORY / "camera_configs/car-park.yaml")
    card, weights = find_card(shared_data / "weights/yolox_nano_416.onnx", MODELS)
    detector = OnnxDetector(card, weights, threads=2, only=classes_of([camera]))
    clip = shared_data / "clips/person-bicycle-car.mp4"
    begun = [
        (report.alert.kind, (report.alert.began_at - START).total_seconds())
        for step in Replay(clip, camera, detector, "yolox")
        for report in step.reports
        if report.alert.revision == 1
    ]
    assert [kind for kind, _ in begun] == ["line_crossing", "intrusion", "intrusion", "line_crossing"]
    expected = [(1.5, 3.6), (9.9, 13.7), (24.6, 26.5), (31, 33.6)]
    for (_, at), (earliest, latest) in zip(begun, expected, strict=True):
        assert earliest <= at <= latest


def test_the_same_clip_gives_the_same_alerts_and_the_same_scenes_byte_for_byte(tmp_path: Path) -> None:
    """With the detector that comes with Shouwang, each time from the beginning."""
    camera = load_camera(REPOSITORY / "camera_configs/footage/line-both-ways.yaml")
    card, weights = find_card(None, MODELS)
    for out in ("one", "two"):
        detector = OnnxDetector(card, weights, only=classes_of([camera]))
        replay = Replay(REPOSITORY / "footage/line-both-ways.mp4", camera, detector, "ours")
        files = ReplayFiles(tmp_path / out)
        with files.scenes(replay.header) as log:
            for step in replay:
                for report in step.reports:
                    files.add(report)
                if step.outcome:
                    log.add(step.outcome.scene, step.outcome.seen)
    for name in ("alerts.jsonl", "line-both-ways.scenes"):
        first, second = ((tmp_path / out / name).read_bytes() for out in ("one", "two"))
        assert len(first) > 1000
        assert first == second
