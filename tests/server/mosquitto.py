"""Debian's Mosquitto with the configuration that is deployed, only on another port and with files in another place."""

import os
import pwd
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.settings import Mqtt
from tests.conftest import REPOSITORY
from tests.server.live import eventually
from tests.server.parts import free_port

DEPLOYED = REPOSITORY / "deploy" / "mosquitto"
SERVER_PASSWORD = "the server's own"


def program(name: str) -> str:
    """Where Debian puts it, or a skip."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed: `bash deploy/system-packages` installs it")
    return found


class Mosquitto:
    """A broker in a folder; may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.passwords = folder / "passwords"
        self._folder, self._log = folder, folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copy(DEPLOYED / "acl", folder / "acl")
        (folder / "acl").chmod(0o600)
        (folder / "mosquitto.conf").write_text(self._configuration())
        command = [program("mosquitto_passwd"), "-b", "-c", str(self.passwords), "SERVER", SERVER_PASSWORD]
        subprocess.run(command, check=True, capture_output=True)

    @property
    def settings(self) -> Mqtt:
        """What the server is told of it."""
        return Mqtt(
            broker="external",
            port=self.port,
            username="SERVER",
            password=SecretStr(SERVER_PASSWORD),
            password_file=self.passwords,
        )

    @property
    def said(self) -> str:
        """Its log."""
        return self._log.read_text()

    def start(self) -> None:
        """Run until it takes connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [program("mosquitto"), "-v", "-c", str(self._folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        eventually(lambda: "mosquitto version 2" in self.said and "running" in self.said)

    def stop(self) -> None:
        """End it at once."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def read_accounts(self) -> None:
        """As the path unit has it do when the file of passwords has changed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def _configuration(self) -> str:
        deployed = (DEPLOYED / "mosquitto.conf").read_text()
        moved = deployed.replace("/etc/mosquitto/shouwang", str(self._folder))
        user = pwd.getpwuid(os.getuid()).pw_name
        return moved.replace("listener 1883 ", f"listener {self.port} ") + f"user {user}\n"


@contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    """A running Mosquitto beside which somebody watches the file of passwords."""
    broker = Mosquitto(folder)
    broker.start()
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(broker, ended), daemon=True)
    watcher.start()
    try:
        yield broker
    finally:
        ended.set()
        watcher.join()
        broker.stop()


def _watch(broker: Mosquitto, ended: threading.Event) -> None:
    before = broker.passwords.stat().st_mtime_ns
    while not ended.wait(0.05):
        now = broker.passwords.stat().st_mtime_ns
        if now != before:
            before = now
            broker.read_accounts()
