"""The rules of one camera over stored scenes: what a full replay with those settings would find, without one.

A rule that is at rest is not shown the scenes in which nothing can matter to it: most of a day is skipped in whole
blocks that are never unpacked. That changes no finding; a test holds it against showing every scene.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from edge.config import CameraConfig
from edge.rations.ladder import rests
from edge.rules.conditions import Condition
from edge.rules.engine import RuleEngine
from edge.rules.finding import Finding, Trace, held_back
from edge.scenelog.block import Block
from edge.scenelog.reading import Run, StoredBlock
from edge.vision.scene import Scene
from protocol.kinds import SEVERITY_OF

Moment = Scene | datetime
"""What rules are told: a scene, or that no picture has come by a time."""


def moments(block: Block, until: int) -> Iterator[Moment]:
    """Everything that rules were told in a block, in order, up to a scene's number (that one is not)."""
    silences = list(block.silences)
    for number in range(until + 1):
        while silences and silences[0].before <= number:
            yield silences.pop(0).at
        if number < until:
            yield block.scene(number)


def rerun(run: Run, rules: Sequence[tuple[CameraConfig, int]], *, skip: bool = True) -> list[list[Finding]]:
    """What each rule, the number so many of a camera, finds over a run. `skip` False: show every rule every scene.

    Raises LogError.
    """
    shown = [OneRule(camera, number) for camera, number in rules]
    with_readings = any(one.rule.senses for one in shown)
    for stored in run.blocks():
        for one in shown:
            one.keep_time_with(stored)
        awake = [one for one in shown if not (skip and one.may_skip(stored))]
        if not awake:
            continue
        block = stored.unpacked(with_readings=with_readings)
        block.tracks.work_out()
        for one in awake:
            one.show(block, skip=skip)
    return [one.findings for one in shown]


class OneRule:
    """One rule, alone, and what it found; an engine of its own, so that settings do not share memory."""

    def __init__(self, camera: CameraConfig, number: int) -> None:
        self.rule = RuleEngine([camera.build_rules()[number]], explain=False).rules[0]
        self.findings: list[Finding] = []
        self._severity = SEVERITY_OF[self.rule.kind]
        self._last: datetime | None = None
        self._clock_sets = 0
        self.anew_from = 0
        """How many findings there were when the clock was set last: what was open then has ended."""

    def keep_time_with(self, stored: StoredBlock) -> None:
        """To be called before each block: where the clock was set, a rule begins anew as it did live."""
        if stored.clock_sets != self._clock_sets:
            self._clock_sets, self._last, self.anew_from = stored.clock_sets, None, len(self.findings)
            self.rule.begin_anew()

    def may_skip(self, stored: StoredBlock) -> bool:
        """Whether a block cannot matter to it now."""
        return stored.outline.rows == 0 and self.rule.at_rest

    def show(self, block: Block, until: int | None = None, *, skip: bool = True) -> None:
        """The scenes of a block that may matter, up to a number (that one is not shown); all without `skip`."""
        until = len(block) if until is None else until
        if not skip or block.silences:
            for moment in moments(block, until):
                self.tell(moment)
            return
        mattering: list[int] | None = None
        number = 0
        while number < until:
            if self.rule.at_rest:
                mattering = self._mattering(block) if mattering is None else mattering
                following = bisect_left(mattering, number)
                if following == len(mattering) or mattering[following] >= until:
                    return
                number = mattering[following]
            self.tell(block.scene(number))
            number += 1

    def tell(self, moment: Moment) -> None:
        """The next moment."""
        if isinstance(moment, Scene):
            self._last = moment.at
            if not rests(self._severity, moment.paused):
                self.findings += self.rule.step(moment).findings
        elif self._last is not None and moment > self._last:
            self.findings += self.rule.silent(moment).findings

    def ask(self, scene: Scene) -> tuple[Trace, ...]:
        """The next scene; returns why it has not raised."""
        self._last = scene.at
        if rests(self._severity, scene.paused):
            return tuple(held_back(track, Condition.PAUSED) for track in (0, *scene.tracks.ids.tolist()))
        self.rule.explains = True
        step = self.rule.step(scene)
        self.rule.explains = False
        self.findings += step.findings
        return step.traces

    def _mattering(self, block: Block) -> list[int]:
        """Numbers of the scenes with a track that may matter to the rule at rest, rising."""
        rows = np.flatnonzero(self.rule.matters(block.tracks))
        return [int(number) for number in np.unique(np.searchsorted(block.ends, rows, side="right"))]
