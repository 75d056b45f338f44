"""From camera to case, with the real commands: video in at one end, a case with its evidence at the other."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from protocol.kinds import Kind
from protocol.messages import EvidenceKind, NodeState, VerdictWord
from server.db.tables import Node
from tests.edge.box import CAMERA
from tests.edge.clips import draw_clip
from tests.server.live import Live, eventually, running
from tests.server.parts import settings_in
from tests.system.box import alerts, box_in, edge
from tests.system.processes import BIN, Running


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Live]:
    with running(settings_in(tmp_path / "server")) as live:
        yield live


@pytest.fixture
def box(tmp_path: Path, site: Live) -> Path:
    """A node's folder, enrolled by the real command, with a drawn clip that plays again and again."""
    folder = tmp_path / "box"
    folder.mkdir()
    return box_in(folder, site, CAMERA | {"source": str(draw_clip(folder / "drawn.mp4")), "looping": True})


def complete(found: list[dict[str, Any]]) -> bool:
    """Whether each alert has all three kinds of evidence, and all of it is here."""
    kinds = {EvidenceKind.SNAPSHOT, EvidenceKind.CLIP, EvidenceKind.TRACKS}
    return bool(found) and all(
        {piece["kind"] for piece in alert["evidence"]} == kinds and all(p["arrived"] for p in alert["evidence"])
        for alert in found
    )


def test_a_camera_becomes_a_case_and_the_verdict_comes_back(site: Live, box: Path) -> None:
    log = box / "edge.log"
    with Running([str(BIN / "shouwang-edge"), "run", str(box / "node.yaml")], log) as node, site.browser() as client:
        eventually(lambda: {a["kind"] for a in alerts(client)} == {Kind.INTRUSION, Kind.LINE_CROSSING}, within_s=40)
        (alert, *_) = [a for a in alerts(client) if a["kind"] == Kind.LINE_CROSSING]
        assert "watching" in edge("health", str(box / "node.yaml"))
        path = f"/api/v1/alerts/{alert['id']}/verdict"
        assert client.post(path, json={"verdict": "real"}).is_success
        eventually(lambda: "verdict" in node.said and alert["id"] in node.said)
        case = client.get(f"/api/v1/cases/{alert['case_id']}").raise_for_status().json()
        assert case["kind"] == Kind.LINE_CROSSING
        assert node.stop() == 0, node.said[-2000:]
        eventually(lambda: complete(alerts(client)))
        judged = next(a for a in alerts(client) if a["id"] == alert["id"])
        assert judged["verdict"] == VerdictWord.REAL
    with site.context.database.reading() as db:
        row = db.get(Node, "gatehouse")
        assert row is not None
        assert row.state == NodeState.OFFLINE
    assert "password" not in log.read_text("utf-8")


def test_a_replay_can_be_published_and_again_without_doubling(site: Live, box: Path) -> None:
    start = datetime.now(UTC).isoformat()
    for out in ("first", "second"):
        edge(
            "replay",
            str(box / "drawn.mp4"),
            *("--config", str(box / "camera.yaml"), "--model", str(box / "brightness.yaml")),
            *("--out", str(box / out), "--no-video", "--start", start, "--publish", str(box / "node.yaml")),
        )
    written = [json.loads(line) for line in (box / "second" / "alerts.jsonl").read_text("utf-8").splitlines()]
    with site.browser() as client:
        found = alerts(client)
    assert {a["id"] for a in found} == {a["id"] for a in written}
    assert len(found) == 2
    assert complete(found)


def test_a_replay_whose_server_is_gone_says_what_waits_and_sends_it_the_next_time(
    tmp_path: Path, site: Live, box: Path
) -> None:
    shutil.copy(box / "data" / "credentials.json", tmp_path / "kept.json")
    credentials = json.loads((tmp_path / "kept.json").read_text("utf-8"))
    gone = credentials | {"mqtt_port": 9, "server": "http://127.0.0.1:9"}
    (box / "data" / "credentials.json").write_text(json.dumps(gone), "utf-8")
    options = ["--config", str(box / "camera.yaml"), "--model", str(box / "brightness.yaml"), "--out", str(box / "out")]
    command = ["replay", str(box / "drawn.mp4"), *options, "--no-video", "--publish", str(box / "node.yaml")]
    done = subprocess.run(
        [str(BIN / "shouwang-edge"), *command, "--patience", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 9, done.stderr
    assert "2 alerts and 6 pieces of evidence wait" in " ".join(done.stderr.split())
    shutil.copy(tmp_path / "kept.json", box / "data" / "credentials.json")
    edge(*command)
    with site.browser() as client:
        assert len(alerts(client)) == 4
