"""A node with several cameras: one detector for all, none starves, none harms another, nothing open is left."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from edge.alerts.life import Report, alert_id
from edge.bench.whatif.rerunning import rerun
from edge.config import load_node
from edge.heartbeat import last_beat
from edge.keeping import Keeper
from edge.node import Node
from edge.outbox import Outbox, OutboxSettings
from edge.scenelog.reading import read_runs
from edge.uplink.credentials import Credentials
from edge.video.picture import Picture
from edge.vision.detector import Detections, Detector
from protocol.kinds import Phase
from protocol.messages import Alert, CameraState, Health
from protocol.signing import new_key, sign
from tests.edge.box import CAMERA, write
from tests.edge.clips import BrightnessDetector, draw_clip
from tests.edge.enrolled import credentials_of
from tests.protocol.example import alert

HEALTH_EVERY_S = 0.5


class SlowDetector(BrightnessDetector):
    """Needs more time than three cameras at five frames a second leave it."""

    def detect(self, picture: Picture) -> Detections:
        time.sleep(0.15)
        return super().detect(picture)


def node_of(
    folder: Path,
    sources: dict[str, str],
    detector: Detector | None = None,
    health_every_s: float = HEALTH_EVERY_S,
    credentials: Credentials | None = None,
) -> Node:
    """A node whose server is nowhere, with a camera for each source."""
    for name, source in sources.items():
        write(
            folder / f"{name}.yaml",
            CAMERA | {"name": name, "source": source, "looping": True, "gate": {"enabled": False}},
        )
    cameras = [f"{name}.yaml" for name in sources]
    write(
        folder / "node.yaml",
        {"name": "gatehouse", "model": "none.onnx", "cameras": cameras, "health_every_s": health_every_s},
    )
    credentials = credentials or credentials_of("gatehouse")
    return Node(load_node(folder / "node.yaml"), detector or BrightnessDetector(), credentials)


@contextmanager
def running(node: Node) -> Iterator[None]:
    thread = threading.Thread(target=node.run)
    thread.start()
    try:
        yield
    finally:
        node.stop()
        thread.join(timeout=30)
        assert not thread.is_alive()


def health_when(folder: Path, holds: Callable[[Health], bool], within_s: float = 20) -> Health:
    """The first heartbeat of which it holds."""
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        health, _ = last_beat(folder / "data", HEALTH_EVERY_S, datetime.now(UTC))
        if health is not None and holds(health):
            return health
        time.sleep(0.1)
    raise AssertionError(f"no heartbeat like that; the last was {health}")


def kept(folder: Path) -> list[Alert]:
    """What waits in the outbox."""
    outbox = Outbox(folder / "data" / "outbox.sqlite", OutboxSettings())
    try:
        return [Alert.model_validate_json(waiting.payload) for waiting in outbox.waiting_alerts()]
    finally:
        outbox.close()


def test_a_dead_camera_harms_no_other(tmp_path: Path) -> None:
    clip = str(draw_clip(tmp_path / "drawn.mp4"))
    with running(node_of(tmp_path, {"east": clip, "gone": str(tmp_path / "gone.mp4"), "west": clip})):

        def both_at_work(health: Health) -> bool:
            watching = [camera for camera in health.cameras if camera.state is CameraState.WATCHING]
            return sum(camera.analysed_per_s > 3 for camera in watching) == 2

        states = {camera.name: camera.state for camera in health_when(tmp_path, both_at_work).cameras}
        assert states.pop("gone") is not CameraState.WATCHING
        assert set(states.values()) == {CameraState.WATCHING}


def test_cameras_that_are_too_many_for_the_detector_wait_equally_long(tmp_path: Path) -> None:
    clip = str(draw_clip(tmp_path / "drawn.mp4"))
    with running(node_of(tmp_path, {"east": clip, "north": clip, "west": clip}, SlowDetector(), health_every_s=4)):
        busy = health_when(tmp_path, lambda health: sum(camera.dropped for camera in health.cameras) > 12)
    dropped = [camera.dropped for camera in busy.cameras]
    assert max(dropped) <= 2 * min(dropped)
    detected_per_s = [camera.detected_per_s for camera in busy.cameras]
    assert max(detected_per_s) <= 2 * min(detected_per_s)
    assert 3 < sum(detected_per_s) < 1 / 0.15 + 1


def test_what_is_open_when_a_node_stops_is_ended_and_kept(tmp_path: Path) -> None:
    clip = str(draw_clip(tmp_path / "drawn.mp4"))
    with running(node_of(tmp_path, {"east": clip})):
        end_s = time.monotonic() + 20
        while time.monotonic() < end_s and not kept(tmp_path):
            time.sleep(0.1)
    alerts = kept(tmp_path)
    assert alerts
    assert {alert.phase for alert in alerts} == {Phase.END}
    assert all(alert.signature for alert in alerts)
    assert {alert.id for alert in alerts} == judged_again(tmp_path / "data" / "scenes" / "east")


def judged_again(folder: Path) -> set[UUID]:
    """The alerts that a camera's rules find in the scenes that its node has kept."""
    (run,) = read_runs(folder)
    camera, header = run.header.camera_config(), run.header
    numbers = range(len(camera.rules))
    return {
        alert_id(header.run, header.node, header.camera, camera.build_rules()[number].fingerprint, finding)
        for number, found in zip(numbers, rerun(run, [(camera, number) for number in numbers]), strict=True)
        for finding in found
        if finding.phase is Phase.BEGIN
    }


