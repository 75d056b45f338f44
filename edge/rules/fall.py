"""Fall: somebody who stood goes down within a moment and stays low.

Detectors lose people who lie. So two things count: a person's box that drops and widens, and a person who is lost in
the middle of the picture while something wide and low comes to rest where he stood, whole or in pieces, in which nobody
is seen. Who sits down keeps half his height, who lies down on purpose takes his time, and who leaves does so at the
picture's sides, or leaves nothing behind.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from pydantic import Field

from edge.rules.bare_things import BareThing, BareThings, pieces
from edge.rules.base import Place
from edge.rules.boxes import Box, area, around, common, grown
from edge.rules.finding import Finding, Step, Thing, Trace, held_back
from edge.rules.selecting import TrackRule, TrackSettings
from edge.vision.scene import Scene
from edge.vision.senses.still import StillSense, StillThings
from protocol.kinds import Kind, Phase
from protocol.messages import Text

REMEMBER_S = 4.0
"""Seconds after `LOST_S` for which it is remembered how somebody stood."""
UPRIGHT, SLENDER = 1.25, 2.0
"""Heights in widths, in pixels' shape, from which somebody stands; from the second on also who is less than `UP` as
high as he was: a box that was too high for a moment, as he came in or met somebody, is no measure of him."""
STOOD_S = 0.3
"""Seconds that he must have stood."""
LOW = 0.62
"""Share of his standing height below which he is down."""
WIDE, VERY_WIDE = 0.9, 1.3
"""Widths in heights from which he lies and does not crouch; from the second on he may be as high as `UP`: who lies near
the camera, his feet towards it, keeps more of his height."""
OVER, LEAST_WIDE = 0.18, 0.75
"""Standing heights by which his foot is lower or higher in the picture than when he stood, from which he has fallen
towards the camera or away from it, if he is at least so many heights wide: who crouches stays where he stood."""
SINKS, SINKS_S = 0.1, 0.65
"""Who falls comes down at once: who still sinks, by such a share of his standing height, so long after `within_s`, lies
down."""
RISE = 0.25
"""Standing heights above where his feet were at which nobody who fell comes to lie; who is there is somebody else."""
LEAST_FLAT, FLAT_SHARE = 3, 0.5
"""Looks, and share of them, in which he must lie: who crouches is low and wide for a moment."""
UP = 0.8
"""Share of his standing height from which he is up again."""
SHRINKS = 0.1
"""Share of his height that somebody who walks away loses in a second."""
EDGE = 0.02
"""Who is lost so near the picture's edge, as a share of it, has left. Below only if he was upright: who falls there
near the camera is cut off, and then it counts what comes to rest."""
NEAR = 1.0
"""Standing heights from where he was lost within which he may lie."""
HEIR = 0.6
"""Heights from where somebody was lost within which somebody new is he."""
SAME = 0.6
"""Share of the smaller of two boxes within the other from which they are about one body."""
GAPS = 0.15
"""Of his standing height: between pieces of him that lie there."""
SMALLEST, LARGEST = 0.2, 1.4
"""Area of what lies there, in areas of his box when he stood."""
GAP = timedelta(seconds=0.5)
"""Of who was lost for longer than this on the way down, the time does not count as his descent."""
PAUSE_S = 2.0
"""Who was there before a longer pause between two pictures is forgotten: nobody saw what happened to him."""
HIDDEN = 0.3
"""Share of his box within others' boxes from which he who is lost is hidden behind them."""
JUST_LOST_S = 0.7
"""For so long after he was seen last it is looked who stands before him."""
LOST_S = 3.0
"""Seconds after he was lost within which it must have come to rest."""


class FallSettings(TrackSettings):
    """Begins when somebody who went down within `within_s` has stayed low for `after_s`; ends when he is up or gone."""

    kind: Literal[Kind.FALL] = Kind.FALL
    zone: str | None = Field(default=None, description="where it counts; without one, everywhere")
    min_height: float = Field(default=0.12, ge=0, le=1, description="least height of somebody who stands, to be judged")
    after_s: float = Field(default=3.0, gt=0, description="seconds that he must stay low")
    within_s: float = Field(default=1.0, gt=0, description="seconds within which he must have gone down")
    grace_s: float = Field(default=2.0, ge=0, description="seconds up, or away, before it is over")


