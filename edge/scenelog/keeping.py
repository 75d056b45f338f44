"""A camera's log on a node: a file a day and a run, kept for some days of watching; never a reason to stop watching."""

import errno
import math
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from edge.scenelog.form import SUFFIX
from edge.scenelog.header import Header
from edge.scenelog.writing import LogFile
from edge.vision.scene import Scene

FOLDER = "scenes"
"""In the node's data folder; below it a folder for each camera."""

RETRY = timedelta(seconds=60)
"""Between tries to open a file."""

log = structlog.get_logger()


class SceneKeeper:
    """Used by one thread. Its methods do not raise: what the disk does not take is lost and said once."""

    def __init__(self, folder: Path, header: Header, days: float) -> None:
        """`folder`: of this camera. `days`: of watching, for how long scenes are kept; 0: not at all."""
        self._folder, self._header, self._days = folder, header, days
        self._file: LogFile | None = None
        self._day: date | None = None
        self._due: datetime | None = None
        self._failing = False

    def add(self, scene: Scene, clock_sets: int = 0) -> None:
        """The next scene, and how often the clock of its pictures has been set: with each time begins another file."""
        if clock_sets != self._header.clock_sets:
            self.close()
            self._header, self._due = self._header.model_copy(update={"clock_sets": clock_sets}), None
        if self._days <= 0 or (self._file is None and self._due is not None and scene.at < self._due):
            return
        try:
            self._of(scene.at).add(scene)
            self._failing = False
        except (OSError, TypeError) as error:  # TypeError: a reading that no log can hold
            self._say(error)

    def silent(self, at: datetime) -> None:
        """Rules were told that no picture comes."""
        if self._file is not None:
            try:
                self._file.silent(at)
            except (OSError, TypeError) as error:
                self._say(error)

    def close(self) -> None:
        """Write what waits."""
        if self._file is None:
            return
        try:
            self._file.close()
        except (OSError, TypeError) as error:
            self._say(error)
        self._file = None

    def _of(self, at: datetime) -> LogFile:
        """The file of a day; with a new one the oldest go."""
        if self._file is None or self._day != at.date():
            self.close()
            self._day = at.date()
            self._due = at + RETRY
            self._file = LogFile(self._folder / _name(at), self._header)
            self._forget(self._file.path)
        return self._file

    def _forget(self, current: Path) -> None:
        """Remove files of days before the newest that are to be kept, of which the present one may be hours old.

        Days are counted by the files themselves: a clock that is wrong at one start adds one day and lets one go, and
        what it dates far ahead counts as one day until that day has come.
        """
        paths = self._paths()
        days = sorted({_day(path) for path in paths}, reverse=True)
        gone = set(days[math.ceil(self._days) + 1 :])
        for path in paths:
            if _day(path) in gone and path != current:
                path.unlink(missing_ok=True)

    def _say(self, error: OSError | TypeError) -> None:
        if not self._failing:
            log.error("scenes are not kept", camera=self._header.camera, why=str(error))
        self._failing = True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            self._make_room()

    def _make_room(self) -> None:
        """The oldest file gives way: alerts and their evidence need the disk more."""
        current = self._file.path if self._file else None
        with suppress(OSError):  # a disk that lets nothing go has been complained of already
            oldest = next((path for path in self._paths() if path != current), None)
            if oldest is not None:
                oldest.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        """All files of this camera, the oldest first."""
        return sorted(self._folder.glob(f"*{SUFFIX}"))


def _name(at: datetime) -> str:
    """A file's name, by which files sort in the order of time."""
    return f"{at:%Y%m%dT%H%M%S%f}{SUFFIX}"


def _day(path: Path) -> str:
    """The day on which a file was begun."""
    return path.name[:8]
