"""Abandoned object: something was brought, and whoever brought it has gone.

No detector has to know what it is: what counts is that something stands where nothing stood, that somebody was there
when it came to rest, that it is smaller than that person, and that nobody is near it any more.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from edge.rules.base import Place, Rule, RuleSettings
from edge.rules.bodies import Bodies
from edge.rules.boxes import Box, area, box_of, common, overlap, widened
from edge.rules.finding import Finding, Step, Thing, Trace
from edge.vision.scene import Scene
from edge.vision.senses.still import StillSense, StillThings
from protocol.kinds import Kind, Phase
from protocol.messages import Text

VEHICLES = ("bicycle", "motorcycle", "car", "bus", "truck")
"""What parks is not left behind."""
BEFORE_S = 2.0
"""Whoever stood there so many seconds before something came to rest may have brought it."""
REMEMBERED = timedelta(seconds=BEFORE_S + 4)
"""For so long it is remembered who was where."""
REACH = 0.8
"""Body heights from which something is put down."""
LARGEST = 0.75
"""Heights of the owner above which it is no object but somebody, or a vehicle."""
ALIKE = 0.3
"""Overlap (IoU) from which a person's box is taken for the thing's own."""
PART = 0.3
"""Things so near to one another, in their widths and heights, are parts of one."""
CHANGED = 0.6
"""Share of its area by which a thing that nobody brought must differ to be looked into again."""
PAUSE_S = 2.0
"""A longer pause between two pictures is time in which nobody watched."""
HANDED_ON, THERE = timedelta(seconds=1), 0.5
"""Who is first seen within so long of the owner's last moment, so many body heights from there, is the owner: trackers
give people new numbers when they bend down or are seen twice…"""
GROWS, AT_EDGE = 2.0, 0.015
"""… unless he is so many times as tall or as small, or the owner was cut off by the picture's edge: he has left."""
STAYS_S = 3.0
"""Another person who stays beside it for so long looks after it; who walks past does not."""


class AbandonedObjectSettings(RuleSettings):
    """Begins when nobody has been within `distance` for `after_s`, ends when it is taken or somebody is back."""

    kind: Literal[Kind.ABANDONED_OBJECT] = Kind.ABANDONED_OBJECT
    zone: str | None = Field(default=None, description="where it counts; without one, everywhere")
    owners: tuple[str, ...] = Field(
        default=("person",), min_length=1, description="who brings things: labels of the card"
    )
    after_s: float = Field(default=30.0, gt=0, description="seconds that it must be left alone")
    distance: float = Field(default=2.0, gt=0, description="body heights from which its owner has gone")
    back_s: float = Field(default=2.0, ge=0, description="seconds that somebody must be back before it is over")

    @property
    def looks_for(self) -> tuple[str, ...]:
        """Those who bring things, and vehicles, which are none."""
        return (*self.owners, *VEHICLES)


@dataclass(slots=True)
class Left:
    """A thing that was brought: by whom, since when it is alone, since when somebody is back with it."""

    owner: int
    size: float
    """Its height in heights of who brought it."""
    alone_since: datetime | None = None
    company_since: datetime | None = None
    stranger_since: datetime | None = None
    episode: int | None = None
    box: Box = (0.0, 0.0, 0.0, 0.0)
    lost: bool = False
    """The owner is out of sight, and nobody has appeared in his place."""


