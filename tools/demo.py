"""`make demo`: server, broker, console and an edge node on this machine, fed by a clip that loops in real time.

Everything is started as its own process, as an operator would, and by the same commands.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import httpx
import typer
import yaml
from rich.console import Console
from rich.table import Table

from edge.config import load_camera
from edge.video.errors import SourceError
from edge.video.file import FileSource
from edge.vision.card import MODELS, find_card
from edge.vision.errors import ModelError
from protocol.messages import EvidenceKind

ROOT = Path(__file__).resolve().parent.parent
CAMERAS = ROOT / "camera_configs"
BIN = Path(sys.executable).parent
USER = "demo"
READY_S = 60
SETTLE_S = 12
"""How long the last evidence may take after the edge has stopped."""
out = Console()


@dataclass(frozen=True, slots=True)
class Running:
    """The demonstration's addresses and the account for its console."""

    folder: Path
    url: str
    password: str
    environment: dict[str, str]


def main(
    clip: Annotated[Path | None, typer.Option(help="A video file.")] = None,
    model: Annotated[Path | None, typer.Option(help="A model card or an ONNX file.")] = None,
    camera: Annotated[Path | None, typer.Option(help="A camera file; its source is replaced by the clip.")] = None,
    seconds: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = ROOT / "out" / "demo",
) -> None:
    """Start everything, print each alert, and stop by itself after --for seconds."""
    if clip is None or model is None:
        out.print("make demo CLIP=video.mp4 MODEL=detector.onnx [CAMERA=camera.yaml] [FOR=60]: pass a clip and a model")
        raise typer.Exit(2)
    try:
        find_card(model, MODELS)
        node = write_node(folder, clip.resolve(), model.resolve(), camera or camera_for(clip))
    except (ModelError, SourceError) as error:
        out.print(str(error), style="red", markup=False)
        raise typer.Exit(3) from None
    with server(folder) as running:
        raise typer.Exit(watch(running, node, seconds))


def camera_for(clip: Path) -> Path:
    """The example camera made for a clip of this name, or the one that fits any clip."""
    for path in sorted(CAMERAS.glob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        if Path(str(document.get("source", ""))).name == clip.name:
            return path
    return CAMERAS / "whole-view.yaml"


def write_node(folder: Path, clip: Path, model: Path, camera: Path) -> Path:
    """Fresh data, a camera file that loops the clip, and the node's file."""
    load_camera(camera)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    document: dict[str, Any] = yaml.safe_load(camera.read_text("utf-8"))
    document |= {"source": str(clip), "looping": True}
    (folder / "camera.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    node = {
        "name": "demo-box",
        "title": "Demo box",
        "data_dir": "edge",
        "model": str(model),
        "cameras": ["camera.yaml"],
    }
    (folder / "node.yaml").write_text(yaml.safe_dump(node, allow_unicode=True), "utf-8")
    camera_config = load_camera(folder / "camera.yaml")
    FileSource(clip, camera_config.name, camera_config.video, datetime.now(UTC))
    return folder / "node.yaml"


@contextmanager
def server(folder: Path) -> Iterator[Running]:
    """The server with its broker, ready, with one administrator."""
    http, mqtt = free_port(8080), free_port(1883)
    environment = {
        **os.environ,
        "SHOUWANG_DATA_DIR": str(folder / "server"),
        "SHOUWANG_HTTP__PORT": str(http),
        "SHOUWANG_MQTT__PORT": str(mqtt),
    }
    command("shouwang-server", "migrate", environment=environment)
    said = command(
        "shouwang-server", "create-user", USER, "--role", "administrator", "--generate", environment=environment
    )
    password = said.split()[-1]
    with process("shouwang-server", "run", environment=environment, log=folder / "server.log") as running:
        url = f"http://127.0.0.1:{http}"
        wait_until_ready(url, running, folder / "server.log")
        out.print(f"\n  console   {url}\n  user      {USER}\n  password  {password}\n", highlight=False)
        yield Running(folder, url, password, environment)


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
    show(alerts, cases, ZoneInfo(load_camera(running.folder / "camera.yaml").timezone))
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


def command(name: str, *arguments: str, environment: dict[str, str]) -> str:
    """Run one of our commands to its end and return what it said; its own error ends the demonstration."""
    done = subprocess.run([str(BIN / name), *arguments], env=environment, text=True, capture_output=True, check=False)
    if done.returncode:
        out.print(f"{name} {arguments[0]} failed:\n{done.stdout}{done.stderr}", style="red", markup=False)
        raise typer.Exit(1)
    return done.stdout


@contextmanager
def process(
    name: str, *arguments: str, environment: dict[str, str], log: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    """A command in the background; ends with the block, asked first."""
    sink = log.open("wb") if log else None
    started = subprocess.Popen([str(BIN / name), *arguments], env=environment, stdout=sink, stderr=sink)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(timeout=20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()
        if sink:
            sink.close()


def wait_until_ready(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server says that it can serve."""
    deadline_s = time.monotonic() + READY_S
    while time.monotonic() < deadline_s and running.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    out.print(f"the server did not come up; its log {log} ends with:\n{log.read_text('utf-8')[-2000:]}", markup=False)
    raise typer.Exit(1)


def free_port(wanted: int) -> int:
    """The wanted port, or any free one if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            bound: int = probe.getsockname()[1]
            return bound
    raise OSError("no free port on this machine")


if __name__ == "__main__":
    typer.run(main)
