"""Things without a track are drawn over the clip, too: from when the alert begins until it ends."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.alerts.life import Report
from edge.bench.replay import Replay
from edge.config import load_camera
from protocol.kinds import Phase
from protocol.messages import EvidenceKind
from tests.edge.box import CAMERA, write
from tests.edge.clips import BrightnessDetector, draw_clip, stands_at

SPOT = {"name": "spot", "polygon": [[0.44, 0.38], [0.56, 0.38], [0.56, 0.72], [0.44, 0.72]]}
TAKEN_S, BACK_S = 8, 18


def taken_and_put_back(second: float) -> tuple[float, float, float, float] | None:
    return None if TAKEN_S <= second < BACK_S else stands_at(second)


def reports(folder: Path) -> list[Report]:
    clip = draw_clip(folder / "taken.mp4", seconds=28, square=taken_and_put_back)
    rules = [{"kind": "removed_object", "zone": "spot", "after_s": 2}]
    write(folder / "camera.yaml", CAMERA | {"zones": [SPOT], "lines": [], "rules": rules})
    replay = Replay(clip, load_camera(folder / "camera.yaml"), BrightnessDetector(), "brightness@0")
    return [report for step in replay for report in step.reports]


def drawn(found: list[Report]) -> list[tuple[datetime, dict[str, Any]]]:
    """Each thing in the tracks to be drawn, with its time."""
    (piece,) = [piece for r in found for piece in r.pieces if piece.about.kind is EvidenceKind.TRACKS]
    frames = json.loads(piece.data)["frames"]
    return [(datetime.fromisoformat(f["at"]), one) for f in frames for one in f["objects"] if one["track"] < 0]


def test_what_was_taken_is_drawn_from_the_begin_of_its_alert_to_the_end(tmp_path: Path) -> None:
    found = reports(tmp_path)
    (begin,) = [r.alert for r in found if r.alert.phase is Phase.BEGIN]
    end = next(r.alert for r in found if r.alert.phase is Phase.END)
    shown = drawn(found)
    assert shown[0][0] == begin.at
    assert abs((end.at - shown[-1][0]).total_seconds()) < 0.5
    assert all(at < end.at for at, _ in shown)
    (box,) = {tuple(one["box"]) for _, one in shown}
    assert box == begin.objects[0].box
    assert {(one["track"], one["label"], one["involved"]) for _, one in shown} == {(-1, "other", True)}
