"""The accounts of all nodes as a Mosquitto password file; Mosquitto reads it again on SIGHUP."""

import os
from pathlib import Path

from server.broker.gate import Gate


def write_password_file(path: Path, gate: Gate) -> None:
    """Rewrite the nodes' lines, whole or not at all; other accounts, whose names nodes cannot have, stay.

    The server's own account must not look like a node's name: use capital letters, as deploy/mosquitto does.
    """
    kept = [line for line in _lines(path) if not line.partition(":")[0].islower()]
    nodes = [f"{name}:{password_hash}" for name, password_hash in sorted(gate.valid_hashes().items())]
    partial = path.with_name(path.name + ".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "w") as file:
        file.write("".join(f"{line}\n" for line in [*kept, *nodes]))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
