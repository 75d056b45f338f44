"""What goes wrong with one camera, or while a node stops, keeps nothing else from going on or being ended."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
from structlog.testing import capture_logs

from edge.alerts import life
from edge.alerts.evidence import clip as cut
from edge.node import Node
from edge.outbox import OutboxError
from edge.watched import FIRST_PAUSE_S, LONGEST_PAUSE_S, Trouble, Watched
from protocol.kinds import Phase
from protocol.messages import CameraState, Health
from tests.edge.clips import draw_clip, stands_at
from tests.edge.test_node import health_when, kept, node_of, running

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Somebody comes at the first second and stays."""
    folder = tmp_path_factory.mktemp("faults")
    return str(draw_clip(folder / "drawn.mp4", 60, square=lambda t: stands_at(t) if t > 1 else None))


def broken(*_: object, **__: object) -> Any:
    raise ZeroDivisionError


def noting(calls: list[str], name: str, work: Callable[..., None]) -> Callable[..., None]:
    """The work, and a note that it was done."""

    def done(*given: Any) -> None:
        calls.append(name)
        work(*given)

    return done


def camera(node: Node, name: str) -> Watched:
    return next(watched for watched in node._watched if watched.name == name)


def open_in(folder: Path, count: int) -> Callable[[Health], bool]:
    return lambda _: len(kept(folder)) >= count


def phases(folder: Path) -> dict[str, Phase]:
    return {alert.camera: alert.phase for alert in kept(folder)}


def test_a_camera_whose_analysis_fails_says_so_and_the_others_are_watched(
    tmp_path: Path, clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = node_of(tmp_path, {"east": clip, "west": clip})
    monkeypatch.setattr(camera(node, "east").analysis, "step", broken)

    def only_one_is_watched(health: Health) -> bool:
        states = {one.name: one.state for one in health.cameras}
        return states == {"east": CameraState.UNREADABLE, "west": CameraState.WATCHING}

    with capture_logs() as said, running(node):
        health_when(tmp_path, only_one_is_watched)
        health_when(tmp_path, open_in(tmp_path, 1))
    assert phases(tmp_path) == {"west": Phase.END}
    failures = [line["again_in_s"] for line in said if line["event"] == "the analysis of a camera failed"]
    assert failures == [FIRST_PAUSE_S * 2**number for number in range(len(failures))]


def test_a_failure_of_all_cameras_is_the_nodes_own_and_ends_it(
    tmp_path: Path, clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = node_of(tmp_path, {"east": clip, "west": clip})
    for watched in node._watched:
        monkeypatch.setattr(watched.analysis, "step", broken)
    with pytest.raises(ZeroDivisionError):
        node.run()


def test_a_camera_that_failed_is_tried_again_ever_more_rarely_and_at_once_after_a_good_while() -> None:
    trouble, now_s = Trouble(), 1000.0
    pauses = []
    for _ in range(8):
        pauses.append(trouble.failed(NOW, now_s))
        assert trouble.lasts(now_s)
        now_s += pauses[-1]
        assert not trouble.lasts(now_s)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert trouble.failed(NOW, now_s + LONGEST_PAUSE_S) == FIRST_PAUSE_S


def test_an_alert_whose_clip_cannot_be_cut_is_ended_like_any_other(
    tmp_path: Path, clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = node_of(tmp_path, {"east": clip, "west": clip})
    bad = camera(node, "east").source.ring

    def cut_where_it_can_be(ring: Any, *rest: Any) -> Any:
        if ring is bad:
            raise av.error.PatchWelcomeError(1, "Not yet implemented in FFmpeg, patches welcome")
        return cut(ring, *rest)

    monkeypatch.setattr(life, "clip", cut_where_it_can_be)
    with running(node):
        health_when(tmp_path, open_in(tmp_path, 2))
    assert phases(tmp_path) == {"east": Phase.END, "west": Phase.END}


@pytest.mark.parametrize("bad", ["east", "west"])
def test_a_camera_that_cannot_be_ended_keeps_nothing_else_from_it(
    tmp_path: Path, clip: str, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    node = node_of(tmp_path, {"east": clip, "west": clip})
    monkeypatch.setattr(camera(node, bad).analysis, "close", broken)
    stopped = list[str]()
    for name, link in (("messages", node._messages), ("evidence", node._evidence)):
        monkeypatch.setattr(link, "stop", noting(stopped, name, link.stop))

    def until_both_are_open(_: Health) -> None:
        if len(node._outbox.waiting_alerts()) >= 2:
            node.stop()

    monkeypatch.setattr(node._messages, "say_health", until_both_are_open)
    with pytest.raises(ZeroDivisionError):
        node.run()
    good = "west" if bad == "east" else "east"
    assert phases(tmp_path) == {bad: Phase.BEGIN, good: Phase.END}
    assert stopped == ["messages", "evidence"]
    with pytest.raises(OutboxError):
        node._outbox.open_alerts()
