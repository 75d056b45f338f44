"""A stage becomes pictures and truth: the choreography's things, drawn by a studio, composed, seen by a camera."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.footage.camera import Projection, homography, turned
from tools.footage.choreography import Choreography, Stride
from tools.footage.compose import Composed, Seen, compose
from tools.footage.effects import metered, picture, sprayed
from tools.footage.events import events_of
from tools.footage.fixtures import Fixtures
from tools.footage.labels import FIRE, OTHER, SMOKE, label_of
from tools.footage.layers import Layer, Picture, Plate
from tools.footage.particles import Plume, fire, smoke
from tools.footage.paths import POSTURES
from tools.footage.places import fixtures
from tools.footage.scenario import Burns, Sprayed, Turned, Unplugged
from tools.footage.stage import Stage
from tools.footage.truth import EventTruth, Row, ThingTruth
from tools.footage.world import Action, Light, Thing, View

Bytes = NDArray[np.uint8]
TURN_S, SPRAY_S = 0.6, 1.6
"""How long a hand needs to turn a camera, and to spray it."""
REACH_M = 3.0
"""Half the size of the box around a thing (with its shadow) that decides whether a camera may see it."""
TALL_M = 2.6
BURNING = 1000
"""Ids of fires and smokes begin here."""
IDLE_S = 0.2
BLIND = 0.5
"""Share of spraying from which nothing is to be seen any more."""


class Studio(Protocol):
    """What draws: `tools.footage.render.Studio`."""

    def plate(self) -> Plate:
        """The empty place."""

    def layer(self, thing: Thing, time_s: float) -> Layer:
        """One thing alone."""


StudioOf = Callable[[str, View, Light, int], Studio]
"""A studio for a place, a view, a light and a seed; one at a time."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the clip, with what is in it."""

    number: int
    rgb: Bytes
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """How the camera hangs at one time: its view, or two between which it is being turned, and how much of the way."""

    view: View
    towards: View | None = None
    share: float = 0.0


