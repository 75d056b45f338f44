"""Unusual: somebody is where, goes as, is what or comes when hardly anybody is, goes, or comes before this camera.

The camera learns what is normal from what its tracker sees. A track is learnt when it is over; one that raised an alert
is held back until somebody says that it was false: then it was normal. What was real is never learnt.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from edge.learning.normality import (
    ATTRIBUTES,
    DENSE,
    Attribute,
    Normality,
    Sample,
    as_arrays,
    most_surprising,
    of_arrays,
)
from edge.rules.base import Place
from edge.rules.finding import Finding, Step, Trace
from edge.rules.motion import Motion, Movement
from edge.rules.selecting import TrackRule, TrackSettings
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase
from protocol.messages import Text

EVERY = timedelta(seconds=0.4 - 1e-3)
"""Between two samples of a track."""
GLIDE = 0.35
"""What the newest sample counts in a track's surprise; one odd box is no odd person."""
LOST = timedelta(seconds=3)
"""A track that is not seen for longer is over."""
BODY_M = 1.7
"""A body height, metres."""
LONGEST = 400
"""Samples of one track that are kept to be learnt."""

MOST_HELD = 100
"""Tracks that wait for a verdict; the oldest go first, unlearnt."""


class UnusualSettings(TrackSettings):
    """Begins when so rare a thing has been seen for `after_s`, ends when it has been normal for `grace_s`."""

    kind: Literal[Kind.UNUSUAL] = Kind.UNUSUAL
    zone: str | None = Field(default=None, description="where it counts; without one, everywhere")
    classes: tuple[str, ...] = Field(default=("person",), min_length=1, description="labels of the model's card")
    learn_h: float = Field(default=24.0, gt=0, description="hours of watching before anything is unusual")
    once_in_h: float = Field(default=8.0, gt=0, description="so rare that it is seen once in so many hours here")
    after_s: float = Field(default=1.0, ge=0, description="seconds that it must last")
    grace_s: float = Field(default=3.0, ge=0, description="seconds of what is normal before it is over")
    half_life_d: float = Field(default=14.0, gt=0, description="days after which what was learnt counts half")


@dataclass(slots=True)
class Life:
    """One track's samples, how surprising it is by now, and since when it is too much."""

    first: datetime
    last: datetime
    sampled: datetime | None = None
    samples: list[Sample] = field(default_factory=list)
    surprises: list[list[float]] = field(default_factory=list)
    glide: list[float] = field(default_factory=lambda: [math.nan] * len(DENSE))
    """How surprising it is by each attribute but the hour, nats; NaN where it is not known."""
    odd_since: datetime | None = None
    normal_since: datetime | None = None
    episode: int | None = None
    why: Attribute = Attribute.PLACE
    rarity: float = 0.0
    hour: float = 0.0