@dataclass(slots=True)
class Person:
    """One track: how it looked last, how tall it stood, and since when it is down."""

    at: datetime
    box: Box
    """When and where he was seen last."""
    stood_at: datetime | None = None
    stood_s: float = 0.0
    standing: Box | None = None
    tall: float = 0.0
    """How tall it stands: what it was lately, for who goes down is lower from picture to picture, too."""
    down_since: datetime | None = None
    hidden: bool = False
    """Whether others stood before him when he was lost."""

    def stood(self, at: datetime, box: Box, height: float) -> None:
        """It stands upright now."""
        passed_s = (at - self.stood_at).total_seconds() if self.stood_at else 0.0
        self.stood_s += min(0.5, passed_s)
        self.tall = max(height, self.tall * (1 - SHRINKS * passed_s))
        self.stood_at, self.standing, self.down_since = at, box, None


@dataclass(slots=True)
class Lying:
    """An open alert, or one to come: by the track's box, or by the things that lie where the track was lost."""

    track: int
    since: datetime
    box: Box
    things: tuple[int, ...] = ()
    episode: int | None = None
    gone_since: datetime | None = None
    looks: int = 0
    flat: int = 0
    """How often he was seen since, by his box or as a thing, and how often he lay: low and wide, or a wide thing."""
    lowest: float = 0.0
    sunk_at: datetime | None = None
    """How low his box has come, as a share of the picture, and when it last came down by more than a little."""

    @property
    def lay(self) -> bool:
        """Whether he was seen to lie often enough."""
        return self.flat >= max(LEAST_FLAT, FLAT_SHARE * self.looks)

    def sink(self, at: datetime, height: float, step: float) -> datetime:
        """Note how low he is, and say when he last came down by more than `step`."""
        if self.sunk_at is None or height < self.lowest - step:
            self.lowest, self.sunk_at = height, at
        return self.sunk_at


