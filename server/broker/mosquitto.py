"""The accounts of all nodes as a Mosquitto password file; Mosquitto reads it again on SIGHUP."""

import os
import threading
from pathlib import Path

import structlog

from server.broker.gate import Gate

RECHECK_S = 2.0

log = structlog.get_logger()


class PasswordFile:
    """Keeps the file in step with the table of nodes, whoever changed it: one thread, a look every two seconds."""

    def __init__(self, path: Path, gate: Gate) -> None:
        self._path, self._gate = path, gate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="password-file", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                write_password_file(self._path, self._gate.valid_hashes())
            except Exception as error:  # whatever it is: who is revoked later must lose the account all the same
                log.error("password file could not be written", file=str(self._path), why=str(error))
            self._stop.wait(RECHECK_S)


def write_password_file(path: Path, hashes: dict[str, str]) -> bool:
    """Rewrite the nodes' lines, whole or not at all; False if nothing had changed.

    Accounts that nodes cannot have, for they hold a capital letter, stay: the server's own is one of them. They may be
    in any encoding: bytes that are no UTF-8 go through as they are.
    """
    before = path.read_text("utf-8", "surrogateescape") if path.exists() else ""
    kept = [line for line in before.splitlines() if not _is_of_a_node(line.partition(":")[0])]
    lines = [*kept, *(f"{name}:{password_hash}" for name, password_hash in sorted(hashes.items()))]
    after = "".join(f"{line}\n" for line in lines)
    if after == before:
        return False
    partial = path.with_name(path.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(after)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        os.chown(partial, path.stat().st_uid, path.stat().st_gid)
        partial.chmod(path.stat().st_mode & 0o777)
    partial.replace(path)
    return True


def _is_of_a_node(account: str) -> bool:
    return account == account.lower()
