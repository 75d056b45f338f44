"""`shouwang-edge health`: how a node does, in either language."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.complaints import tell
from edge.heartbeat import FILE, beat
from protocol.ids import uuid7
from protocol.messages import CameraHealth, CameraState, Health, OutboxHealth, Rations, encode
from tests.edge.command import Command


def test_health_of_a_node_that_never_ran_or_went_silent_is_a_fault(command: Command, box: Path) -> None:
    ended, _, complaint = command("health", box / "node.yaml")
    assert (ended, "has not run here yet" in complaint) == (1, True)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    old = Health(node="gatehouse", at=at, boot=uuid7(at), uptime_s=9, resident_mb=1)
    (box / "data").mkdir()
    (box / "data" / FILE).write_bytes(encode(old))
    ended, said, complaint = command("health", box / "node.yaml")
    assert (ended, "is it running?" in complaint, "2026-01-01" in said) == (1, True, True)


def test_health_is_told_in_either_language(command: Command, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime.now(UTC)
    rations = Rations(analysed_per_s=2.5, of_per_s=5, paused=("shed",))
    cameras = (
        CameraHealth(name="yard", state=CameraState.WATCHING, since=at, analysed_per_s=2.5, dropped=7, rations=rations),
        CameraHealth(name="gate", state=CameraState.STALLED, since=at, reconnects=3),
    )
    waiting = OutboxHealth(waiting_alerts=2, waiting_evidence=5)
    told = Health(
        node="gatehouse",
        at=at,
        boot=uuid7(at),
        uptime_s=9,
        resident_mb=151,
        cpu_percent=40,
        cameras=cameras,
        outbox=waiting,
    )
    (box / "data").mkdir()
    beat(box / "data", told)
    monkeypatch.setenv("COLUMNS", "100")
    code, said, _ = command("health", box / "node.yaml")
    assert code == 0
    assert cells(said) == [
        ["camera", "state", "analysed/s", "dropped", "reconnects", "short rations"],
        ["yard", "watching", "2.5", "7", "0", "2.5 of 5 frames a second; «shed» rests"],
        ["gate", "stalled", "0.0", "0", "3", ""],
    ]
    assert said.splitlines()[-1] == (
        f"{at:%Y-%m-%d %H:%M:%S} UTC, 151 MB, CPU 40 %; 2 alerts and 5 pieces of evidence wait"
    )
    _, said, _ = command("health", box / "node.yaml", "--language", "zh")
    assert cells(said) == [
        ["摄像机", "状态", "分析/秒", "丢弃帧", "重连次数", "降级监看"],
        ["yard", "正在监看", "2.5", "7", "0", "每秒 5 帧中分析 2.5 帧；「shed」已暂停"],
        ["gate", "画面停滞", "0.0", "0", "3", ""],
    ]
    assert said.splitlines()[-1] == (f"{at:%Y-%m-%d %H:%M:%S} UTC，内存 151 MB，CPU 40%；待发送告警 2 条，证据 5 份")


@pytest.mark.parametrize("state", CameraState)
def test_every_state_of_a_camera_has_a_name(state: CameraState) -> None:
    assert tell(f"health.state.{state}", "en") == state
    assert tell(f"health.state.{state}", "zh") != state


def cells(said: str) -> list[list[str]]:
    rows = [line for line in said.splitlines() if line[:1] in ("┃", "│")]
    return [[cell.strip() for cell in re.split("[┃│]", line)[1:-1]] for line in rows]
