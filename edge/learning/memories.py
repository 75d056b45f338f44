"""What rules have learnt, kept on disk between runs: one file for each camera and rule."""

import re
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from edge.complaints import complaint
from edge.documents import ConfigError
from edge.files import kept_whole

CAMERA, KIND = "camera", "kind"

Memory = Mapping[str, NDArray[Any]]


def memory_file(folder: Path, camera: str, rule: str) -> Path:
    """Where a rule of a camera keeps what it has learnt; a name that no file can bear as it is bears its hash, too."""
    plain = re.sub(r"[^a-z0-9]+", "-", rule.lower()).strip("-")
    mark = "" if plain == rule else f"{'-' if plain else ''}{sha256(rule.encode()).hexdigest()[:8]}"
    return folder / f"{camera}.{plain}{mark}.npz"


def save(path: Path, camera: str, kind: str, memory: Memory) -> None:
    """Write it, all or nothing. Raises OSError."""
    with kept_whole(path) as file:
        np.savez_compressed(file, allow_pickle=False, **{CAMERA: np.array(camera), KIND: np.array(kind)}, **memory)


def load(path: Path, camera: str, kind: str) -> Memory | None:
    """What was kept; None if nothing was. Raises ConfigError if it is another camera's, another rule's, or broken."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        whose, what = str(found.pop(CAMERA)), str(found.pop(KIND))
    except (OSError, EOFError, ValueError, KeyError, RuntimeError, BadZipFile, zlib.error) as error:
        raise ConfigError(complaint("memory.unreadable", path=path, why=str(error))) from None
    if whose != camera:
        raise ConfigError(complaint("memory.of_another_camera", path=path, whose=whose, camera=camera))
    if what != kind:
        raise ConfigError(complaint("memory.of_another_kind", path=path, what=what, kind=kind))
    return found
