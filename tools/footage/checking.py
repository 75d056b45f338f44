"""Scenario files read and checked against their place: all mistakes of a file at once, each with what to do."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from edge.complaints import Complaint, complaint
from edge.documents import ConfigError, Document, plain_sentence, read
from edge.documents import Place as Field
from edge.rules.geometry import inside, segments_meet
from protocol.kinds import Kind
from tools.footage.labels import LABEL_OF
from tools.footage.looks import looks
from tools.footage.places.base import Obstacle, Place
from tools.footage.scenario import Actor, PicksUp, PutsDown, Scenario, Spot, Step, Throws
from tools.footage.stage import Metres, Stage, UnknownName
from tools.footage.takes import FIRST, SECOND, further_takes
from tools.footage.world import Action, Thing

LOADS = ("", "backpack", "bag", "suitcase", "box", "umbrella")
"""What people carry; see `loads`."""
LOW_M = 0.25
"""What is lower is stepped over."""
ROOM_M = {"person": 0.25, "bicycle": 0.3, "e_bike": 0.35}
VEHICLE_ROOM_M = 0.9
"""Half of how wide a way must be."""
FASTEST = {Action.WALK: 2.6, Action.CARRY: 2.2, Action.PUSH: 2.2, Action.RUN: 8.0}
"""Metres a second."""
COMPUTED = frozenset({Kind.INTRUSION, Kind.LOITERING, Kind.LINE_CROSSING})
"""Kinds whose events follow from paths."""


def load(path: Path, places: Mapping[str, Place], take: int = FIRST) -> Stage:
    """Read a scenario, or another take of it. Raises ConfigError with every mistake found."""
    document = read(path)
    if take == SECOND:
        document = second(document)
    try:
        scenario = Scenario.model_validate(document.fields)
    except ValidationError as error:
        tags = ("puts_down", "picks_up", "throws", "burns", "camera_turned", "camera_sprayed", "camera_unplugged")
        kinds = {"tuple[float,float]", "str", "float", "ViewFields", "tuple[float, float]"}
        raise ConfigError(*_unique(document.problems(error, plain_sentence, {*tags, *kinds}))) from None
    if scenario.place not in places:
        raise ConfigError(document.problem(("place",), _plain(_unknown("place", scenario.place, places))))
    stage = Stage(path.stem, scenario, places[scenario.place])
    for taken in further_takes(stage, take) if take > SECOND else (stage,):
        problems = Check(taken, document).all()
        if not problems:
            return taken
    raise ConfigError(*problems)


def second(document: Document) -> Document:
    """The document with what its `variant` says laid over it. Raises ConfigError where it says nothing."""
    variant = document.fields.get("variant")
    if not isinstance(variant, dict):
        problem = _plain("is missing; say what is other in the second set")
        raise ConfigError(document.problem(("variant",), problem))
    fields = _laid_over({key: value for key, value in document.fields.items() if key != "variant"}, variant)
    lines = document.lines | {
        place[1:]: line for place, line in document.lines.items() if place[:1] == ("variant",) and len(place) > 1
    }
    return Document(document.path, fields, lines)


def _laid_over(fields: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Maps are merged, an entry of nothing takes a field away, all else replaces."""
    merged = dict(fields)
    for key, value in other.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _laid_over(merged[key], value)
        else:
            merged[key] = value
    return merged


def _unknown(what: str, name: str, known: Iterable[str], where: str = "") -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    listed = ", ".join(f"«{other}»" for other in names) or "none"
    return f"no {what} «{name}»{where}; " + (f"did you mean «{near[0]}»?" if near else f"expected one of: {listed}")


def _plain(text: str) -> Complaint:
    """A sentence that those who draw footage read; they read English."""
    return complaint("foreign", message=text)


def _unique(problems: Sequence[Complaint]) -> list[Complaint]:
    """A union of forms gives a finding for each form; the first of a field says enough."""
    seen: dict[str, Complaint] = {}
    for problem in problems:
        seen.setdefault(problem.told().split(": ")[0], problem)
    return list(seen.values())


