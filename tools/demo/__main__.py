"""`make demo`: server, broker, console and an edge node on this machine, fed by clips that loop in real time.

Everything is started as its own process, as an operator would, and by the same commands.
"""

import re
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.table import Table

from edge.config import load_camera
from edge.documents import ConfigError
from edge.outbox import OutboxError
from edge.video.errors import SourceError
from edge.vision.card import MODELS, find_card
from edge.vision.errors import ModelError
from protocol.messages import EvidenceKind
from tools import ROOT
from tools.demo.sources import NothingToPlay, camera_file, sources, write_node
from tools.running import USER, Running, command, out, process, server

SETTLE_S = 12
"""How long the last evidence may take after the edge has stopped."""


def main(
    clip: Annotated[str | None, typer.Option(help="A video file, or vtest: Debian's clip of a real plaza.")] = None,
    model: Annotated[Path | None, typer.Option(help="A model card or an ONNX file; else ours.")] = None,
    camera: Annotated[Path | None, typer.Option(help="A camera file; its source is replaced by the clip.")] = None,
    seconds: Annotated[float | None, typer.Option("--for", min=1, help="Stop after so many seconds.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = ROOT / "out" / "demo",
) -> None:
    """Start everything, print each alert, and stop by itself after --for seconds."""
    try:
        find_card(model, MODELS)
        node = write_node(folder, sources(clip, camera), model and model.resolve())
    except (ModelError, SourceError, ConfigError, OutboxError, NothingToPlay) as error:
        out.print(str(error), style="red", markup=False)
        raise typer.Exit(3) from None
    with server(folder) as running:
        raise typer.Exit(watch(running, node, seconds))


def watch(running: Running, node: Path, seconds: float | None) -> int:
    """Enrol and run the edge until time is up or somebody interrupts; returns the exit status."""
    code = command("shouwang-server", "new-code", "--by", USER, environment=running.environment).split()[-1]
    command("shouwang-edge", "enrol", running.url, code, "--config", str(node), environment=running.environment)
    stopped = False
    with process("shouwang-edge", "run", str(node), environment=running.environment, log=None) as edge:
        try:
            edge.wait(timeout=seconds)
            out.print("[red]the edge has ended by itself[/]")
        except subprocess.TimeoutExpired:
            stopped = True
        except KeyboardInterrupt:
            out.print("\nstopping")
    if seconds is None:
        return 0
    alerts, cases = settled(running)
    show(alerts, cases, ZoneInfo(load_camera(running.folder / camera_file(0)).timezone))
    return 0 if stopped and whole(alerts, cases) else 1


def settled(running: Running) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Alerts and cases as the API tells them, once the evidence on its way has come or has had its time."""
    with httpx.Client(base_url=running.url) as client:
        sign_in(client, running.password)
        deadline_s = time.monotonic() + SETTLE_S
        while True:
            alerts = client.get("/api/v1/alerts", params={"limit": 100}).raise_for_status().json()
            cases = client.get("/api/v1/cases", params={"limit": 100}).raise_for_status().json()
            if whole(alerts, cases) or time.monotonic() > deadline_s:
                return alerts, cases
            time.sleep(0.5)


def sign_in(client: httpx.Client, password: str) -> None:
    """A session, by the log-in page's form as a browser sends it."""
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/login").text)
    form = {"name": USER, "password": password, "form_token": token[1] if token else ""}
    answer = client.post("/login", data=form, headers={"Origin": str(client.base_url)})
    if answer.status_code != httpx.codes.SEE_OTHER:
        out.print(f"the console refuses the log-in: HTTP {answer.status_code}", style="red")
        raise typer.Exit(1)


def whole(alerts: list[dict[str, Any]], cases: list[dict[str, Any]]) -> bool:
    """Whether alerts came, all their evidence is here with a snapshot each, and each belongs to a case."""
    numbers = {case["id"] for case in cases}
    return bool(alerts) and all(
        alert["case_id"] in numbers
        and any(piece["kind"] == EvidenceKind.SNAPSHOT for piece in alert["evidence"])
        and all(piece["arrived"] for piece in alert["evidence"])
        for alert in alerts
    )


def show(alerts: list[dict[str, Any]], cases: list[dict[str, Any]], zone: ZoneInfo) -> None:
    """The tables at the end."""
    table = Table("began", "camera", "kind", "phase", "evidence", "case", title="Alerts")
    numbers = {case["id"]: case["number"] for case in cases}
    for alert in reversed(alerts):
        pieces = ", ".join(f"{p['kind']}{'' if p['arrived'] else ' (on its way)'}" for p in alert["evidence"])
        number = numbers.get(alert["case_id"], "none")
        began = datetime.fromisoformat(alert["began_at"]).astimezone(zone)
        table.add_row(f"{began:%H:%M:%S}", alert["camera"], alert["kind"], alert["phase"], pieces, number)
    out.print(table)
    table = Table("case", "state", "kind", "alerts", title="Cases")
    for case in reversed(cases):
        table.add_row(case["number"], case["state"], case["kind"], str(case["alert_count"]))
    out.print(table)


if __name__ == "__main__":
    typer.run(main)