class Unusual(TrackRule[UnusualSettings]):
    """Remembers what is normal, the tracks of the last seconds, and those that wait for a verdict."""

    kind = Kind.UNUSUAL
    settings_model = UnusualSettings

    def __init__(self, settings: UnusualSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._polygon = place.polygon(settings.zone) if settings.zone else None
        self._zone = ZoneInfo(place.timezone)
        self.motion: Motion = Motion(place.scale)
        self.normality = Normality()
        self._lives: dict[int, Life] = {}
        self._held: dict[int, Life] = {}
        """Tracks that raised an alert and are over, by episode."""
        self._at: datetime | None = None
        self._unfaded_h = 0.0

    @property
    def watched_h(self) -> float:
        """Hours that were watched; fewer as they are forgotten."""
        return float(self.normality.watched_h.sum())

    def step(self, scene: Scene) -> Step:
        """Begins and ends of what is unusual."""
        moves, at = self.motion.step(scene), scene.at
        self._watch(at)
        rows, traces = self.select(scene)
        ids, seen = scene.tracks.numbers, scene.tracks.seen.tolist()
        watched_h = self.watched_h
        limit = self.limit if watched_h >= self.settings.learn_h else math.inf
        due: list[tuple[int, Life]] = []
        before = at - EVERY
        for row in rows:
            life = self._lives.get(ids[row]) or self._new(ids[row], at)
            life.last = at
            if seen[row] and (life.sampled is None or life.sampled <= before):
                due.append((row, life))
        findings = self._take(scene, due, moves, limit) if due else []
        traces += self.why(self._trace(ids[row], self._lives[ids[row]], watched_h, limit) for row in rows)
        findings += self._bury(at, rows)
        return Step(tuple(findings), tuple(traces))

    def hear(self, episode: int, *, real: bool) -> bool:
        """A verdict on one of its alerts: what was false was normal and is learnt. Whether something was."""
        life = self._held.pop(episode, None)
        if life is None or real:
            return False
        self.normality.learn(life.samples, np.array(life.surprises).reshape(-1, len(DENSE)))
        return True

    def memory(self) -> Mapping[str, NDArray[Any]]:
        """What is to survive a restart."""
        return as_arrays(self.normality)

    def remember(self, memory: Mapping[str, NDArray[Any]]) -> None:
        """Take up again what `memory` gave. Raises UnfitError if it is not of this kind."""
        self.normality = of_arrays(memory)

    def _new(self, track: int, at: datetime) -> Life:
        self._lives[track] = life = Life(at, at, hour=self.normality.rarity_of_hour(at.astimezone(self._zone).hour))
        return life

    def _watch(self, at: datetime) -> None:
        """Time goes by: it is counted by the hour, and what was learnt fades."""
        hours = min(1 / 60, (at - self._at).total_seconds() / 3600) if self._at else 0.0
        self._at = at
        self.normality.watch(hours, at.astimezone(self._zone).hour)
        self._unfaded_h += hours
        if self._unfaded_h >= 1.0:
            self.normality.forget(1 - 0.5 ** (self._unfaded_h / 24 / self.settings.half_life_d))
            self._unfaded_h = 0.0

    def _take(self, scene: Scene, due: list[tuple[int, Life]], moves: Movement, limit: float) -> list[Finding]:
        """The next sample of each track that is due, by its row. `limit`: from which rarity it is unusual."""
        tracks, at, rows = scene.tracks, scene.at, [row for row, _ in due]
        feet, labels = tracks.feet[rows].astype(np.float64), [tracks.labels[row] for row in rows]
        ways = moves.velocities[rows] / np.where(moves.metric[rows], BODY_M, 1.0)[:, None]
        nats = self.normality.surprises(feet, ways, labels)
        before = np.array([life.glide for _, life in due])
        known = np.where(np.isnan(before), nats, before + GLIDE * (nats - before))
        glides = np.where(np.isnan(nats), before, known)
        whys, rarities = most_surprising(self.normality.rarity(glides))
        a_track = math.log10(max(1.0, self.normality.seen / max(1.0, float(self.normality.came.sum()))))
        samples = map(Sample, *feet.T.tolist(), *ways.T.tolist(), labels)
        findings: list[Finding] = []
        for (row, life), sample, glide, why, rarity in zip(due, samples, glides.tolist(), whys, rarities, strict=True):
            life.sampled, life.glide = at, glide
            if len(life.samples) < LONGEST:
                life.samples.append(sample)
                life.surprises.append(glide)
            of_hour = life.hour + a_track if life.hour else 0.0
            life.why, life.rarity = (Attribute.HOUR, of_hour) if of_hour > rarity else (why, rarity)
            if life.rarity >= limit or life.episode is not None or life.odd_since is not None:
                findings += self._judge(tracks.numbers[row], life, sample, limit, at)
        return findings

    @property
    def limit(self) -> float:
        """From which rarity something is unusual: log10 of the samples of `once_in_h` hours, for each attribute."""
        an_hour = self.normality.seen / max(self.watched_h, 1e-6)
        return math.log10(max(10.0, an_hour * self.settings.once_in_h * len(ATTRIBUTES)))

    def _judge(self, track: int, life: Life, sample: Sample, limit: float, at: datetime) -> list[Finding]:
        odd = life.rarity >= limit and self._within(sample)
        if life.episode is None:
            life.odd_since = (life.odd_since or at) if odd else None
            ripe = life.odd_since is not None and (at - life.odd_since).total_seconds() >= self.settings.after_s
            if not ripe or self.cooling(at) or not self.schedule.open(at):
                return []
            life.episode = self.next_episode()
            return [self._finding(Phase.BEGIN, at, track, life)]
        life.normal_since = None if odd else (life.normal_since or at)
        if life.normal_since is None or (at - life.normal_since).total_seconds() < self.settings.grace_s:
            return []
        return [self._end(track, life, at)]

    def _within(self, sample: Sample) -> bool:
        return self._polygon is None or self._polygon.has(sample.x, sample.y)

    def _end(self, track: int, life: Life, at: datetime) -> Finding:
        finding = self._finding(Phase.END, at, track, life)
        self._held[life.episode or 0] = life
        while len(self._held) > MOST_HELD:
            del self._held[next(iter(self._held))]
        life.episode = life.odd_since = life.normal_since = None
        self.cool_down(at)
        return finding

    def _bury(self, at: datetime, here: list[int]) -> list[Finding]:
        """Tracks that are over: normal ones are learnt. `here`: rows of those that are not."""
        findings: list[Finding] = []
        if len(self._lives) == len(here):
            return findings
        before = at - LOST
        for track in [track for track, life in self._lives.items() if life.last < before]:
            life = self._lives.pop(track)
            if life.episode is not None:
                findings.append(self._end(track, life, at))
            elif life not in self._held.values() and life.samples:
                self.normality.come(life.first.astimezone(self._zone).hour)
                self.normality.learn(life.samples, np.array(life.surprises))
        return findings

    def _finding(self, phase: Phase, at: datetime, track: int, life: Life) -> Finding:
        zone = self.settings.zone
        hours = 10**life.rarity / max(1.0, self.normality.seen / max(self.watched_h, 1e-6) * len(ATTRIBUTES))
        arguments: dict[str, str | float] = {"zone": self.settings.where, "why": f"unusual.{life.why}"}
        if phase is Phase.BEGIN:
            label = life.samples[-1].label if life.samples else "other"
            arguments |= {"label": f"label.{label}", "hours": round(min(hours, 9999.0), 1)}
        reason = Text(id=f"reason.unusual.{phase}", arguments=dict(arguments))
        return Finding(self.kind, phase, self.name, life.episode or 0, at, zone, (track,), reason)

    def _trace(self, track: int, life: Life, watched_h: float, limit: float) -> Trace:
        if life.episode is not None:
            return Trace(track, "raised")
        if watched_h < self.settings.learn_h:
            return Trace(track, "learning", watched_h, self.settings.learn_h)
        return Trace(track, "usual", life.rarity, limit)