@dataclass
class Check:
    """Looks for mistakes in one scenario; `problems` grows."""

    stage: Stage
    document: Document
    problems: list[Complaint] = field(default_factory=list)

    def all(self) -> list[Complaint]:
        """Every mistake."""
        scenario = self.stage.scenario
        seen = self.names(("view",), lambda: self.stage.view)
        for name, actor in scenario.actors.items():
            self.actor(name, actor)
        for number in range(len(scenario.happenings)):
            self.happening(number)
        for name, zone in scenario.zones.items() if seen else ():
            self.zone(name, sum(form is not None for form in (zone.area, zone.ground, zone.picture)))
        for name in scenario.lines if seen else ():
            self.line(name)
        for number in range(len(scenario.events)):
            self.event(number)
        return self.problems

    def say(self, place: Field, text: str) -> None:
        """Note a mistake."""
        self.problems.append(self.document.problem(place, _plain(text)))

    def names(self, place: Field, look_up: Callable[[], object]) -> bool:
        """Whether a look-up finds its name; else a mistake is noted."""
        try:
            look_up()
        except UnknownName as error:
            self.say(place, _unknown(error.what, error.name, error.known, f" at {self.stage.place.name}"))
            return False
        return True

    def other(self, place: Field, name: str | None) -> None:
        """Somebody named must be among the actors."""
        actors = self.stage.scenario.actors
        if name is not None and name not in actors:
            self.say(place, _unknown("actor", name, actors))

    def time(self, place: Field, at_s: float | None) -> None:
        """A time must lie within the scenario."""
        if at_s is not None and at_s > self.stage.scenario.seconds:
            self.say(place, f"{at_s:g} s is past the end; the scenario lasts {self.stage.scenario.seconds:g} s")

    def actor(self, name: str, actor: Actor) -> None:
        """An actor's asset, companions, place and path."""
        here: Field = ("actors", name)
        if actor.asset not in LABEL_OF:
            self.say((*here, "asset"), _unknown("asset", actor.asset, LABEL_OF))
        self.looks(here, actor)
        self.other((*here, "rides"), actor.rides)
        self.other((*here, "pushes"), actor.pushes)
        self.time((*here, "starts"), actor.starts)
        if actor.at is None:
            if actor.path:
                self.say((*here, "at"), "is missing; say where the path begins")
            elif not self.brought(name):
                self.say((*here, "at"), "is missing; nobody rides, pushes, carries or throws it either")
            return
        if self.names((*here, "at"), lambda: self.stage.spot(actor.at or "")):
            self.path(here, actor, self.stage.spot(actor.at))

    def looks(self, here: Field, actor: Actor) -> None:
        """A person's traits are such as people have."""
        if actor.asset != "person":
            return
        try:
            looks(Thing(0, actor.asset, 0, (0.0, 0.0, 0.0), 0.0, traits=actor.traits))
        except ValueError as error:
            self.say((*here, "traits"), str(error))
        if (load := actor.traits.get("load", "")) not in LOADS:
            self.say((*here, "traits", "load"), _unknown("load", load, filter(None, LOADS)))

    def brought(self, name: str) -> bool:
        """Whether an actor gets its place from another."""
        scenario = self.stage.scenario
        carried = any(
            isinstance(happening, PutsDown | Throws) and happening.thing == name for happening in scenario.happenings
        )
        led = any(name in (other.rides, other.pushes) for other in scenario.actors.values())
        return carried or led or scenario.actors[name].rides is not None

    def path(self, here: Field, actor: Actor, start: Metres) -> None:
        """Each step: its time, its speed, and that no wall is in the way."""
        before, spot = actor.starts, start
        for number, step in enumerate(actor.path):
            place: Field = (*here, "path", number)
            self.time((*place, "until"), step.until)
            if step.until <= before:
                self.say((*place, "until"), f"{step.until:g} s is not after {before:g} s, when the step begins")
            if isinstance(step.facing, str | tuple):
                facing: Spot = step.facing
                self.names((*place, "facing"), lambda spot=facing: self.stage.spot(spot))  # type: ignore[misc]
            if step.to is not None and self.names((*place, "to"), lambda to=step.to: self.stage.spot(to)):  # type: ignore[misc]
                goal = self.stage.spot(step.to)
                self.way((*place, "to"), actor, step, spot, goal)
                self.speed((*place, "until"), actor, step, float(np.hypot(*np.subtract(goal, spot))), before)
                spot = goal
            before = max(before, step.until)

    def way(self, place: Field, actor: Actor, step: Step, start: Metres, goal: Metres) -> None:
        """Nothing stands between two spots, unless it is climbed over or lies below."""
        if step.action is Action.CLIMB:
            return
        room_m = ROOM_M.get(actor.asset, VEHICLE_ROOM_M)
        for obstacle in self.stage.place.obstacles:
            if obstacle.height_m > max(LOW_M, actor.height) and meets(start, goal, obstacle, room_m):
                self.say(place, f"the way leads through «{obstacle.name}»; go around it, or use action: climb")
                return

    def speed(self, place: Field, actor: Actor, step: Step, metres: float, before_s: float) -> None:
        """Nobody walks faster than people do."""
        action = step.action or Action.WALK
        limit = FASTEST.get(action) if actor.asset == "person" else None
        seconds = step.until - before_s
        if limit is not None and seconds > 0 and metres / seconds > limit:
            remedy = "give it more time" + (" or action: run" if action is not Action.RUN else "")
            speed = metres / seconds
            self.say(place, f"{metres:.1f} m in {seconds:.1f} s is {speed:.1f} m/s, too fast to {action}; {remedy}")

    def happening(self, number: int) -> None:
        """A happening's times, actors and spots."""
        happening, place = self.stage.scenario.happenings[number], ("happenings", number)
        self.time((*place, "at"), happening.at)
        until = getattr(happening, "until", None)
        self.time((*place, "until"), until)
        if until is not None and until <= happening.at:
            self.say((*place, "until"), f"{until:g} s is not after {happening.at:g} s, when it begins")
        for name in ("who", "thing"):
            self.other((*place, name), getattr(happening, name, None))
        if isinstance(happening, PicksUp) and (thing := self.stage.scenario.actors.get(happening.thing)):
            put = [
                h.at for h in self.stage.scenario.happenings if isinstance(h, PutsDown) and h.thing == happening.thing
            ]
            if thing.at is None and not any(at < happening.at for at in put):
                self.say((*place, "at"), f"«{happening.thing}» does not lie anywhere yet at {happening.at:g} s")
        if isinstance(spot := getattr(happening, "spot", None), str):
            self.names((*place, "spot"), lambda: self.stage.point(spot))

    def zone(self, name: str, forms: int) -> None:
        """A zone has one form, and the camera sees it."""
        place: Field = ("zones", name)
        if forms != 1:
            self.say(place, "needs exactly one of area, ground and picture")
        elif self.names(place, lambda: self.stage.zone_in_picture(name)) and not self.stage.zone_in_picture(name):
            self.say(place, "lies outside the picture; move the zone or the view")

    def line(self, name: str) -> None:
        """A line's ends are spots that the camera sees."""
        line = self.stage.scenario.lines[name]
        found = [
            self.names(("lines", name, end), lambda spot=spot: self.stage.spot(spot))  # type: ignore[misc]
            for end, spot in (("start", line.start), ("end", line.end))
        ]
        if all(found) and self.stage.line_in_picture(name) is None:
            self.say(("lines", name), "has an end outside the picture; move the line or the view")

    def event(self, number: int) -> None:
        """An event's zone, times and actors."""
        event, place = self.stage.scenario.events[number], ("events", number)
        known = [*self.stage.scenario.zones, *self.stage.scenario.lines]
        if event.zone is not None and event.zone not in known:
            self.say((*place, "zone"), _unknown("zone or line", event.zone, known))
        for name in event.of:
            self.other((*place, "of"), name)
        self.time((*place, "start"), event.start)
        self.time((*place, "end"), event.end)
        if event.start is None and not (event.kind in COMPUTED and event.of and event.zone):
            self.say(
                (*place, "start"),
                f"is missing; only events of {', '.join(sorted(COMPUTED))} with zone and of have it by themselves",
            )
        if event.start is not None and event.end is not None and event.end < event.start:
            self.say((*place, "end"), f"{event.end:g} s is before its start, {event.start:g} s")


def meets(start: Metres, goal: Metres, obstacle: Obstacle, room_m: float = 0.0) -> bool:
    """Whether a straight way, so much to its left and right too, touches an obstacle's outline or ends in it."""
    corners = obstacle.outline
    along = np.subtract(goal, start)
    aside = np.array([-along[1], along[0]]) * room_m / max(float(np.hypot(*along)), 1e-6)
    for lane in (-aside, 0 * aside, aside):
        a, b = tuple(np.add(start, lane)), tuple(np.add(goal, lane))
        sides = zip(corners, (*corners[1:], corners[0]), strict=True)
        if any(segments_meet(a, b, c, d) for c, d in sides):
            return True
    return bool(inside(np.array([goal], np.float32), corners)[0])