class AbandonedObject(Rule[AbandonedObjectSettings]):
    """Remembers who was where in the last seconds, and each thing that somebody brought."""

    kind = Kind.ABANDONED_OBJECT
    settings_model = AbandonedObjectSettings
    senses = (StillSense,)

    def __init__(self, settings: AbandonedObjectSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._polygon = place.polygon(settings.zone) if settings.zone else None
        self._seen: deque[tuple[datetime, Bodies]] = deque()
        self._left: dict[int, Left | None] = {}
        """By the thing's number; None: nobody brought it, or it is too large."""
        self._resumed: datetime | None = None
        """When the last pause ended."""
        self._judged: dict[int, Box] = {}
        """What things looked like when it was last asked who brought them."""

    def step(self, scene: Scene) -> Step:
        """Begins and ends of the things that stand alone."""
        people = Bodies.of(scene, self.settings.owners)
        self._take_up(scene.at)
        self._seen.append((scene.at, people))
        while scene.at - self._seen[0][0] > REMEMBERED:
            self._seen.popleft()
        findings: list[Finding] = []
        parked = [scene.tracks.boxes_at[row] for row in scene.tracks.rows_of(VEHICLES)]
        things = self._things(scene.reading(StillThings), parked)
        for number in [number for number in self._left if number not in things]:
            findings += self._end(self._left.pop(number), scene.at, "taken")
            self._judged.pop(number, None)
        for number, (box, age_s) in things.items():
            left = self._left.get(number)
            if left is None:
                left = self._left[number] = self._looked_into(number, box, age_s, scene.at)
            if left is not None:
                left.box = box
        brought = [left for number in things if (left := self._left[number]) is not None]
        for left in brought:
            self._follow(left, people, scene.at)
        for left, attended in zip(brought, self._attended(brought, people, scene.at), strict=True):
            findings += self._judge(left, scene.at, attended=attended)
        traces = (self._trace(number, scene.at)._replace(box=box) for number, (box, _) in things.items())
        return Step(tuple(findings), self.why(traces))

    def _take_up(self, at: datetime) -> None:
        """What nobody watched, in a pause between two pictures, is no time alone."""
        blind = at - self._seen[-1][0] - timedelta(seconds=PAUSE_S) if self._seen else timedelta()
        if blind <= timedelta():
            return
        self._resumed = at
        for left in self._left.values():
            if left is not None and left.alone_since is not None:
                left.alone_since += blind

    def _looked_into(self, number: int, box: Box, age_s: float, at: datetime) -> Left | None:
        """Who brought a thing that is new or looks other than it did: somebody who stood there may have left it."""
        judged = self._judged.get(number)
        if judged is not None and CHANGED * area(judged) < area(box) < area(judged) / CHANGED:
            return None
        self._judged[number] = box
        return self._brought_by(box, at - timedelta(seconds=age_s if judged is None else BEFORE_S))

    def _things(self, reading: StillThings, parked: list[Box]) -> dict[int, tuple[Box, float]]:
        """Box and age of each thing that was brought into the zone; parts of one thing are one, vehicles are none."""
        found: dict[int, tuple[Box, float]] = {}
        taken: list[Box] = []
        for number, box, age_s, brought in reading.things:
            if not brought or (self._polygon is not None and not self._polygon.holds_foot(box)):
                continue
            parks = any(common(box, vehicle) >= 0.5 * area(box) for vehicle in parked)
            if not parks and not any(common(box, other) > 0 for other in taken):
                found[number] = (box, age_s)
                taken.append(widened(box, PART))
        return found

    def _brought_by(self, box: Box, since: datetime) -> Left | None:
        """Whoever stood nearest when it came to rest; nobody if it may have been brought in a pause, unseen."""
        first, last = since - timedelta(seconds=BEFORE_S), since + timedelta(seconds=BEFORE_S)
        if self._resumed is not None and first < self._resumed:
            return None
        then = [people for at, people in self._seen if first <= at <= last and len(people)]
        if not then:
            return None
        bodies = Bodies.together(then)
        (distances,) = bodies.away([box])
        least = distances.min()
        if least > REACH:
            return None
        nearest = distances == least
        track, height = min(zip(bodies.ids[nearest].tolist(), bodies.heights[nearest].tolist(), strict=True))
        size = (box[3] - box[1]) / height
        return Left(track, size) if size <= LARGEST else None

    def _follow(self, left: Left, people: Bodies, at: datetime) -> None:
        """Find the owner again under another number. Numbers rise, so this comes to an end."""
        if left.owner in people.rows:
            left.lost = False
        while not left.lost and left.owner not in people.rows:
            last = next((one for one in reversed(self._seen) if left.owner in one[1].rows), None)
            heir = None if last is None else self._heir(left, *last)
            if heir is None:
                left.lost = last is None or at - last[0] > HANDED_ON
                return
            left.owner = heir

    def _heir(self, left: Left, gone_at: datetime, people: Bodies) -> int | None:
        """Who appeared about when and where the owner was seen for the last time, and is not the thing itself."""
        place = box_of(people.boxes[people.rows[left.owner]].tolist())
        if min(place[0], 1 - place[2], 1 - place[3]) < AT_EDGE:
            return None
        tall = place[3] - place[1]
        known: set[int] = set()
        for at, bodies in self._seen:
            if at > gone_at + HANDED_ON:
                break
            if at >= gone_at - HANDED_ON:
                (distances,) = bodies.away([place])
                near: list[tuple[float, int]] = [
                    (float(distance), number)
                    for number, box, distance in zip(bodies.rows, bodies.boxes.tolist(), distances, strict=True)
                    if number > left.owner and number not in known and distance <= THERE
                    if overlap(box_of(box), left.box) < ALIKE and tall / GROWS <= box[3] - box[1] <= tall * GROWS
                ]
                if near:
                    return min(near)[1]
            known.update(bodies.rows)
        return None

    def _judge(self, left: Left, at: datetime, *, attended: bool) -> list[Finding]:
        if attended:
            left.alone_since = None
            left.company_since = left.company_since or at
            if left.episode is not None and (at - left.company_since).total_seconds() >= self.settings.back_s:
                return self._end(left, at, "back")
            return []
        left.company_since = None
        left.alone_since = left.alone_since or at
        alone_s = (at - left.alone_since).total_seconds()
        ripe = left.episode is None and alone_s >= self.settings.after_s
        if not ripe or self.cooling(at) or not self.schedule.open(at):
            return []
        left.episode = self.next_episode()
        return [self._finding(Phase.BEGIN, at, left, alone_s=round(alone_s, 1), limit_s=self.settings.after_s)]

    def _attended(self, brought: list[Left], people: Bodies, at: datetime) -> Iterator[bool]:
        """Of each thing whether its owner is near, or somebody else stays beside it."""
        if not brought:
            return
        away = people.away([left.box for left in brought])
        near_it: NDArray[np.bool_] = away <= REACH
        for left, distances, there in zip(brought, away, near_it, strict=True):
            row = people.rows.get(left.owner)
            if row is not None and distances[row] <= self.settings.distance:
                yield True
                continue
            beside = any(overlap(box_of(box), left.box) < ALIKE for box in people.boxes[there].tolist())
            left.stranger_since = (left.stranger_since or at) if beside else None
            yield left.stranger_since is not None and (at - left.stranger_since).total_seconds() >= STAYS_S

    def _end(self, left: Left | None, at: datetime, why: str) -> list[Finding]:
        if left is None or left.episode is None:
            return []
        finding = self._finding(Phase.END, at, left, why=f"abandoned.{why}")
        left.episode = None
        self.cool_down(at)
        return [finding]

    def _finding(self, phase: Phase, at: datetime, left: Left, **more: str | float) -> Finding:
        zone = self.settings.zone
        reason = Text(id=f"reason.{self.kind}.{phase}", arguments={"zone": self.settings.where, **more})
        thing = Thing("bag", left.box)
        return Finding(self.kind, phase, self.name, left.episode or 0, at, zone, (left.owner,), reason, things=(thing,))

    def _trace(self, number: int, at: datetime) -> Trace:
        left = self._left[number]
        if left is None:
            return Trace(-number, "owner")
        if left.episode is not None:
            return Trace(-number, "raised")
        if left.alone_since is None:
            return Trace(-number, "company")
        return Trace(-number, "time", (at - left.alone_since).total_seconds(), self.settings.after_s)
