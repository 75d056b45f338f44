"""The rules of one camera over stored scenes: what a full replay with those settings would find, without one.

A rule that is at rest is not shown the scenes in which nothing can matter to it: most of a day is skipped in whole
blocks that are never unpacked. That changes no finding; a test holds it against showing every scene.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from edge.config import CameraConfig
from edge.rules.engine import RuleEngine
from edge.rules.finding import Finding
from edge.scenelog.block import Block
from edge.scenelog.reading import Run, StoredBlock
from edge.vision.scene import Scene

Moment = Scene | datetime
"""What rules are told: a scene, or that no picture has come by a time."""


def moments(block: Block) -> Iterator[Moment]:
    """Everything that rules were told in a block, in order."""
    silences = list(block.silences)
    for number in range(len(block) + 1):
        while silences and silences[0].before <= number:
            yield silences.pop(0).at
        if number < len(block):
            yield block.scene(number)


def rerun(run: Run, rules: Sequence[tuple[CameraConfig, int]], *, skip: bool = True) -> list[list[Finding]]:
    """What each rule, the number so many of a camera, finds over a run. `skip` False: show every rule every scene.

    Raises LogError.
    """
    shown = [_Shown(camera, number) for camera, number in rules]
    with_readings = any(one.rule.senses for one in shown)
    for stored in run.blocks():
        awake = [one for one in shown if not skip or one.awake or one.wakes(stored)]
        if not awake:
            continue
        block = stored.unpacked(with_readings=with_readings)
        for one in awake:
            one.show(block, skip=skip)
    return [one.findings for one in shown]


class _Shown:
    """One rule, alone, and what it found; an engine of its own, so that settings do not share memory."""

    def __init__(self, camera: CameraConfig, number: int) -> None:
        self.rule = RuleEngine([camera.build_rules()[number]]).rules[0]
        self.findings: list[Finding] = []
        self._last: datetime | None = None

    @property
    def awake(self) -> bool:
        """Whether it must be shown every scene."""
        return not self.rule.at_rest

    def wakes(self, stored: StoredBlock) -> bool:
        """Whether a block may matter to a rule at rest."""
        return stored.outline.rows > 0

    def show(self, block: Block, *, skip: bool) -> None:
        """The scenes of a block that may matter."""
        if not skip or block.silences:
            for moment in moments(block):
                self._tell(moment)
            return
        matters = self._mattering(block) if self.rule.at_rest else None
        number = 0
        while number < len(block):
            if self.rule.at_rest:
                matters = self._mattering(block) if matters is None else matters
                following = int(np.searchsorted(matters, number))
                if following == len(matters):
                    return
                number = int(matters[following])
            self._tell(block.scene(number))
            number += 1

    def _mattering(self, block: Block) -> NDArray[np.int64]:
        """Numbers of the scenes with a track that may matter to the rule at rest, rising."""
        rows = np.flatnonzero(self.rule.matters(block.tracks))
        return np.unique(np.searchsorted(block.ends, rows, side="right"))

    def _tell(self, moment: Moment) -> None:
        if isinstance(moment, Scene):
            self._last = moment.at
            self.findings += self.rule.step(moment).findings
        elif self._last is not None and moment > self._last:
            self.findings += self.rule.silent(moment).findings
