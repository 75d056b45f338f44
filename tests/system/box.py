"""A box as an installer sets it up: its files, enrolled by the real command with a code of an administrator."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from server.db.tables.people import Role
from server.nodes.enrolment import new_code
from tests.edge.box import write
from tests.edge.vision.networks import save_brightness_network
from tests.server.live import Live
from tests.server.parts import somebody
from tests.system.processes import BIN, Running


def box_in(folder: Path, site: Live, camera: dict[str, Any]) -> Path:
    """Puts a node with one camera into a folder; its detector finds what is bright."""
    save_brightness_network(folder)
    write(folder / "camera.yaml", camera)
    node = {"name": "gatehouse", "title": "门卫室", "model": "brightness.yaml", "cameras": ["camera.yaml"]}
    write(folder / "node.yaml", node | {"health_every_s": 1})
    with site.context.database.writing() as db:
        code = new_code(db, somebody(db, Role.ADMINISTRATOR, "chief", datetime.now(UTC)), datetime.now(UTC))
        db.commit()
    edge("enrol", site.settings.address, code, "--config", str(folder / "node.yaml"))
    return folder


def at_work(box: Path) -> Running:
    """`shouwang-edge run` of a box."""
    return Running([str(BIN / "shouwang-edge"), "run", str(box / "node.yaml")], box / "edge.log")


def edge(*arguments: str) -> str:
    """The output of shouwang-edge; it must end well."""
    done = subprocess.run(
        [str(BIN / "shouwang-edge"), *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def alerts(client: httpx.Client) -> list[dict[str, Any]]:
    """What the server's programming interface tells, newest first."""
    found: list[dict[str, Any]] = client.get("/api/v1/alerts", params={"limit": 100}).raise_for_status().json()
    return found
