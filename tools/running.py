"""The product's own commands as processes of this machine: what demonstrations and benchmarks start."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import typer
from rich.console import Console

BIN = Path(sys.executable).parent
USER = "demo"
READY_S = 60
out = Console()


@dataclass(frozen=True, slots=True)
class Running:
    """A server's addresses and the account for its console."""

    folder: Path
    url: str
    password: str
    environment: dict[str, str]


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
