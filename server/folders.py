"""Folders that the server writes to."""

import tempfile
from pathlib import Path

from server.errors import ConfigurationError


def need_folder(folder: Path, field: str) -> None:
    """Make it if it is not there, for this user only. Raises ConfigurationError unless files can be made in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigurationError("start.folder", field=field, folder=str(folder), why=why) from None
