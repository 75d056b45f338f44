"""The lessons of a node at work, in step with their files: people and commands may change those while it runs."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import structlog

from edge.clock import monotonic_s
from edge.documents import ConfigError
from edge.learning.exceptions import Lessons, RuleException
from edge.learning.lessons import lessons_file, load_lessons, locked, save_lessons
from edge.rules.base import Rule
from edge.rules.selecting import TrackRule
from protocol.messages import LearntException

LOOK_EVERY_S = 1.0
"""So soon is a change of a file noticed."""

T = TypeVar("T")
Stamp = tuple[int, int, int] | None
"""Of a file: when it was changed, which it is, and its size; None: it is not there."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """What the server hears of all rules, the oldest first."""

    exceptions: tuple[LearntException, ...] = ()
    refused: tuple[LearntException, ...] = ()
    """Not made."""


@dataclass(slots=True)
class _Page:
    """One camera's lessons by the names of its rules, and what is known of its file."""

    camera: str
    path: Path
    rules: list[TrackRule[Any]]
    lessons: dict[str, Lessons] = field(default_factory=dict)
    stamp: Stamp = None
    broken: bool = False
    """Somebody made a mistake in the file: it is not written over."""
    written: dict[str, Any] = field(default_factory=dict)
    """What stands in the file."""

    def read(self) -> None:
        """Take over what the file says. Raises ConfigError, with nothing taken over."""
        stamp = _stamp(self.path)
        lessons = dict(load_lessons(self.path, self.camera))
        self.lessons, self.stamp, self.broken, self.written = lessons, stamp, False, _plain(lessons)
        for rule in self.rules:
            rule.lessons = lessons.setdefault(rule.known_as, Lessons())

    def write(self) -> None:
        """Raises OSError."""
        if _plain(self.lessons) != self.written:
            save_lessons(self.path, self.camera, self.lessons)
            self.stamp, self.written = _stamp(self.path), _plain(self.lessons)

    @property
    def exceptions(self) -> list[LearntException]:
        """Its rules' exceptions, as the server hears of them."""
        return self._told(lambda lessons: lessons.exceptions)

    @property
    def refused(self) -> list[LearntException]:
        """Those that were not made."""
        return self._told(lambda lessons: lessons.refused)

    def _told(self, which: Callable[[Lessons], list[RuleException]]) -> list[LearntException]:
        told = {
            e.id: e.told(self.camera, rule.name, rule.kind)
            for rule in self.rules
            for e in which(self.lessons[rule.known_as])
        }
        return list(told.values())


class LessonBook:
    """Used by one thread. A disk that takes nothing is told and tried again; watching goes on."""

    def __init__(self, folder: Path, rules: Iterable[tuple[str, Rule[Any]]]) -> None:
        """`rules` with their cameras. Raises ConfigError for a file that is another camera's, or broken."""
        self._folder = folder
        self._pages: dict[str, _Page] = {}
        self._look_s = 0.0
        self._unwritten = False
        for camera, rule in rules:
            page = self._pages.setdefault(camera, _Page(camera, lessons_file(folder, camera), []))
            if isinstance(rule, TrackRule):
                page.rules.append(rule)
        for page in self._pages.values():
            page.read()
        self.told = self._now_told()
        """Another one after each change."""

    def change(self, act: Callable[[], T]) -> T:
        """Do something to lessons that no other process changes meanwhile, and write what came of it."""
        with ExitStack() as held:
            try:
                held.enter_context(locked(self._folder))
            except OSError as error:
                self._tell_unwritten(error)
            self.refresh()
            result = act()
            self._write()
        self._note()
        return result

    def look(self) -> None:
        """To be called now and then: takes over changed files, and writes what could not be written."""
        if monotonic_s() - self._look_s < LOOK_EVERY_S:
            return
        self._look_s = monotonic_s()
        self.refresh()
        if self._unwritten:
            self.change(lambda: None)

    def refresh(self) -> None:
        """Take over the files that somebody else has changed; one with a mistake is told of and left as it is."""
        for page in self._pages.values():
            stamp = _stamp(page.path)
            if stamp == page.stamp:
                continue
            try:
                page.read()
                log.info("lessons were changed", camera=page.camera, exceptions=len(page.exceptions))
            except ConfigError as error:
                page.stamp, page.broken = stamp, True
                log.error("lessons cannot be read; those before stay in force", why=str(error))
            self._note()

    def take_back(self, exception_id: str) -> bool:
        """Without an exception, to be called within `change`; whether there was one of that id."""
        return self._first(exception_id, Lessons.take_back)

    def accept(self, exception_id: str) -> bool:
        """A proposed exception counts, to be called within `change`; whether one of that id was proposed."""
        return self._first(exception_id, Lessons.accept)

    def _first(self, exception_id: str, act: Callable[[Lessons, str], object]) -> bool:
        every = [lessons for page in self._pages.values() for lessons in page.lessons.values()]
        return any(act(lessons, exception_id) is not None for lessons in every)

    def _now_told(self) -> Told:
        pages = self._pages.values()
        return Told(_by_age(page.exceptions for page in pages), _by_age(page.refused for page in pages))

    def _note(self) -> None:
        told = self._now_told()
        if told != self.told:
            self.told = told

    def _write(self) -> None:
        self._unwritten = False
        for page in self._pages.values():
            if not page.broken:
                try:
                    page.write()
                except OSError as error:
                    self._tell_unwritten(error)

    def _tell_unwritten(self, error: OSError) -> None:
        self._unwritten = True
        log.error("lessons could not be written", folder=str(self._folder), why=error.strerror)


def _by_age(found: Iterable[Iterable[LearntException]]) -> tuple[LearntException, ...]:
    return tuple(sorted(chain.from_iterable(found), key=lambda exception: exception.since))


def _plain(lessons: Mapping[str, Lessons]) -> dict[str, Any]:
    return {name: one.model_dump() for name, one in lessons.items() if one.taught}


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
