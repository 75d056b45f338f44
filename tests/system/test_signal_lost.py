"""A camera's stream is cut: an alert says so while it is cut, and ends when the stream is back."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from protocol.kinds import Kind, Phase
from protocol.messages import CameraState
from tests.edge.box import CAMERA
from tests.edge.clips import draw_clip, stands_at
from tests.edge.video.test_rtsp import PASSWORD, missing, serving
from tests.server.live import Live, eventually, running
from tests.server.parts import free_port, settings_in
from tests.system.box import alerts, at_work, box_in

TAMPER: dict[str, Any] = {
    "rules": [{"kind": "tamper", "after_s": 3, "grace_s": 1}],
    "video": {"connect_timeout_s": 3, "stall_timeout_s": 2, "retry_first_s": 0.5, "retry_longest_s": 1},
}


def camera_is(site: Live, client: httpx.Client, state: CameraState) -> bool:
    found: list[dict[str, Any]] = client.get("/api/v1/cameras").raise_for_status().json()
    return [camera["state"] for camera in found] == [state]


def phases(client: httpx.Client) -> list[tuple[str, str]]:
    """Phase and cause of each alert of tampering, newest first."""
    found = [alert for alert in alerts(client) if alert["kind"] == Kind.TAMPER]
    return [(alert["phase"], alert["reason"]["arguments"]["cause"]) for alert in found]


def test_a_stream_that_is_killed_is_told_of_until_it_is_back(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    clip, port = draw_clip(tmp_path / "camera.mp4", seconds=120, square=stands_at), free_port()
    with running(settings_in(tmp_path / "server")) as site, site.browser() as client:
        folder = tmp_path / "box"
        folder.mkdir()
        box = box_in(folder, site, CAMERA | TAMPER | {"source": f"rtsp://cam:{PASSWORD}@127.0.0.1:{port}/cam"})
        with at_work(box) as node:
            with serving(clip, port):
                eventually(lambda: camera_is(site, client, CameraState.WATCHING), within_s=30)
                assert phases(client) == []
            eventually(lambda: phases(client) == [(Phase.BEGIN, "tamper.signal")], within_s=20)
            eventually(lambda: camera_is(site, client, CameraState.UNREACHABLE), within_s=20)
            with serving(clip, port):
                eventually(lambda: phases(client) == [(Phase.END, "tamper.signal")], within_s=30)
                eventually(lambda: camera_is(site, client, CameraState.WATCHING))
                assert node.stop() == 0, node.said[-2000:]
            (alert,) = [alert for alert in alerts(client) if alert["kind"] == Kind.TAMPER]
            assert alert["ended_at"] > alert["began_at"]
        assert PASSWORD not in (box / "edge.log").read_text("utf-8")
