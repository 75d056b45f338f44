"""A camera whose cable is cut: its alert shows who was there last, and its times never go back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from edge.alerts.life import Report
from edge.bench.replay import Replay
from edge.config import load_camera
from edge.video.frame import Frame
from protocol.kinds import Phase
from protocol.messages import Alert, EvidenceKind
from tests.edge.box import CAMERA, write
from tests.edge.clips import BrightnessDetector, draw_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_clip(tmp_path_factory.mktemp("silence") / "drawn.mp4")


class Cut:
    """A camera that was watched to the end of a clip, when its cable was cut; `alerts` are all that it raised then."""

    def __init__(self, clip: Path, folder: Path) -> None:
        write(folder / "camera.yaml", CAMERA | {"rules": [{"kind": "tamper"}], "gate": {"enabled": False}})
        replay = Replay(clip, load_camera(folder / "camera.yaml"), BrightnessDetector(), "brightness@0")
        self.analysis = replay.analysis
        for frame in replay.source.frames():
            assert self.analysis.step(frame).reports == ()
            self.frame = frame
        self.cut_at, self.alerts = self.frame.at, list[Alert]()

    def after(self, seconds: float) -> datetime:
        return self.cut_at + timedelta(seconds=seconds)

    def silent_for(self, seconds: int) -> None:
        for second in range(2, seconds + 1, 2):
            self.note(self.analysis.silent(self.after(second)))

    def shows(self, seconds: float, clock_sets: int = 0) -> datetime:
        """A picture taken so many seconds after the cut; returns as of when it is judged."""
        index, at = self.frame.index + 1, self.after(seconds)
        self.frame = replace(self.frame, index=index, at=at, clock_sets=clock_sets)
        outcome = self.analysis.step(self.frame)
        self.note(outcome.reports)
        return outcome.scene.at

    def note(self, reports: Iterable[Report]) -> None:
        self.alerts += [report.alert for report in reports]


@pytest.fixture
def cut(clip: Path, tmp_path: Path) -> Cut:
    return Cut(clip, tmp_path)


def rise(alerts: list[Alert]) -> bool:
    return all(a.at <= b.at for a, b in pairwise(alerts)) and all(
        alert.began_at <= min(alert.at, alert.ended_at or alert.at) for alert in alerts
    )


def test_its_clip_shows_the_last_seconds_before_the_cut(cut: Cut) -> None:
    cut.silent_for(40)
    (clip,) = [piece for piece in cut.alerts[-1].evidence if piece.kind is EvidenceKind.CLIP]
    assert clip.from_ <= cut.after(-5)
    assert clip.to >= cut.cut_at
    assert cut.alerts[0].at > cut.after(5)


def test_its_alert_ends_after_it_began_when_the_node_stops_meanwhile(cut: Cut) -> None:
    cut.silent_for(20)
    cut.note(cut.analysis.close())
    assert cut.alerts[0].phase is Phase.BEGIN
    assert cut.alerts[-1].ended_at == cut.after(20)
    assert rise(cut.alerts)


def test_pictures_that_were_held_back_are_judged_as_of_when_silence_was_told(cut: Cut) -> None:
    cut.silent_for(6)
    judged = [cut.shows(0.2 * number) for number in range(1, 60)]
    assert judged[0] == cut.after(6)
    assert judged[-1] == cut.frame.at
    assert judged == sorted(judged)
    ended = next(alert for alert in cut.alerts if alert.phase is Phase.END)
    assert float(ended.reason.arguments["lasted_s"]) >= 0
    assert rise(cut.alerts)


def test_where_nothing_was_said_of_a_silence_late_pictures_keep_their_times(cut: Cut) -> None:
    cut.silent_for(4)
    assert cut.shows(0.2) == cut.after(0.2)
    assert cut.alerts == []


def test_a_clock_that_is_set_back_does_not_hold_a_camera_up_for_so_long(cut: Cut) -> None:
    cut.silent_for(6)
    assert cut.shows(-3600, clock_sets=1) == cut.after(-3600)


def test_boxes_are_drawn_at_the_times_of_their_pictures(cut: Cut) -> None:
    cut.silent_for(6)
    cut.shows(0.2)
    newest: Frame = cut.frame
    history = cut.analysis._alerts.history
    assert [scene.at for scene in history.between(newest.at, cut.after(60))] == [newest.at]
