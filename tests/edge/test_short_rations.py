"""A node with twice the work that it can do: what is critical is seen as ever, what is mild gives way and says so."""

import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
import yaml
from structlog.testing import capture_logs

from edge.bench.replay import DEFAULT_START, Replay
from edge.config import load_camera, load_node
from edge.node import Node, model_name, open_detector
from edge.video.picture import Picture
from edge.vision.card import ModelCard
from edge.vision.detector import Detections, Detector, OnnxDetector
from protocol.kinds import Kind
from protocol.messages import Alert, CameraHealth, Health
from tests.conftest import REPOSITORY
from tests.edge.box import write
from tests.edge.enrolled import credentials_of
from tests.edge.test_node import health_when, running

FPS = 5.0
SITE: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "bin": ("bin-fire", [{"kind": "fire_smoke", "zone": "yard"}]),
    "lane": ("car-in-fire-lane", [{"kind": "blocked_passage", "zone": "fire lane", "after_s": 5}]),
    "shed": ("loitering-shed", [{"kind": "loitering", "zone": "shed", "after_s": 10}]),
}
"""A critical, a medium and a mild camera: the clips that they show, and their rules."""


class Slowed:
    """A real detector on a box that is too slow for it: each look takes at least so many seconds."""

    def __init__(self, detector: Detector, look_s: float) -> None:
        self._detector, self.look_s = detector, look_s

    @property
    def card(self) -> ModelCard:
        return self._detector.card

    def detect(self, picture: Picture) -> Detections:
        begun_s = time.monotonic()
        seen = self._detector.detect(picture)
        time.sleep(max(0.0, self.look_s - (time.monotonic() - begun_s)))
        return seen


class Site:
    """A node whose frames would need so many times the time of its thread; `said` are its alerts, as they come."""

    def __init__(self, folder: Path, times: float, *, smaller: bool) -> None:
        self.folder, self.said = folder, list[Alert]()
        for name, (clip, rules) in SITE.items():
            camera = yaml.safe_load((REPOSITORY / "camera_configs/footage" / f"{clip}.yaml").read_text("utf-8"))
            camera |= {"name": name, "source": str(REPOSITORY / "footage" / f"{clip}.mp4"), "rules": rules}
            write(folder / f"{name}.yaml", camera | {"looping": True, "gate": {"enabled": False}})
        cameras = [f"{name}.yaml" for name in SITE]
        write(folder / "node.yaml", {"name": "gatehouse", "cameras": cameras, "health_every_s": 0.5})
        loaded = load_node(folder / "node.yaml")
        self.detector: OnnxDetector = open_detector(loaded)
        look_s = times / FPS / len(SITE)
        self.whole = Slowed(self.detector, look_s)
        small = self.detector.smaller if smaller else None
        self.small = Slowed(small, 0.6 * look_s) if small else None
        self.node = Node(
            loaded,
            self.whole,
            credentials_of("gatehouse"),
            lambda report: self.said.append(report.alert),
            self.small,
        )

    def health(self, holds: Any, within_s: float = 30) -> dict[str, CameraHealth]:
        """The cameras of the first heartbeat of which it holds."""

        def by_name(health: Health) -> dict[str, CameraHealth]:
            return {camera.name: camera for camera in health.cameras}

        return by_name(health_when(self.folder, lambda health: holds(by_name(health)), within_s))

    def analysed_per_s(self, beats: int = 10) -> list[float]:
        """How often each camera is looked at, in the mean of so many heartbeats: each is of two or three pictures."""
        heard: dict[datetime, Health] = {}

        def enough(health: Health) -> bool:
            heard[health.at] = health
            return len(heard) == beats

        health_when(self.folder, enough, within_s=30)
        rates = [[camera.analysed_per_s for camera in health.cameras] for health in heard.values()]
        return [fmean(camera) for camera in zip(*rates, strict=True)]

    def begun(self, kind: Kind) -> list[Alert]:
        """Alerts of a kind as they began."""
        return [alert for alert in self.said if alert.kind is kind and alert.revision == 1]

    def seconds_in_full(self, name: str, kind: Kind) -> list[float]:
        """When a replay of a camera's clip, which leaves nothing out, raises the alerts of a kind."""
        camera = load_camera(self.folder / f"{name}.yaml")
        replay = Replay(Path(camera.source.get_secret_value()), camera, self.detector, model_name(self.detector.card))
        alerts = [report.alert for step in replay for report in step.reports]
        return [
            (alert.at - DEFAULT_START).total_seconds() for alert in alerts if (alert.kind, alert.revision) == (kind, 1)
        ]


@pytest.mark.slow  # it needs the machine to itself: what runs beside it is load, too
@pytest.mark.timeout(300)
def test_at_twice_the_load_the_fire_is_seen_as_ever_while_mild_rules_rest_and_all_of_it_is_said(tmp_path: Path) -> None:
    site = Site(tmp_path, 2.0, smaller=False)
    (burns_s,) = site.seconds_in_full("bin", Kind.FIRE_SMOKE)
    started = datetime.now(UTC)
    with capture_logs() as logs, running(site.node):
        health = site.health(lambda cameras: cameras["shed"].rations is not None and cameras["shed"].rations.paused)
        site.health(lambda _: bool(site.begun(Kind.FIRE_SMOKE)) and len(site.begun(Kind.BLOCKED_PASSAGE)) > 1)
        steady = site.health(lambda cameras: cameras["bin"].analysed_per_s > 0.9 * FPS)
    (fire, *_) = site.begun(Kind.FIRE_SMOKE)
    assert abs((fire.began_at - started).total_seconds() - burns_s) < 2
    assert fire.rations is None
    assert steady["bin"].rations is None
    assert health["shed"].rations is not None
    assert health["shed"].rations.paused == ("shed",)
    (*_, blocked) = site.begun(Kind.BLOCKED_PASSAGE)
    assert blocked.rations is not None
    assert blocked.rations.analysed_per_s <= 0.6 * FPS
    assert blocked.rations.of_per_s == pytest.approx(FPS, abs=0.5)
    assert [log["level"] for log in logs if "cut" in log] == [1, 2, 3]
    assert [(log["cut"], log["of"]) for log in logs if "cut" in log] == [
        ("rate", "low"),
        ("rate", "medium"),
        ("rules", "low"),
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_when_the_load_is_gone_everything_is_watched_in_full_again(tmp_path: Path) -> None:
    site = Site(tmp_path, 2.0, smaller=True)
    with running(site.node):
        site.health(lambda cameras: cameras["shed"].rations is not None and cameras["shed"].rations.smaller_picture)
        site.whole.look_s = 0.0
        assert site.small is not None
        site.small.look_s = 0.0
        site.health(lambda cameras: all(camera.rations is None for camera in cameras.values()), within_s=200)
        assert min(site.analysed_per_s()) > 0.8 * FPS
