"""A camera all of whose rules rest: the clip of an open alert is of its own time, and its end claims nothing unseen."""

from datetime import datetime, timedelta
from pathlib import Path

from edge.alerts.life import Report
from edge.bench.replay import DEFAULT_START, Replay
from edge.config import load_camera
from edge.rations.ladder import FULL, Ration
from protocol.kinds import Phase, Severity
from protocol.messages import Evidence, EvidenceKind
from tests.edge.box import CAMERA, write
from tests.edge.clips import BrightnessDetector, draw_clip

LOITERING = {"kind": "loitering", "zone": "middle", "after_s": 0.5, "least_way": 0, "name": "linger"}
RESTS_S, WAKES_S = 5.3, 100.0


def second(seconds: float) -> datetime:
    return DEFAULT_START + timedelta(seconds=seconds)


def reports_of(folder: Path, *, looked_after: bool) -> list[Report]:
    """Of a camera that rests for much longer than its ring reaches, with an alert open."""
    write(folder / "camera.yaml", CAMERA | {"rules": [LOITERING], "gate": {"enabled": False}})
    clip = draw_clip(folder / "drawn.mp4", seconds=110)
    replay = Replay(clip, load_camera(folder / "camera.yaml"), BrightnessDetector(), "brightness@0")
    analysis, reports = replay.analysis, list[Report]()
    for frame in replay.source.frames():
        rests = second(RESTS_S) <= frame.at < second(WAKES_S)
        reports += analysis.put_on(Ration(paused=Severity.LOW) if rests else FULL, None)
        if not rests:
            reports += analysis.step(frame).reports
        elif looked_after:
            reports += analysis.rest(frame)
    return reports


def clips(reports: list[Report]) -> list[Evidence]:
    return [piece for piece in reports[-1].alert.evidence if piece.kind is EvidenceKind.CLIP]


def test_its_clip_is_cut_when_it_is_due_though_nobody_looks(tmp_path: Path) -> None:
    reports = reports_of(tmp_path, looked_after=True)
    (clip,) = clips(reports)
    began = reports[0].alert.began_at
    assert clip.from_ <= began <= clip.to
    assert clip.to <= began + timedelta(seconds=30)


def test_a_ring_that_holds_nothing_of_its_time_any_more_gives_no_clip(tmp_path: Path) -> None:
    reports = reports_of(tmp_path, looked_after=False)
    assert clips(reports) == []
    assert all(report.alert.at >= second(WAKES_S) for report in reports if report.alert.phase is Phase.END)


def test_its_end_says_that_nobody_looked_and_not_for_how_long_it_lasted(tmp_path: Path) -> None:
    ended = [r.alert for r in reports_of(tmp_path, looked_after=True) if r.alert.phase is Phase.END]
    assert {(alert.reason.id, alert.reason.arguments["rule"]) for alert in ended} == {("reason.rested", "linger")}