@dataclass(frozen=True)
class Film:
    """All pictures of a stage. `shots` may come out of order where the camera is turned: by view, then by time."""

    stage: Stage
    studio_of: StudioOf
    stride: Stride
    _plates: dict[View, Plate] = field(default_factory=dict)
    _parked: dict[View, Fixtures] = field(default_factory=dict)

    @cached_property
    def choreography(self) -> Choreography:
        """Who is where."""
        return Choreography(self.stage, self.stride)

    @property
    def events(self) -> tuple[EventTruth, ...]:
        """What the rules ought to find."""
        return events_of(self.stage, self.choreography)

    @cached_property
    def fixtures(self) -> tuple[Thing, ...]:
        """What is parked in the place, as far as detectors have a word for it."""
        standing = fixtures(self.stage.place.name, self.stage.scenario.dressing)
        return tuple(thing for thing in standing if label_of(thing.asset) != OTHER)

    @property
    def things(self) -> tuple[ThingTruth, ...]:
        """Everything that may occur in a picture."""
        actors = self.stage.scenario.actors
        found = [ThingTruth(id=i, name=n, label=label_of(actors[n].asset)) for n, i in self.choreography.ids.items()]
        for number, burns in enumerate(self.stage.burning()):
            first = BURNING + 2 * number
            found += [ThingTruth(id=first, name="smoke", label=SMOKE)] * bool(burns.smoke_m)
            found += [ThingTruth(id=first + 1, name="fire", label=FIRE)] * bool(burns.fire_m)
        found += [ThingTruth(id=t.id, name=f"parked {t.asset}", label=label_of(t.asset)) for t in self.fixtures]
        return tuple(found)

    def shots(self, tell: Callable[[], None] = lambda: None, every: int = 1) -> Iterator[Shot]:
        """Every picture once, or one in so many; `tell` is called when one is drawn."""
        for studio, number, moment in self._takes(every):
            shot = self._shot(studio, number, moment)
            tell()
            yield shot

    def rows(self) -> Iterator[tuple[int, tuple[Row, ...]]]:
        """Number and rows of every picture, in the order of `shots`, without making the pictures."""
        for studio, number, moment in self._takes(1):
            time_s = number / self.stage.scenario.fps
            if self._blind(time_s, moment):
                yield number, ()
            else:
                yield number, self._rows(moment.view, *self._composed(studio, moment.view, time_s))

    def _takes(self, every: int) -> Iterator[tuple[Studio, int, Moment]]:
        """Every so many-th picture to be made, with its studio: by view, then by time."""
        scenario = self.stage.scenario
        moments = [self._moment(number / scenario.fps) for number in range(scenario.frames)]
        views = list(dict.fromkeys(moment.view for moment in moments))
        # On the way between two views the pictures of the one need the plate of the other.
        for view in views[1:]:
            self._plates[view] = self._studio(view).plate()
        for view in views:
            studio = self._studio(view)
            self._plates[view] = studio.plate()
            for number, moment in enumerate(moments):
                if moment.view == view and number % every == 0:
                    yield studio, number, moment

    def _studio(self, view: View) -> Studio:
        scenario = self.stage.scenario
        return self.studio_of(scenario.place, view, scenario.light, scenario.dressing)

    def _moment(self, time_s: float) -> Moment:
        home = self.stage.view
        for turn in self.stage.scenario.happenings:
            if isinstance(turn, Turned):
                away = turned(home, turn.pan, turn.tilt)
                if turn.at <= time_s < turn.at + TURN_S:
                    return Moment(home, away, _eased((time_s - turn.at) / TURN_S))
                if turn.at + TURN_S <= time_s < turn.until - TURN_S:
                    return Moment(away)
                if turn.until - TURN_S <= time_s < turn.until:
                    return Moment(home, away, _eased((turn.until - time_s) / TURN_S))
        return Moment(home)

    def _shot(self, studio: Studio, number: int, moment: Moment) -> Shot:
        scenario = self.stage.scenario
        time_s = number / scenario.fps
        if self._unplugged(time_s):
            black = np.zeros((moment.view.height, moment.view.width, 3), np.uint8)
            return Shot(number, black, ())
        composed, ground = self._composed(studio, moment.view, time_s)
        linear = self._on_the_way(composed.colour, moment)
        gain = metered(self._plates[moment.view].colour, scenario.light)
        rgb = picture(linear, scenario.light, scenario.look, scenario.rain, scenario.seed, number, gain)
        rgb = sprayed(rgb, self._paint(time_s), scenario.seed)
        return Shot(number, rgb, () if self._blind(time_s, moment) else self._rows(moment.view, composed, ground))

    def _rows(self, view: View, composed: Composed, ground: Mapping[int, tuple[float, float]]) -> tuple[Row, ...]:
        """What is in a picture: what moves, and what is parked there as far as it shows."""
        if view not in self._parked:
            self._parked[view] = Fixtures(view, self.fixtures)
        parked = self._parked[view].seen(composed.depth)
        shown = {number: found for number, found in parked.items() if found.visible_box is not None}
        standing = {thing.id: thing.position[:2] for thing in self.fixtures}
        return _rows({**composed.seen, **shown}, {**standing, **ground})

    def _blind(self, time_s: float, moment: Moment) -> bool:
        """Whether nothing can be made out: the camera is just being turned, or is sprayed over, or has no plug."""
        return moment.towards is not None or self._paint(time_s) > BLIND or self._unplugged(time_s)

    def _composed(
        self, studio: Studio, view: View, time_s: float
    ) -> tuple[Composed, Mapping[int, tuple[float, float]]]:
        instant = self.choreography.instant(time_s)
        layers: dict[int, Layer] = {}
        ground: dict[int, tuple[float, float]] = {}
        for thing in instant.things:
            if may_see(view, thing):
                layers[thing.id] = studio.layer(thing, idle_time(thing, instant.time_s))
                ground[thing.id] = thing.position[:2]
        soft = {}
        for number, burns in enumerate(self.stage.burning()):
            for id_, layer in self._burning(burns, number, view, instant.time_s).items():
                soft[id_] = layer
                ground[id_] = self.stage.point(burns.spot)[:2]
        return compose(self._plates[view], layers | soft, soft), ground

    def _burning(self, burns: Burns, number: int, view: View, time_s: float) -> dict[int, Layer]:
        """The layers of a fire at a time."""
        age_s = time_s - burns.at
        if age_s < 0 or time_s >= burns.until:
            return {}
        grows_s = (burns.until - burns.at) / 2
        grown = _eased(np.clip(0.12 + age_s / grows_s, 0, 1))
        flames = _eased(np.clip((age_s - burns.fire_after_s) / grows_s, 0, 1))
        seed = self.stage.scenario.seed + 100 * number
        plume = Plume(self.stage.point(burns.spot), burns.fire_m * flames, burns.smoke_m * grown, age_s + 5.0, seed)
        light, first = self.stage.scenario.light, BURNING + 2 * number
        return {first: smoke(plume, view, light), first + 1: fire(plume, view, light)}

    def _on_the_way(self, linear: Picture, moment: Moment) -> Picture:
        """What a camera that is just being turned sees: the picture swept towards the other view."""
        if moment.towards is None:
            return linear
        pan = np.subtract(moment.towards.target, moment.view.target)
        size = (moment.view.width, moment.view.height)
        swept = []
        for late in np.linspace(-0.05, 0.05, 7):
            share = float(np.clip(moment.share + late, 0, 1))
            x, y, z = np.add(moment.view.target, share * pan)
            between = View(moment.view.position, (x, y, z), moment.view.fov_deg, *size)
            swept.append(self._warped(linear, moment, between))
        return np.asarray(np.mean(swept, axis=0), np.float32)

    def _warped(self, linear: Picture, moment: Moment, between: View) -> Picture:
        size = (between.width, between.height)
        here = cv2.warpPerspective(linear, homography(moment.view, between), size, borderValue=(-1, -1, -1))
        other = self._plates.get(moment.towards) if moment.towards else None
        if other is None or moment.towards is None:
            edge = cv2.warpPerspective(linear, homography(moment.view, between), size, borderMode=cv2.BORDER_REPLICATE)
            return np.asarray(np.where(here < 0, edge, here), np.float32)
        there = cv2.warpPerspective(
            other.colour, homography(moment.towards, between), size, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(np.where(here < 0, there, here), np.float32)

    def _unplugged(self, time_s: float) -> bool:
        return any(isinstance(h, Unplugged) and h.at <= time_s < h.until for h in self.stage.scenario.happenings)

    def _paint(self, time_s: float) -> float:
        """Share of spraying that is done."""
        shares = [
            float(np.clip((time_s - h.at) / SPRAY_S, 0, 1))
            for h in self.stage.scenario.happenings
            if isinstance(h, Sprayed) and h.at <= time_s < h.until
        ]
        return max(shares, default=0.0)


def idle_time(thing: Thing, time_s: float) -> float:
    """The time that moves somebody who stays in a posture: in steps, so that two or three pictures share a layer."""
    if thing.action in (Action.STAND, *POSTURES) or thing.amount < 1:
        return round(int(time_s / IDLE_S + 1e-6) * IDLE_S, 3)
    return 0.0


def may_see(view: View, thing: Thing) -> bool:
    """Whether a camera may see a thing or its shadow; cheap, and says yes rather too often."""
    x, y, z = thing.position
    corners = [
        (x + dx, y + dy, z + dz) for dx in (-REACH_M, REACH_M) for dy in (-REACH_M, REACH_M) for dz in (-z, TALL_M)
    ]
    return Projection(view).sees(corners)


def _rows(seen: Mapping[int, Seen], ground: Mapping[int, tuple[float, float]]) -> tuple[Row, ...]:
    return tuple(
        Row(
            id=number,
            box=found.box,
            visible=min(1.0, found.visible),
            ground=ground[number],
            visible_box=found.visible_box,
        )
        for number, found in sorted(seen.items())
    )


def _eased(share: float) -> float:
    return float(share * share * (3 - 2 * share))


def in_order(shots: Iterator[Shot], count: int) -> Iterator[Shot]:
    """Shots by number, each as soon as all before it are there."""
    waiting: dict[int, Shot] = {}
    due = 0
    for shot in shots:
        waiting[shot.number] = shot
        while due in waiting:
            yield waiting.pop(due)
            due += 1
    assert due == count
    assert not waiting


def contact_sheet(pictures: Sequence[Bytes], columns: int = 4) -> Bytes:
    """Several pictures in one, for looking at a clip at a glance."""
    blank = np.zeros_like(pictures[0])
    rows = [
        np.hstack([*pictures[at : at + columns], *[blank] * (columns - len(pictures[at : at + columns]))])
        for at in range(0, len(pictures), columns)
    ]
    return np.vstack(rows)
