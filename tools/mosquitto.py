"""Debian's Mosquitto with the configuration that is deployed, only on another port and with files in another place."""

import os
import pwd
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from server.settings import Mqtt

DEPLOYED = Path(__file__).resolve().parent.parent / "deploy" / "mosquitto"
SERVER_PASSWORD = "the server's own"  # noqa: S105 - of a broker on loopback that lives for minutes
STARTS_WITHIN_S = 20


class Mosquitto:
    """A broker in a folder; may be killed and started again."""

    def __init__(self, folder: Path, port: int) -> None:
        """Raises FileNotFoundError if it is not installed."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port
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
        """Run until it takes connections. Raises TimeoutError."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [program("mosquitto"), "-c", str(self._folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        end_s = time.monotonic() + STARTS_WITHIN_S
        while "running" not in self.said:
            if time.monotonic() > end_s or self._process.poll() is not None:
                raise TimeoutError(f"mosquitto does not run: {self.said[-500:]}")
            time.sleep(0.02)

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
def mosquitto(folder: Path, port: int) -> Iterator[Mosquitto]:
    """A running Mosquitto beside which somebody watches the file of passwords. Raises FileNotFoundError without one."""
    broker = Mosquitto(folder, port)
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


def program(name: str) -> str:
    """Where Debian puts it. Raises FileNotFoundError."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise FileNotFoundError(f"{name} is not installed; `bash deploy/system-packages` installs it")
    return found


def _watch(broker: Mosquitto, ended: threading.Event) -> None:
    before = broker.passwords.stat().st_mtime_ns
    while not ended.wait(0.05):
        now = broker.passwords.stat().st_mtime_ns
        if now != before:
            before = now
            broker.read_accounts()
