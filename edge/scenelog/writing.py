"""Writes scenes into a file, a block every minute of scene time; nothing is written, or computed, in between."""

import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from edge.scenelog.block import EPOCH, MICROSECOND, Raw, Silence, encode
from edge.scenelog.form import Outline, opening
from edge.scenelog.header import Header
from edge.vision.detector import Detections
from edge.vision.scene import Scene

BLOCK_S = 60.0
"""Scene time of a block: so much is lost if the power goes, and so long the newest scenes are not to be read yet."""
MOST_SCENES = 2000
"""… and not more than this in a block, however fast frames come."""


class BlockBuffer:
    """Scenes that wait to become a block. `full` when it is time for that."""

    def __init__(self) -> None:
        self._scenes: list[Scene] = []
        self._silences: list[Silence] = []
        self._raw: list[Raw] = []

    def add(self, scene: Scene, seen: Detections | None) -> None:
        """The next scene, and what the detector saw, if that is to be kept."""
        if seen is not None:
            self._raw.append((len(self._scenes), seen))
        # Without what rules have worked out of the tracks, which is larger than they are and would wait for a minute.
        self._scenes.append(replace(scene, tracks=replace(scene.tracks)))

    def silent(self, at: datetime) -> None:
        """Rules were told that no picture comes."""
        self._silences.append(Silence(len(self._scenes), at))

    def full(self, at: datetime) -> bool:
        """Whether a block ends before a scene of this time."""
        if not self._scenes:
            return len(self._silences) >= MOST_SCENES
        since = self._scenes[0].at
        return at - since >= timedelta(seconds=BLOCK_S) or len(self._scenes) >= MOST_SCENES

    def take(self) -> bytes:
        """All that waits as a block with its outline, and empty the buffer; nothing if nothing waits."""
        scenes, silences, raw = self._scenes, self._silences, self._raw
        self._scenes, self._silences, self._raw = [], [], []
        if not scenes and not silences:
            return b""
        data = encode(scenes, silences, raw)
        times = [scene.at for scene in scenes] + [silence.at for silence in silences]
        first, last = ((at - EPOCH) // MICROSECOND for at in (min(times), max(times)))
        rows = sum(len(scene.tracks) for scene in scenes)
        return Outline(len(data), zlib.crc32(data), len(scenes), rows, first, last).packed() + data


class LogFile:
    """One file, written anew. Raises OSError; what could not be written whole is cut off again."""

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("wb", buffering=0)
        self._buffer = BlockBuffer()
        self._end = 0
        try:
            self._append(opening(header.model_dump_json()))
        except OSError:
            self._file.close()
            path.unlink(missing_ok=True)
            raise

    def add(self, scene: Scene, seen: Detections | None = None) -> None:
        """The next scene; a block is written when one is full."""
        if self._buffer.full(scene.at):
            self.flush()
        self._buffer.add(scene, seen)

    def silent(self, at: datetime) -> None:
        """Rules were told that no picture comes."""
        if self._buffer.full(at):
            self.flush()
        self._buffer.silent(at)

    def flush(self) -> None:
        """Write what waits."""
        self._append(self._buffer.take())

    def close(self) -> None:
        """Write what waits and close."""
        try:
            self.flush()
        finally:
            self._file.close()

    def __enter__(self) -> "LogFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError:
            self._file.truncate(self._end)  # a block begun would hide those that follow it
            self._file.seek(self._end)
            raise
        self._end += len(data)