def test_an_alert_that_was_open_when_the_power_went_is_ended_at_the_next_start(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "data" / "outbox.sqlite", OutboxSettings())
    left_open = alert("open")
    outbox.put(left_open, ())
    outbox.close()
    with running(node_of(tmp_path, {"gone": str(tmp_path / "gone.mp4")})):
        health_when(tmp_path, lambda _: True)
    (ended,) = [kept_alert for kept_alert in kept(tmp_path) if kept_alert.id == left_open.id]
    assert (ended.phase, ended.revision, ended.reason.id) == (Phase.END, 2, "reason.restart")


def test_what_waits_when_a_node_is_enrolled_again_is_signed_by_its_new_key_and_is_the_same_otherwise(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").mkdir()
    before, now = credentials_of("gatehouse"), credentials_of("gatehouse")
    outbox = Outbox(tmp_path / "data" / "outbox.sqlite", OutboxSettings())
    ended = {name: alert(name, phase=Phase.END) for name in ("waits", "refused", "signed anew", "of no use")}
    old = Keeper(outbox, before.key, lambda _: None)
    old.keep([Report(ended[name]) for name in ("waits", "refused", "of no use")])
    outbox.put(sign(ended["signed anew"], now.key), ())
    outbox.refused(ended["refused"].id, 1, "refused.bad_signature")
    outbox.refused(ended["of no use"].id, 1, "refused.invalid")
    outbox.close()
    with running(node_of(tmp_path, {"gone": str(tmp_path / "gone.mp4")}, credentials=now)):
        health_when(tmp_path, lambda health: health.outbox.waiting_alerts == 3)
    del ended["of no use"]
    waiting = {alert_.id: alert_ for alert_ in kept(tmp_path)}
    assert waiting == {alert_.id: sign(alert_, now.key) for alert_ in ended.values()}


def test_a_waiting_alert_of_another_version_holds_up_no_start(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", OutboxSettings())
    outbox.put(alert(), ())
    outbox._db.execute("UPDATE alerts SET payload = CAST(replace(payload, 'intrusion', 'later') AS BLOB)")
    (before,) = outbox.waiting_alerts()
    Keeper(outbox, new_key(), lambda _: None)
    assert outbox.waiting_alerts() == [before]
    outbox.close()


def test_a_full_disk_that_takes_no_new_signatures_holds_up_no_start(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", OutboxSettings())
    Keeper(outbox, new_key(), lambda _: None).keep([Report(alert())])
    outbox._db.execute("PRAGMA query_only = 1")
    Keeper(outbox, new_key(), lambda _: None)
    assert len(outbox.waiting_alerts()) == 1
    outbox.close()
