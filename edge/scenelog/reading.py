"""Reads scene logs back: a file, or a folder of them, as runs in the order of time."""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from edge.complaints import Complaint, complaint
from edge.documents import plain_sentence
from edge.scenelog.block import EPOCH, MICROSECOND, Block
from edge.scenelog.errors import LogError, UnfinishedLogError
from edge.scenelog.form import BLOCK, FIRST_LINE, HEAD, MAGIC, SUFFIX, VERSION, Outline
from edge.scenelog.header import Header


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """A block that is not unpacked yet."""

    outline: Outline
    data: memoryview
    path: Path
    camera: str
    clock_sets: int
    """Rules begin anew with a block of which it is another than of the one before."""

    @property
    def first(self) -> datetime:
        """Time of its first scene."""
        return EPOCH + self.outline.first_us * MICROSECOND

    @property
    def last(self) -> datetime:
        """Time of its last scene."""
        return EPOCH + self.outline.last_us * MICROSECOND

    def unpacked(self, *, with_readings: bool = True) -> Block:
        """Raises LogError if it is damaged, or of another software."""
        where = complaint("log.block_of", path=self.path, at=f"{self.first:%Y-%m-%d %H:%M:%S}")
        return Block(self.data, self.camera, with_readings=with_readings, where=where)


class LogOfFile:
    """One file. Raises LogError if it is no log, or none that this software reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._data = memoryview(path.read_bytes())
        except OSError as error:
            raise LogError(complaint("log.unreadable", path=path, why=error.strerror, suffix=SUFFIX)) from None
        self._start, self.header = self._open()
        self.cut = False
        """Whether the end is missing, as after a power cut; known when the blocks have been read."""

    @cached_property
    def blocks(self) -> Sequence[StoredBlock]:
        """Its blocks, as far as they are whole."""
        found, start = [], self._start
        while start < len(self._data):
            outline = Outline.of(self._data[start:])
            end = start + BLOCK.size + (outline.length if outline else 0)
            data = self._data[start + BLOCK.size : end]
            if outline is None or len(data) < outline.length or zlib.crc32(data) != outline.checksum:
                self.cut = True
                break
            found.append(StoredBlock(outline, data, self.path, self.header.camera, self.header.clock_sets))
            start = end
        return found

    def _open(self) -> tuple[int, Header]:
        start = len(FIRST_LINE) + HEAD.size
        line = bytes(self._data[:64]).split(b"\n", 1)[0] + b"\n"
        if FIRST_LINE.startswith(bytes(self._data[: len(FIRST_LINE)])) and len(self._data) < start:
            raise UnfinishedLogError(complaint("log.unfinished", path=self.path))
        if line != FIRST_LINE:
            raise LogError(self._foreign(line))
        length, checksum = HEAD.unpack_from(self._data, len(FIRST_LINE))
        packed = self._data[start : start + length]
        if len(packed) < length:
            raise UnfinishedLogError(complaint("log.unfinished", path=self.path))
        if zlib.crc32(packed) != checksum:
            raise LogError(complaint("log.unusable", path=self.path, why=complaint("log.header_damaged")))
        try:
            header = Header.model_validate(json.loads(zlib.decompress(packed)))
        except ValidationError as error:
            why = plain_sentence(error.errors(include_url=False)[0])
            raise LogError(complaint("log.unusable", path=self.path, why=why)) from None
        except (ValueError, zlib.error) as error:
            raise LogError(complaint("log.unusable", path=self.path, why=_first(error))) from None
        return start + length, header

    def _foreign(self, line: bytes) -> Complaint:
        version = line.removeprefix(MAGIC).strip()
        if line.startswith(MAGIC) and version.isdigit():
            return complaint("log.other_version", path=self.path, version=int(version), known=VERSION)
        return complaint("log.foreign", path=self.path, suffix=SUFFIX)


@dataclass(frozen=True, slots=True)
class Run:
    """Scenes of one camera that its rules judged without a break; rules begin anew with the next run.

    Where the clock was set, files are in the order in which they were written and not in that of their times.
    """

    header: Header
    files: tuple[LogOfFile, ...]

    def blocks(self) -> Iterator[StoredBlock]:
        """All blocks, oldest first."""
        for file in self.files:
            yield from file.blocks

    @property
    def begins(self) -> datetime:
        """Second 0: of a recording its beginning, else the time of the first scene."""
        return self.header.begins or min((block.first for block in self.blocks()), default=EPOCH)

    @property
    def ends(self) -> datetime:
        """Time of the last scene."""
        return max((block.last for block in self.blocks()), default=self.begins)

    @property
    def cut(self) -> bool:
        """Whether the end of one of its files is missing."""
        return any(file.blocks is not None and file.cut for file in self.files)


def read_runs(path: Path) -> list[Run]:
    """The runs of a file or of a folder (with those below it). Raises LogError."""
    if path.is_dir():
        paths = sorted(path.rglob(f"*{SUFFIX}"))
        if not paths:
            raise LogError(complaint("log.none_in_folder", path=path, suffix=SUFFIX))
    else:
        paths = [path]
    files = list(_opened(paths)) if path.is_dir() else [LogOfFile(path)]
    runs: dict[tuple[str, str, str, Path | None], list[LogOfFile]] = {}
    for file in files:
        header = file.header
        recording = file.path if header.begins else None  # each replay is one file, and all have the same run
        runs.setdefault((header.camera, header.run, header.configuration, recording), []).append(file)
    in_order = (sorted(files, key=lambda file: file.header.clock_sets) for files in runs.values())
    found = [Run(files[0].header, tuple(files)) for files in in_order]
    return sorted((run for run in found if any(True for _ in run.blocks())), key=lambda run: run.begins)


def _opened(paths: Sequence[Path]) -> Iterator[LogOfFile]:
    """Those that were begun in earnest."""
    for path in paths:
        try:
            yield LogOfFile(path)
        except UnfinishedLogError:
            continue


def one_camera(runs: Sequence[Run], path: Path) -> str:
    """The camera that all runs are of. Raises LogError if there are several, or no scenes at all."""
    cameras = list(dict.fromkeys(run.header.camera for run in runs))
    if not cameras:
        raise LogError(complaint("log.no_scenes_yet", path=path))
    if len(cameras) > 1:
        raise LogError(complaint("log.several_cameras", path=path, cameras=cameras))
    return cameras[0]


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
