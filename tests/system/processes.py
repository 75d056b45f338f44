"""The real commands as processes of their own, so that they can be killed as a power cut would."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import httpx

from server.settings import Settings
from tests.server.live import eventually

BIN = Path(sys.executable).parent


class Running:
    """A command in the background that can be killed and started again; its output goes on in one log."""

    def __init__(self, command: Sequence[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        self._command, self._environment = list(command), {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Running":
        self.start()
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None) -> None:
        if self.alive:
            self.stop()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text("utf-8")

    def start(self) -> None:
        """Begin, or begin again."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=30)

    def ended(self, within_s: float) -> int:
        """Wait until it ends by itself; its exit status."""
        assert self._process is not None
        return self._process.wait(timeout=within_s)


def server(settings: Settings, log: Path) -> Running:
    """`shouwang-server run` with these settings, which must be those of `settings_in`."""
    environment = {
        "SHOUWANG_DATA_DIR": str(settings.data_dir),
        "SHOUWANG_HTTP__PORT": str(settings.http.port),
        "SHOUWANG_MQTT__PORT": str(settings.mqtt.port),
        "SHOUWANG_EVIDENCE__LEAST_FREE_BYTES": "0",
    }
    if settings.database_url is not None:
        environment["SHOUWANG_DATABASE_URL"] = settings.database_url.get_secret_value()
    return Running([str(BIN / "shouwang-server"), "run"], log, environment)


def until_ready(settings: Settings, within_s: float = 30) -> None:
    """Wait until the server can serve."""
    eventually(lambda: httpx.get(f"{settings.address}/readyz", timeout=2).status_code == 200, within_s)
