"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from edge.complaints import ComplaintError, complaint


class TargetError(ComplaintError):
    """A file cannot be written; the sentence names it and the cause."""


def leave_alone(*targets: Path, replace: bool) -> None:
    """Raise TargetError if one of them is there and is not to be replaced; nobody's file is written over unasked."""
    there = next((target for target in targets if target.exists()), None)
    if there is not None and not replace:
        raise TargetError(complaint("target.exists", path=there))


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; it takes the target's place at the end, or goes if anything fails.

    Raises TargetError if the folder cannot be written to.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(target)
    except OSError as error:
        why = error.strerror or str(error)
        raise TargetError(complaint("target.unwritable", path=target, why=why)) from None
    finally:
        with suppress(NotADirectoryError):  # the folder is a file, so nothing was written
            part.unlink(missing_ok=True)


@contextmanager
def written_into(folder: Path) -> Iterator[None]:
    """While the block lasts files are written below a folder. Raises TargetError where that cannot be."""
    try:
        yield
    except BrokenPipeError:  # of who reads what is printed
        raise
    except OSError as error:
        path, why = error.filename or folder, error.strerror or str(error)
        raise TargetError(complaint("target.unwritable", path=path, why=why)) from None


def write_whole(target: Path, text: str) -> None:
    """Write a text file as one step. Raises TargetError."""
    with written_whole(target) as part:
        part.write_text(text, "utf-8")


@contextmanager
def kept_whole(target: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes the target's place at the end, also if the power goes then. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
