"""Fire or smoke: seen by the detector, or licking in the colours of fire, for long enough, in one place, and alive.

What is seen must flicker or grow: a poster with a flame on it, an orange bin and a cloud on the wall do neither. What
licks must do so where nobody walks and nothing drives: a red coat and an indicator light lick, too.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from pydantic import Field

from edge.rules.base import Place, Rule, RuleSettings
from edge.rules.boxes import Box, area, box_of, common, near
from edge.rules.finding import Finding, Step, Thing, Trace, held_back
from edge.vision.scene import Scene
from edge.vision.senses.flames import Flames, FlameSense
from protocol.kinds import Kind, Phase
from protocol.messages import Text

FIRE, SMOKE = "fire", "smoke"
LIVING = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
WORN, PASSED_S = 0.2, 2.5
"""What licks where one of them is, or was within so many seconds, is a coat, a light, or a warm floor seen between
legs. Share of it that their boxes cover."""
FORGIVE_S = 1.0
"""Seconds without it after which a place no longer burns."""
SEEN_SHARE = 0.5
"""Share of its time in which a place must be seen to burn."""
ALIVE, MOST = 0.15, (20, 80)
"""By how much of its middle size a box's area spreads, between these percentiles, from which it flickers or grows. The
boxes of a shiny floor that a detector takes for fire spread by half of it."""
WATCHED = timedelta(seconds=10)
"""For so long it is remembered how large it was."""
EVERYWHERE = 0.75
"""Share of the picture from which what is there all at once is haze, night or a dirty lens: fires begin somewhere."""
FLATTEST = 5.0
"""Heights in width above which what licks is the stripe on a train, and no flame."""
BELOW = (0.25, 0.5, 0.75, 1.0)
"""Where below a flame the ground is looked for, shares of how high what burns may be."""
MARGIN = 0.3
"""What burns so near, in its own widths and heights, is the same fire."""


class FireSmokeSettings(RuleSettings):
    """Begins when it has burned for `after_s`, ends when nothing has for `grace_s`."""

    kind: Literal[Kind.FIRE_SMOKE] = Kind.FIRE_SMOKE
    zone: str | None = Field(default=None, description="where it counts; without one, everywhere")
    after_s: float = Field(default=2.0, gt=0, description="seconds that it must last")
    grace_s: float = Field(default=5.0, ge=0, description="seconds without it before it is over")
    min_pixels: int = Field(
        default=10, ge=4, description="least flame that no detector names, in pixels of a picture 192 wide"
    )

    @property
    def looks_for(self) -> tuple[str, ...]:
        """Nothing that a model must know: most know no fire, and flames are seen without."""
        return ()

    @property
    def glances_at(self) -> tuple[str, ...]:
        """What helps where the model knows it."""
        return (FIRE, SMOKE, *LIVING)


@dataclass(slots=True)
class Blaze:
    """One place that burns: since when, when last, how often it was seen, how large it was."""

    label: str
    since: datetime
    last: datetime
    born: Box
    box: Box
    looks: int = 0
    seen: int = 0
    areas: deque[tuple[datetime, float]] = field(default_factory=deque)
    """Of the last `WATCHED`."""

    def burns_at(self, box: Box) -> bool:
        """Whether a place is the same fire: it spreads, but does not wander off as the light of headlights does."""
        return near(box, self.box, MARGIN) and near(box, self.born, MARGIN)

    def remember(self, box: Box) -> None:
        """One more look at which nobody is before it."""
        self.areas.append((self.last, area(box)))
        while self.last - self.areas[0][0] > WATCHED:
            self.areas.popleft()

    def seconds(self) -> float:
        """How long it has burned."""
        return (self.last - self.since).total_seconds()

    def alive(self) -> bool:
        """Whether it flickers or grows."""
        if len(self.areas) <= 2:
            return False
        low, middle, high = np.percentile([size for _, size in self.areas], (MOST[0], 50, MOST[1])).tolist()
        return bool(high - low >= ALIVE * middle)


class FireSmoke(Rule[FireSmokeSettings]):
    """Remembers the places that burn, and the open alert. One alert for all of them."""

    kind = Kind.FIRE_SMOKE
    settings_model = FireSmokeSettings
    senses = (FlameSense,)

    def __init__(self, settings: FireSmokeSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._polygon = place.polygon(settings.zone) if settings.zone else None
        self._blazes: list[Blaze] = []
        self._passing: deque[tuple[datetime, list[Box]]] = deque()
        """Where anybody was in the last seconds."""
        self._episode: int | None = None
        self._began: datetime | None = None
        self._last: datetime | None = None
        self._told: set[str] = set()

    def step(self, scene: Scene) -> Step:
        """At most one finding a scene."""
        self._follow(scene)
        traces = tuple(self._why_not(blaze) for blaze in self._blazes)
        burning = [blaze for blaze, trace in zip(self._blazes, traces, strict=True) if trace.condition == "raised"]
        if burning:
            self._last = max(blaze.last for blaze in burning)
        finding = self._judge(scene.at, burning)
        return Step((finding,) if finding else (), self.why(self._elsewhere(scene)) + traces)

    def _follow(self, scene: Scene) -> None:
        """Bring the places that burn up to this scene; what was not seen for too long, in a pause say, is over."""
        self._blazes = [b for b in self._blazes if (scene.at - b.last).total_seconds() <= FORGIVE_S]
        for blaze in self._blazes:
            blaze.looks += 1
        for label, box, free in self._seen(scene):
            known = next((blaze for blaze in self._blazes if blaze.label == label and blaze.burns_at(box)), None)
            if known is None:
                known = Blaze(label, scene.at, scene.at, box, box, looks=1)
                self._blazes.append(known)
            known.seen += known.last < scene.at or known.seen == 0
            known.last, known.box = scene.at, box
            if free:
                known.remember(box)

    def _seen(self, scene: Scene) -> Iterator[tuple[str, Box, bool]]:
        """What the detector calls fire or smoke, and what licks outside everybody's boxes; and whether nobody was in it
        lately: who passes before something makes its box larger and smaller."""
        tracks, flames = scene.tracks, scene.reading(Flames)
        self._passing.append((scene.at, [tracks.boxes_at[row] for row in tracks.rows_of(LIVING)]))
        while (scene.at - self._passing[0][0]).total_seconds() > PASSED_S:
            self._passing.popleft()
        for row in tracks.rows_of((FIRE, SMOKE)):
            box = tracks.boxes_at[row]
            if self._within(tracks.labels[row], box, scene.aspect):
                yield tracks.labels[row], box, not self._worn(box)
        for corners, pixels in zip(flames.boxes.tolist(), flames.pixels.tolist(), strict=True):
            box = box_of(corners)
            stripe = (box[2] - box[0]) * scene.aspect > FLATTEST * (box[3] - box[1])
            if pixels < self.settings.min_pixels or stripe:
                continue
            if self._within(FIRE, box, scene.aspect) and not self._worn(box):
                yield FIRE, box, True

    def _worn(self, box: Box) -> bool:
        """Whether somebody is there, or was lately."""
        return any(common(box, other) > WORN * area(box) for _, others in self._passing for other in others)

    def _within(self, label: str, box: Box, aspect: float) -> bool:
        """By where it burns, at the bottom of it, for flames and smoke rise; or, of flames, by the ground below a bin
        that burns, for at a zone's far edge it rises above it. It is at most as high as its flames, or as twice the
        lesser of their height and width."""
        if self._polygon is None or self._polygon.holds_foot(box):
            return True
        if label != FIRE:
            return False
        x1, y1, x2, y2 = box
        wide, high = (x2 - x1) * aspect, y2 - y1
        below = min(max(wide, high), 2 * min(wide, high))
        return any(self._polygon.holds_foot((x1, y1, x2, y2 + share * below)) for share in BELOW)

    def _elsewhere(self, scene: Scene) -> Iterator[Trace]:
        """What the detector calls fire or smoke outside the zone."""
        tracks = scene.tracks
        for row in tracks.rows_of((FIRE, SMOKE)):
            if not self._within(tracks.labels[row], tracks.boxes_at[row], scene.aspect):
                yield held_back(tracks.numbers[row], "place")

    def _why_not(self, blaze: Blaze) -> Trace:
        if area(blaze.born) >= EVERYWHERE:
            return Trace(0, "everywhere", area(blaze.born), EVERYWHERE)
        if blaze.seconds() < self.settings.after_s:
            return Trace(0, "time", blaze.seconds(), self.settings.after_s)
        if blaze.seen < SEEN_SHARE * blaze.looks:
            return Trace(0, "seen", blaze.seen / blaze.looks, SEEN_SHARE)
        return Trace(0, "raised" if blaze.alive() else "alive")

    def _judge(self, at: datetime, burning: list[Blaze]) -> Finding | None:
        if self._episode is None:
            if not burning or self.cooling(at) or not self.schedule.open(at):
                return None
            self._episode, self._began = self.next_episode(), at
            self._told = {burning[0].label}
            lasts_s = round(burning[0].seconds(), 1)
            return self._finding(Phase.BEGIN, at, burning, lasts_s=lasts_s, limit_s=self.settings.after_s)
        if burning:
            new = [blaze for blaze in burning if blaze.label not in self._told]
            self._told |= {blaze.label for blaze in new}
            return self._finding(Phase.UPDATE, at, new) if new else None
        if self._last is not None and (at - self._last).total_seconds() < self.settings.grace_s:
            return None
        lasted_s = (at - (self._began or at)).total_seconds()
        finding = self._finding(Phase.END, at, [], lasted_s=round(lasted_s, 1), grace_s=self.settings.grace_s)
        self._episode = self._began = None
        self.cool_down(at)
        return finding

    def _finding(self, phase: Phase, at: datetime, burning: list[Blaze], **more: float) -> Finding:
        zone = self.settings.zone
        arguments: dict[str, str | float] = {"zone": self.settings.where, **more}
        if burning:
            arguments["label"] = f"label.{burning[0].label}"
        reason = Text(id=f"reason.{self.kind}.{phase}", arguments=dict(arguments))
        things = tuple(Thing(blaze.label, blaze.box) for blaze in burning)
        return Finding(self.kind, phase, self.name, self._episode or 0, at, zone, (), reason, things=things)
