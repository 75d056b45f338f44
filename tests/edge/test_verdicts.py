"""Verdicts teach: replayed again, false alarms have stopped and true ones have not."""

from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from edge.bench.replay import DEFAULT_START, Replay
from edge.config import load_camera
from edge.learning.exceptions import Lessons
from edge.rules.selecting import TrackRule
from edge.video.picture import Picture
from edge.vision.detector import Detections
from protocol.kinds import Phase
from protocol.messages import Alert, Verdict, VerdictWord
from tests.edge.box import CAMERA, write
from tests.edge.clips import BrightnessDetector, draw_clip

PEDESTAL = {"name": "pedestal", "polygon": [[0.5, 0.5], [0.7, 0.5], [0.7, 0.65], [0.5, 0.65]]}
STATUE = [0.55, 0.35, 0.62, 0.6]


class StatueDetector(BrightnessDetector):
    """Takes something that always stands there for a person, too."""

    def detect(self, picture: Picture) -> Detections:
        seen = super().detect(picture)
        boxes = np.concatenate([seen.boxes, np.array([STATUE], np.float32)])
        return Detections(boxes, np.append(seen.scores, np.float32(0.6)), (*seen.labels, "person"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_clip(tmp_path_factory.mktemp("verdicts") / "drawn.mp4")


def replayed(
    clip: Path, folder: Path, lessons: Lessons, zone: str = "middle"
) -> tuple[Replay, list[tuple[float, Alert]]]:
    """A replay with what was learnt before; the alerts that began, with their seconds."""
    zones = [*CAMERA["zones"], PEDESTAL]
    watched = {"rules": [{"kind": "intrusion", "zone": zone}], "zones": zones, "gate": {"enabled": False}}
    write(folder / "camera.yaml", CAMERA | watched)
    replay = Replay(clip, load_camera(folder / "camera.yaml"), StatueDetector(), "statue@0")
    (rule,) = replay.analysis.rules
    assert isinstance(rule, TrackRule)
    rule.lessons = lessons
    alerts = [report.alert for step in replay for report in step.reports]
    begun = [alert for alert in alerts if alert.phase is Phase.BEGIN]
    return replay, [((alert.at - DEFAULT_START).total_seconds(), alert) for alert in begun]


def said(alert: Alert, word: VerdictWord) -> Verdict:
    return Verdict(alert=alert.id, verdict=word, at=alert.at)


def test_a_statue_that_was_called_false_is_silent_and_who_walks_past_it_is_not(clip: Path, tmp_path: Path) -> None:
    lessons = Lessons()
    replay, alerts = replayed(clip, tmp_path, lessons)
    assert [second < 1 for second, _ in alerts] == [True]
    heard = replay.analysis.hear(said(alerts[0][1], VerdictWord.FALSE))
    assert heard is not None
    assert heard.changes.made is not None
    assert heard.changes.made.box == pytest.approx(STATUE, abs=0.02)
    _, again = replayed(clip, tmp_path, lessons)
    assert [3 < second < 6 for second, _ in again] == [True]
    before, after = alerts[0][1].fingerprints, again[0][1].fingerprints
    assert (before.lessons, after.lessons) == (None, lessons.fingerprint)
    assert (before.rule, before.configuration) == (after.rule, after.configuration)
    assert again[0][1].objects[0].box[0] < 0.5


def test_what_was_called_real_there_is_not_excepted(clip: Path, tmp_path: Path) -> None:
    lessons = Lessons()
    replay, alerts = replayed(clip, tmp_path, lessons, "pedestal")
    replay.analysis.hear(said(alerts[0][1], VerdictWord.REAL))
    lessons.heard[0] = lessons.heard[0].model_copy(update={"alert": UUID(int=1)})  # said of an earlier alert there
    heard = replay.analysis.hear(said(alerts[0][1], VerdictWord.FALSE))
    assert heard is not None
    assert heard.changes.made is None
    assert [second < 1 for second, _ in replayed(clip, tmp_path, lessons, "pedestal")[1]] == [True]


def test_a_verdict_on_somebody_elses_alert_is_nobodys(clip: Path, tmp_path: Path) -> None:
    replay, alerts = replayed(clip, tmp_path, Lessons())
    stranger = alerts[0][1].model_copy(update={"id": alerts[0][1].id.__class__(int=7)})
    assert replay.analysis.hear(said(stranger, VerdictWord.FALSE)) is None
