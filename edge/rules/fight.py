"""Fight: for some seconds, at one place with people, the movement is that of a struggle.

How likely that is says `edge/vision/senses/struggle` twice a second, each time of the last two seconds. One moment is
not believed: a dance step, a gust or a picture that jumps gives one, too.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.complaints import complaint
from edge.rules.base import Place, Rule, RuleSettings
from edge.rules.boxes import Box, box_of, overlap
from edge.rules.conditions import Condition
from edge.rules.errors import RuleError
from edge.rules.finding import Finding, Step, Trace
from edge.vision.scene import Scene
from edge.vision.senses.struggle import EVERY_S, PERSON, WINDOW_S, Struggle, StruggleSense
from edge.vision.struggle.memory import LEAST_FLOWS
from edge.vision.struggle.weights import Sign
from protocol.kinds import Kind, Phase
from protocol.messages import Text

LEAST_FPS = LEAST_FLOWS / WINDOW_S
"""Pictures a second with which the sense has anything to say."""
SAME_PLACE = 0.1
"""Overlap of what was looked at with the time before, from which it is the same struggle."""
LATE_S = 3 * EVERY_S
"""Without a judgement for so long what was before no longer counts."""
CALM = 0.7
"""Share of the score that it takes, below which a struggle that has been told of has calmed down."""


class FightSettings(RuleSettings):
    """Begins when it has looked like a fight for `after_s`, ends when it has not for `grace_s`."""

    kind: Literal[Kind.FIGHT] = Kind.FIGHT
    zone: str | None = Field(default=None, description="where it counts; without one, everywhere")
    score: float = Field(default=0.66, gt=0, lt=1, description="how much it must look like a fight, on the mean")
    min_height: float = Field(
        default=0.12,
        gt=0,
        le=1,
        description="least height of somebody there, share of the picture's: limbs must be seen",
    )
    people: int = Field(default=2, ge=1, description="how many must have been seen there at once")
    after_s: float = Field(default=8.0, ge=0, description="seconds for which it must look like one")
    grace_s: float = Field(default=4.0, ge=0, description="seconds of calm before it is over")

    @property
    def looks_for(self) -> tuple[str, ...]:
        """Where there are people movement is looked at."""
        return PERSON


@dataclass(frozen=True, slots=True)
class Look:
    """One judgement, and who was there."""

    at: datetime
    score: float
    box: Box
    people: int
    sign: Sign
    objects: tuple[int, ...]
    tall: float
    """Of the tallest of the objects, share of the picture; 0 of none."""


class Fight(Rule[FightSettings]):
    """Remembers the judgements of the last seconds at one place, and the open alert."""

    kind = Kind.FIGHT
    settings_model = FightSettings
    senses = (StruggleSense,)
    wants_fps = 10.0
    measures_ways = True

    def __init__(self, settings: FightSettings, place: Place) -> None:
        """Raises RuleError as `Rule`, and for a camera whose pictures come too seldom to know how people move."""
        super().__init__(settings, place)
        if place.analysed_fps is not None and place.analysed_fps < LEAST_FPS:
            raise RuleError("kind", complaint("rule.too_few_pictures", fps=place.analysed_fps, least=LEAST_FPS))
        self._polygon = place.polygon(settings.zone) if settings.zone else None
        self._looks: deque[Look] = deque()
        self._episode: int | None = None
        self._began: datetime | None = None
        self._last: datetime | None = None
        """When it last looked like a fight."""

    def step(self, scene: Scene) -> Step:
        """At most one finding a scene."""
        look = self._look(scene)
        if look is not None:
            self._follow(look)
        elif self._looks and (scene.at - self._looks[-1].at).total_seconds() > LATE_S:
            self._looks.clear()
        trace = self._why_not(scene)
        finding = self._judge(scene, look, raises=trace.condition == Condition.RAISED)
        return Step((finding,) if finding else (), self.why((trace,)))

    def _look(self, scene: Scene) -> Look | None:
        """What the sense says now, if it says anything, and of whom."""
        reading = scene.reading(Struggle)
        if not len(reading.scores):
            return None
        box, tracks = box_of(reading.boxes[0].tolist()), scene.tracks
        rows = [row for row in tracks.rows_of(PERSON) if self._holds(tracks.boxes_at[row], box)]
        return Look(
            scene.at,
            float(reading.scores[0]),
            box,
            int(reading.people[0]),
            reading.signs[0],
            tuple(tracks.numbers[row] for row in rows),
            max((tracks.tall[row] for row in rows), default=0.0),
        )

    def _holds(self, person: Box, box: Box) -> bool:
        """Whether somebody is where it was looked, and stands where it counts."""
        x, y = (person[0] + person[2]) / 2, (person[1] + person[3]) / 2
        inside = box[0] <= x <= box[2] and box[1] <= y <= box[3]
        return inside and (self._polygon is None or self._polygon.holds_foot(person))

    def _follow(self, look: Look) -> None:
        """One more judgement; what is elsewhere begins anew."""
        if self._looks and overlap(self._looks[-1].box, look.box) < SAME_PLACE:
            self._looks.clear()
        self._looks.append(look)
        while (look.at - self._looks[0].at).total_seconds() > self.settings.after_s:
            self._looks.popleft()

    @property
    def _mean(self) -> float:
        return sum(look.score for look in self._looks) / len(self._looks) if self._looks else 0.0

    def _why_not(self, scene: Scene) -> Trace:
        """The first condition that fails, for the picture as a whole."""
        limits = self.settings
        if self._episode is not None:
            return Trace(0, Condition.RAISED)
        if not self.schedule.open(scene.at):
            return Trace(0, Condition.SCHEDULE)
        if not self._looks:
            return Trace(0, Condition.COUNT, 0, limits.people)
        people = max(look.people for look in self._looks)
        if people < limits.people:
            return Trace(0, Condition.COUNT, people, limits.people)
        if not any(look.objects for look in self._looks):
            return Trace(0, Condition.PLACE)
        tallest = max(look.tall for look in self._looks)
        if tallest < limits.min_height:
            return Trace(0, Condition.SIZE, round(tallest, 3), limits.min_height)
        if self._mean < limits.score:
            return Trace(0, Condition.SCORE, round(self._mean, 3), limits.score)
        lasts_s = (scene.at - self._looks[0].at).total_seconds()
        if lasts_s < limits.after_s - EVERY_S:
            return Trace(0, Condition.TIME, lasts_s, limits.after_s)
        return Trace(0, Condition.COOLDOWN if self.cooling(scene.at) else Condition.RAISED)

    def _judge(self, scene: Scene, look: Look | None, *, raises: bool) -> Finding | None:
        at = scene.at
        if self._episode is None:
            return self._begin(at) if raises and look is not None else None
        if look is not None and look.score >= CALM * self.settings.score and look.objects:
            self._last = at
        if self._last is None or (at - self._last).total_seconds() < self.settings.grace_s:
            return None
        lasted_s = round((self._last - (self._began or at)).total_seconds(), 1)
        reason = Text(id="reason.fight.end", arguments={"zone": self.settings.where, "lasted_s": lasted_s})
        finding = Finding(self.kind, Phase.END, self.name, self._episode, at, self.settings.zone, (), reason)
        self._episode = self._began = None
        self._looks.clear()
        self.cool_down(at)
        return finding

    def _begin(self, at: datetime) -> Finding:
        self._episode, self._last = self.next_episode(), at
        self._began = next(look.at for look in self._looks if look.score >= self._mean)
        last, score = self._looks[-1], self._mean
        arguments: dict[str, str | float] = {
            "zone": self.settings.where,
            "people": max(look.people for look in self._looks),
            "sign": f"fight.{last.sign}",
            "percent": round(100 * score),
            "limit_percent": round(100 * self.settings.score),
        }
        reason = Text(id="reason.fight.begin", arguments=arguments)
        objects = tuple(dict.fromkeys(number for look in self._looks for number in look.objects))
        return Finding(self.kind, Phase.BEGIN, self.name, self._episode, at, self.settings.zone, objects, reason, score)
