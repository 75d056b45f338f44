"""The node's clock is set while a camera is watched: what was open ends by the old one, and all begins anew."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from edge.alerts.life import Report
from edge.bench.replay import DEFAULT_START, Replay
from edge.config import load_camera
from protocol.kinds import Phase
from protocol.messages import Alert, EvidenceKind
from tests.edge.box import CAMERA, write
from tests.edge.clips import BrightnessDetector, draw_clip, stands_at

HOURS = [timedelta(hours=-8), timedelta(hours=8)]
SET_AT = DEFAULT_START + timedelta(seconds=5.3)


def watched(folder: Path, set_by: timedelta) -> list[Alert]:
    """The alerts of a clip in the middle of which the clock is set."""
    rules = [{"kind": "intrusion", "zone": "middle"}, {"kind": "tamper"}]
    write(folder / "camera.yaml", CAMERA | {"rules": rules, "gate": {"enabled": False}})
    replay = Replay(
        draw_clip(folder / "drawn.mp4", square=stands_at),
        load_camera(folder / "camera.yaml"),
        BrightnessDetector(),
        "b@0",
    )
    reports: list[Report] = []
    for frame in replay.source.frames():
        late = frame.at >= SET_AT
        reports += replay.analysis.step(replace(frame, at=frame.at + set_by, clock_sets=1) if late else frame).reports
    return [report.alert for report in (*reports, *replay.analysis.close())]


@pytest.mark.parametrize("set_by", HOURS, ids=str)
def test_what_is_open_ends_by_the_clock_of_before_with_its_clip_and_who_is_still_there_is_told_of_anew(
    tmp_path: Path, set_by: timedelta
) -> None:
    alerts = watched(tmp_path, set_by)
    first = [alert for alert in alerts if alert.id == alerts[0].id]
    assert (first[-1].phase, first[-1].reason.id) == (Phase.END, "reason.clock_set")
    assert all(alert.at <= SET_AT for alert in first)
    assert EvidenceKind.CLIP in {piece.kind for piece in first[-1].evidence}
    again = [alert for alert in alerts if alert.id != first[0].id]
    assert again
    assert all(abs(alert.began_at - set_by - SET_AT) < timedelta(seconds=30) for alert in again)
    assert {alert.kind for alert in alerts} == {"intrusion"}