class Fall(TrackRule[FallSettings]):
    """Remembers the people of the last seconds and those who lie."""

    kind = Kind.FALL
    settings_model = FallSettings
    senses = (StillSense,)
    wants_fps = 10.0
    measures_ways = True

    def __init__(self, settings: FallSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._polygon = place.polygon(settings.zone) if settings.zone else None
        self._people: dict[int, Person] = {}
        self._lying: dict[int, Lying] = {}
        """By track."""
        self._bare = BareThings(EDGE)
        self._at: datetime | None = None

    def step(self, scene: Scene) -> Step:
        """Begins and ends of falls."""
        self._take_up(scene.at)
        tracks = scene.tracks
        traces: list[Trace] = []
        people = self.settings.classes
        here = {tracks.numbers[row]: tracks.boxes_at[row] for row in tracks.rows_of(people)}
        for track, box in here.items():
            trace = self._follow(track, box, scene)
            traces += [trace] if trace else []
        lost = [track for track in self._people if track not in here]
        things = self._bare.step(scene.reading(StillThings), tracks.precise_boxes_of(people), scene.at)
        for track in lost:
            if track in self._lying and scene.at - self._people[track].at > GAP and self._hand_over(track, here):
                continue
            self._hide(self._people[track], here.values(), scene.at)
            trace = self._seek(track, things, scene)
            traces += [trace] if trace else []
        findings = [finding for track in list(self._lying) for finding in self._judge(track, here, scene)]
        return Step(tuple(findings), tuple(traces))

    def _take_up(self, at: datetime) -> None:
        """After a pause only those are remembered of whom an alert is open."""
        if self._at is not None and (at - self._at).total_seconds() > PAUSE_S:
            self._lying = {track: lying for track, lying in self._lying.items() if lying.episode is not None}
            self._people = {track: person for track, person in self._people.items() if track in self._lying}
        self._at = at

    def _follow(self, track: int, box: Box, scene: Scene) -> Trace | None:
        """A person in view: does he stand, has he gone down? None: he stands, and nobody asks more."""
        at = scene.at
        person = self._people.get(track) or self._people.setdefault(track, self._heir(track, box, scene))
        if at - person.at > GAP and person.stood_at is not None:
            person.stood_at += at - person.at
        person.at, person.box, person.hidden = at, box, False
        height, width = box[3] - box[1], (box[2] - box[0]) * scene.aspect
        if height >= SLENDER * width or (height >= UPRIGHT * width and height >= UP * person.tall):
            person.stood(at, box, height)
            if not self.explains and track not in self._lying:
                return None
        if person.standing is None or person.stood_s < STOOD_S:
            return held_back(track, "standing")
        if person.tall < self.settings.min_height:
            return Trace(track, "size", person.tall, self.settings.min_height)
        if box[1] < EDGE:
            # Who leaves upwards is cut off by the picture's edge, from the head down.
            return held_back(track, "whole")
        ratio = height / person.tall
        rise = (person.standing[3] - box[3]) / person.tall
        least = LEAST_WIDE if abs(rise) >= OVER else WIDE
        flat = (ratio <= LOW and width >= least * height) or (ratio <= UP and width >= VERY_WIDE * height)
        if track in self._lying:
            self._lying[track].looks += 1
            self._lying[track].flat += flat
        if not flat and ratio <= LOW:
            return Trace(track, "wide", round(width / height, 3), least)
        if not flat:
            return Trace(track, "low", round(ratio, 3), LOW)
        if rise > RISE:
            return Trace(track, "feet", round(rise, 3), RISE)
        return self._went_down(track, person, box, scene.at)

    def _heir(self, track: int, box: Box, scene: Scene) -> Person:
        """Who is new is whoever was lost nearest: trackers lose who falls, and find him as somebody else."""
        lost = [
            (_away(box, person.box, scene.aspect), other)
            for other, person in self._people.items()
            if other not in scene.tracks.visible and (scene.at - person.at).total_seconds() <= LOST_S
        ]
        if not lost or min(lost)[0] > HEIR:
            return Person(scene.at, box)
        return self._renamed(min(lost)[1], track)

    def _renamed(self, old: int, new: int) -> Person:
        """Somebody has another id now; what is known of him goes along."""
        if old in self._lying:
            lying = self._lying.pop(old)
            lying.track = new
            self._lying[new] = lying
        return self._people.pop(old)

    def _hand_over(self, track: int, here: dict[int, Box]) -> bool:
        """Give somebody who lies and is lost the number of the other track upon his body; whether there is one."""
        other = self._upon(self._lying[track], here)
        if other is None:
            return False
        now = self._people.pop(other)
        self._people[other] = replace(self._renamed(track, other), at=now.at, box=now.box)
        return True

    def _upon(self, lying: Lying, here: dict[int, Box]) -> int | None:
        """A second track upon one body: over his box, and never seen to stand, for else it is somebody beside him."""
        for other, box in here.items():
            over = common(box, lying.box) > SAME * min(area(box), area(lying.box))
            if over and other not in self._lying and self._people[other].standing is None:
                return other
        return None

    def _went_down(self, track: int, person: Person, box: Box, at: datetime) -> Trace:
        assert person.stood_at is not None  # noqa: S101 - who has stood has a time
        if person.down_since is None:
            person.down_since = at
        took_s = (person.down_since - person.stood_at).total_seconds()
        if took_s > self.settings.within_s:
            return Trace(track, "descent", took_s, self.settings.within_s)
        lying = self._lying.setdefault(track, Lying(track, person.down_since, box))
        lying.box = box
        if lying.episode is None:
            sunk_at = lying.sink(at, _height(box), SINKS * person.tall)
            sank_s = (sunk_at - person.stood_at).total_seconds()
            if sank_s > self.settings.within_s + SINKS_S:
                person.down_since = sunk_at
                del self._lying[track]
                return Trace(track, "descent", sank_s, self.settings.within_s + SINKS_S)
        return self._trace(lying, at)

    def _hide(self, person: Person, others: Iterable[Box], at: datetime) -> None:
        """Note of somebody who has just been lost whether others stand before him: then he has not fallen."""
        if not person.hidden and (at - person.at).total_seconds() <= JUST_LOST_S:
            person.hidden = sum(common(person.box, other) for other in others) > HIDDEN * area(person.box)

    def _seek(self, track: int, things: dict[int, BareThing], scene: Scene) -> Trace | None:
        """A person who is lost: does something lie where he was?"""
        person = self._people[track]
        last = person.box
        lost_s = (scene.at - person.at).total_seconds()
        if track in self._lying:
            self._keep(self._lying[track], things)
            lying = self._lying[track]
            lying.looks += 1
            lying.flat += bool(lying.things) and _is_wide(lying.box, scene.aspect)
            return self._trace(lying, scene.at)
        left = min(last[0], last[1], 1 - last[2]) < EDGE or (1 - last[3] < EDGE and _height(last) > LOW * person.tall)
        stood = person.standing is not None and person.stood_s >= STOOD_S
        if lost_s > LOST_S + REMEMBER_S or left or not stood:
            del self._people[track]
            return None
        assert person.standing is not None  # noqa: S101 - he stood
        if person.tall < self.settings.min_height or person.hidden:
            return None
        tall = person.tall
        there = grown(last, NEAR * tall / scene.aspect, NEAR * tall)
        new = {
            number: thing
            for number, thing in things.items()
            if not thing.theirs and abs(lost_s - thing.age_s) <= LOST_S and common(thing.box, there) > 0
        }
        gap = GAPS * tall
        for numbers in (*((number,) for number in new), *pieces(new, gap / scene.aspect, gap)):
            box = around([new[number].box for number in numbers])
            if _lies(box, last, person.standing, scene.aspect):
                bare_s = max(new[number].bare_s for number in numbers)
                since = max(person.at, scene.at - timedelta(seconds=bare_s))
                self._lying[track] = Lying(track, since, box, numbers)
                return self._trace(self._lying[track], scene.at)
        return Trace(track, "lost", box=last)

    def _keep(self, lying: Lying, things: dict[int, BareThing]) -> None:
        """Who lies and is lost goes on as the things that lie there."""
        lying.things = tuple(number for number in lying.things if number in things) or tuple(
            number
            for number, thing in things.items()
            if common(thing.box, lying.box) > 0.3 * min(area(thing.box), area(lying.box))
        )
        if lying.things:
            lying.box = around([things[number].box for number in lying.things])

    def _judge(self, track: int, here: dict[int, Box], scene: Scene) -> Iterator[Finding]:
        lying, at = self._lying[track], scene.at
        if self._is_low(lying, here):
            lying.gone_since = None
            lasts_s = (at - lying.since).total_seconds()
            ripe = lying.episode is None and lasts_s >= self.settings.after_s and self._within(lying.box)
            if ripe and lying.lay and not self.cooling(at) and self.schedule.open(at):
                lying.episode = self.next_episode()
                yield self._finding(Phase.BEGIN, at, lying, lasts_s=round(lasts_s, 1), limit_s=self.settings.after_s)
            return
        lying.gone_since = lying.gone_since or at
        if (at - lying.gone_since).total_seconds() < (self.settings.grace_s if lying.episode else LOST_S):
            return
        del self._lying[track]
        self._people.pop(track, None) if track not in here else None
        if lying.episode is not None:
            self.cool_down(at)
            yield self._finding(Phase.END, at, lying, lasted_s=round((at - lying.since).total_seconds(), 1))

    def _is_low(self, lying: Lying, here: dict[int, Box]) -> bool:
        """Whether he still lies: by his own box if he is seen, else by what lies there, or by a second track of his."""
        if lying.track in here:
            return self._is_down(lying.track, here[lying.track])
        if lying.things:
            return self._is_down(lying.track, lying.box)
        other = self._upon(lying, here)
        return other is not None and self._is_down(lying.track, here[other])

    def _is_down(self, track: int, box: Box) -> bool:
        """Whether a box is too low for him to be up."""
        return _height(box) < UP * self._people[track].tall

    def _within(self, box: Box) -> bool:
        foot = np.array([[(box[0] + box[2]) / 2, box[3]]], np.float32)
        return self._polygon is None or bool(self._polygon.holds(foot)[0])

    def _trace(self, lying: Lying, at: datetime) -> Trace:
        if lying.episode is not None:
            return Trace(lying.track, "raised", box=lying.box)
        lasts_s = (at - lying.since).total_seconds()
        if lasts_s >= self.settings.after_s and lying.looks >= LEAST_FLAT and not lying.lay:
            return Trace(lying.track, "flat", round(lying.flat / lying.looks, 2), FLAT_SHARE, box=lying.box)
        return Trace(lying.track, "time", lasts_s, self.settings.after_s, box=lying.box)

    def _finding(self, phase: Phase, at: datetime, lying: Lying, **more: float) -> Finding:
        zone = self.settings.zone
        reason = Text(id=f"reason.fall.{phase}", arguments={"zone": self.settings.where, **more})
        things = (Thing("person", lying.box),) if lying.things else ()
        return Finding(self.kind, phase, self.name, lying.episode or 0, at, zone, (lying.track,), reason, things=things)


def _height(box: Box) -> float:
    return box[3] - box[1]


def _away(box: Box, last: Box, aspect: float) -> float:
    """Distance between the middles of two boxes' lower edges, in heights of the taller."""
    across = ((box[0] + box[2]) - (last[0] + last[2])) / 2 * aspect
    return float(np.hypot(across, box[3] - last[3])) / max(_height(box), _height(last), 1e-6)


def _lies(box: Box, last: Box, standing: Box, aspect: float) -> bool:
    """Whether a thing may be somebody who lies: near where he was, low, and about as large as he is."""
    tall = _height(standing)
    across = max(box[0] - last[2], 0.0, last[0] - box[2]) * aspect
    down = abs(box[3] - last[3])
    share = area(box) / max(area(standing), 1e-9)
    near, above = float(np.hypot(across, down)) <= NEAR * tall, standing[3] - box[3] > RISE * tall
    return near and not above and _is_wide(box, aspect) and _height(box) <= LOW * tall and SMALLEST <= share <= LARGEST


def _is_wide(box: Box, aspect: float) -> bool:
    return (box[2] - box[0]) * aspect >= WIDE * _height(box)
