"""Removed object: something that belongs to the marked place is gone. The zone marks the place of the thing itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place, Rule, RuleSettings
from edge.rules.boxes import Box, area, common, commons
from edge.rules.finding import Finding, Step, Thing, Trace
from edge.rules.geometry import polygon_area
from edge.vision.scene import Scene
from edge.vision.senses.still import StillSense, StillThing, StillThings
from protocol.kinds import Kind, Phase
from protocol.messages import Text

MARGIN = 0.5
"""So much of a gap must lie within the zone's bounds to be a gap in it."""
HIDDEN = 0.5
"""So much of it within somebody's or a vehicle's box, and the thing is hidden rather than gone."""
HIDERS = ("person", "bicycle", "motorcycle", "car", "bus", "truck")


class RemovedObjectSettings(RuleSettings):
    """Begins when what belongs there has been gone for `after_s`, ends when its place looks as before."""

    kind: Literal[Kind.REMOVED_OBJECT] = Kind.REMOVED_OBJECT
    zone: str = Field(description="the place of the thing, drawn closely around it")
    after_s: float = Field(default=10.0, gt=0, description="seconds that it must be gone")
    share: float = Field(default=0.12, gt=0, le=1, description="share of the zone that the gap must cover")

    @property
    def glances_at(self) -> tuple[str, ...]:
        """Whoever may stand in front of it."""
        return HIDERS


@dataclass(slots=True)
class Gap:
    """An open alert: since when the thing is gone, and where it was."""

    episode: int
    since: datetime
    box: Box


class RemovedObject(Rule[RemovedObjectSettings]):
    """Remembers gaps that were reported, and when somebody last stood before the others."""

    kind = Kind.REMOVED_OBJECT
    settings_model = RemovedObjectSettings
    senses = (StillSense,)

    def __init__(self, settings: RemovedObjectSettings, place: Place) -> None:
        super().__init__(settings, place)
        corners = place.zone(settings.zone).polygon
        across, down = [x for x, _ in corners], [y for _, y in corners]
        self._bounds: Box = (min(across), min(down), max(across), max(down))
        self._area = polygon_area(corners)
        self._corners = corners
        self._gaps: dict[int, Gap] = {}
        self._hidden_at: dict[int, datetime] = {}

    @property
    def region(self) -> tuple[tuple[float, float], ...]:
        """The place: who is elsewhere does not stand before it."""
        return self._corners

    def step(self, scene: Scene) -> Step:
        """A begin when something has been gone for long enough, an end when it is back."""
        things, findings = scene.reading(StillThings).things, list[Finding]()
        there = {thing.number for thing in things} if self._gaps or self._hidden_at else set()
        self._hidden_at = {number: at for number, at in self._hidden_at.items() if number in there}
        for number in [number for number in self._gaps if number not in there]:
            findings.append(self._finding(Phase.END, scene.at, self._gaps.pop(number)))
            self.cool_down(scene.at)
        here = [thing for thing in things if not thing.brought and self._is_here(thing.box)]
        self._look_behind(here, scene)
        # Most are small, or new: that is asked first.
        for thing in [one for one in here if one.age_s >= self.settings.after_s and self._is_large(one.box)]:
            if thing.number not in self._gaps and self._lacks(thing, scene.at).condition == "raised":
                gap = self._gaps[thing.number] = Gap(self.next_episode(), scene.at, thing.box)
                findings.append(self._finding(Phase.BEGIN, scene.at, gap, gone_s=round(thing.age_s, 1)))
        traces = self.why(self._lacks(thing, scene.at)._replace(box=thing.box) for thing in things)
        return Step(tuple(findings), traces if here else (*self.why([Trace(0, "gap")]), *traces))

    def _look_behind(self, gaps: Sequence[StillThing], scene: Scene) -> None:
        """Note which gaps somebody stands before: behind him the thing may still be there."""
        if not gaps or not scene.tracks.rows_of(HIDERS):
            return
        behind = commons([thing.box for thing in gaps], scene.tracks.precise_boxes_of(HIDERS)).max(axis=1).tolist()
        for thing, share in zip(gaps, behind, strict=True):
            if share >= HIDDEN * area(thing.box):
                self._hidden_at[thing.number] = scene.at

    def _is_here(self, box: Box) -> bool:
        return common(box, self._bounds) >= MARGIN * area(box)

    def _is_large(self, box: Box) -> bool:
        return common(box, self._bounds) >= self.settings.share * self._area

    def _lacks(self, thing: StillThing, at: datetime) -> Trace:
        """The first condition that a gap does not meet; raised if it meets all."""
        number, box, age_s, brought = thing
        if number in self._gaps:
            return Trace(-number, "raised")
        if not self._is_here(box):
            return Trace(-number, "place")
        if brought:
            return Trace(-number, "brought")
        if not self._is_large(box):
            return Trace(-number, "size", common(box, self._bounds) / self._area, self.settings.share)
        hidden_at = self._hidden_at.get(number)
        gone_s = age_s if hidden_at is None else min(age_s, (at - hidden_at).total_seconds())
        if gone_s < self.settings.after_s:
            return Trace(-number, "time", gone_s, self.settings.after_s)
        if not self.schedule.open(at):
            return Trace(-number, "schedule")
        return Trace(-number, "cooldown" if self.cooling(at) else "raised")

    def _finding(self, phase: Phase, at: datetime, gap: Gap, **more: float) -> Finding:
        zone = self.settings.zone
        lasted = {"lasted_s": round((at - gap.since).total_seconds(), 1)} if phase is Phase.END else {}
        reason = Text(id=f"reason.{self.kind}.{phase}", arguments={"zone": zone, **more, **lasted})
        return Finding(
            self.kind, phase, self.name, gap.episode, at, zone, (), reason, things=(Thing("other", gap.box),)
        )
