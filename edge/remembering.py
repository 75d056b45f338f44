"""What the rules of a node have learnt by watching outlives its process: read at the start, written now and then."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import structlog

from edge.clock import monotonic_s
from edge.complaints import as_complaint, complaint
from edge.documents import ConfigError
from edge.learning.memories import load, memory_file, save
from edge.rules.base import Rule

SAVE_EVERY_S = 600.0

log = structlog.get_logger()


class Rememberer:
    """Used by one thread. A disk that takes nothing is told and tried again; watching goes on."""

    def __init__(self, folder: Path, rules: Iterable[tuple[str, Rule[Any]]]) -> None:
        """`rules` with their cameras. Raises ConfigError for a file that is another camera's, or broken."""
        self._folder = folder
        self._memories: dict[Path, tuple[str, Rule[Any]]] = {}
        for camera, rule in rules:
            if rule.memory() is not None:
                self._recall(memory_file(folder, camera, rule.name), camera, rule)
        self._due_s = monotonic_s() + SAVE_EVERY_S

    def save_if_due(self) -> None:
        """To be called now and then."""
        if monotonic_s() >= self._due_s:
            self.save()

    def save(self) -> None:
        """Write all that was learnt."""
        self._due_s = monotonic_s() + SAVE_EVERY_S
        try:
            for path, (camera, rule) in self._memories.items():
                save(path, camera, str(rule.kind), rule.memory() or {})
        except OSError as error:
            log.error("what rules have learnt could not be written", folder=str(self._folder), why=error.strerror)

    def _recall(self, path: Path, camera: str, rule: Rule[Any]) -> None:
        self._memories[path] = (camera, rule)
        memory = load(path, camera, str(rule.kind))
        if memory is None:
            return
        try:
            rule.remember(memory)
        except ValueError as error:
            raise ConfigError(complaint("remembering.unfit", path=path, problem=as_complaint(error))) from None
