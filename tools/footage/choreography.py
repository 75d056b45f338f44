"""A stage's scenario as instants: who and what is where at each picture's time. Pure; same scenario, same instants."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tools.footage.flight import Flight
from tools.footage.paths import Course, Leg, Plan, course, grid, kept_apart, led, way
from tools.footage.scenario import Actor, PicksUp, PutsDown, Throws
from tools.footage.stage import Stage
from tools.footage.world import Action, Instant, Thing

Stride = Callable[[Action, Thing], float]
"""Metres that a cycle of an action carries a thing: `tools.footage.motion.stride_m`."""
PUSHED = (0.08, -0.48)
"""Metres ahead of its pusher and to his left where a pushed bicycle's middle is: he holds its bars from the left."""
WITHOUT_PEDALS = frozenset({"e_bike", "motorcycle"})
"""Whose riders keep their feet still."""
LAID_AHEAD_M = 0.45
"""So far in front of his feet somebody puts down what he carries."""
LOAD_OF: Mapping[str, str] = {"bag": "bag", "backpack": "backpack", "suitcase": "suitcase", "box": "box"}
"""What a carried asset is called among a person's traits."""
ROUND_S = {"person": 0.4, "bicycle": 0.7, "e_bike": 0.7}
"""Half the time over which corners are rounded; vehicles take longer."""
VEHICLE_ROUND_S = 1.0


@dataclass(frozen=True, slots=True)
class Lying:
    """A thing on the ground from one time to another."""

    begin_s: float
    end_s: float
    position: tuple[float, float, float]
    heading: float


class Choreography:
    """Everybody's course through a scene, computed once; `instant` reads off a time."""

    def __init__(self, stage: Stage, stride: Stride) -> None:
        self._stage, self._stride = stage, stride
        self._scenario = stage.scenario
        self._times = grid(stage.scenario.seconds)
        self._ids = {name: number for number, name in enumerate(stage.scenario.actors, start=1)}
        self._plans = {name: self._plan(actor) for name, actor in stage.scenario.actors.items() if actor.at is not None}
        self._courses = self._all_courses()
        self._flights = {
            h.thing: Flight(h, stage.point(h.start)) for h in self._scenario.happenings if isinstance(h, Throws)
        }
        self._lying = {name: self._rests(name) for name in self._scenario.actors if self._carried(name)}

    @property
    def ids(self) -> Mapping[str, int]:
        """Numbers of the actors."""
        return self._ids

    def instants(self) -> Iterator[Instant]:
        """One for each picture."""
        for number in range(self._scenario.frames):
            yield self.instant(number / self._scenario.fps)

    def instant(self, time_s: float) -> Instant:
        """All that is there at a time."""
        things = (self._thing(name, actor, time_s) for name, actor in self._scenario.actors.items())
        return Instant(time_s, tuple(thing for thing in things if thing is not None))

    def course(self, name: str) -> Course | None:
        """An actor's course, if it has one of its own or goes along with another."""
        return self._courses.get(name)

    def _plan(self, actor: Actor) -> Plan:
        spot = self._stage.spot(actor.at or "")
        person = actor.asset == "person"
        plan = Plan(
            spot,
            facing=self._stage.facing(actor.facing, spot),
            round_s=ROUND_S.get(actor.asset, VEHICLE_ROUND_S),
            rest=Action.STAND if person else Action.STILL,
        )
        legs: list[Leg] = []
        begin_s = actor.starts
        for step in actor.path:
            goal = self._stage.spot(step.to) if step.to is not None else spot
            default = (Action.WALK if person else Action.RIDE) if step.to is not None else plan.rest
            facing = self._stage.facing(step.facing, goal)
            legs.append(Leg(begin_s, step.until, goal, step.action or default, facing))
            begin_s, spot = step.until, goal
        return replace(plan, legs=tuple(legs))

    def _all_courses(self) -> dict[str, Course]:
        names = list(self._plans)
        actors = [self._scenario.actors[name] for name in names]
        ways = [way(self._plans[name], self._times) for name in names]
        free = [actor.asset == "person" and not actor.close and not actor.height for actor in actors]
        courses = {
            name: course(self._plans[name], self._times, positions, self._strides(name))
            for name, positions in zip(names, kept_apart(ways, free), strict=True)
        }
        for name, actor in self._scenario.actors.items():
            if actor.rides is not None and actor.rides in courses:
                courses[name] = led(courses[actor.rides], 0.0, 0.0, Action.RIDE)
            if actor.pushes is not None and name in courses:
                courses[actor.pushes] = led(courses[name], *PUSHED, Action.STILL)
        return courses

    def _strides(self, name: str) -> dict[Action, float]:
        thing = self._still(name, (0.0, 0.0, 0.0), 0.0)
        return {action: self._stride(action, thing) for action in Action}

    def _still(self, name: str, position: tuple[float, float, float], heading: float) -> Thing:
        actor = self._scenario.actors[name]
        return Thing(
            self._ids[name], actor.asset, self._stage.seed_of(name, actor), position, heading, traits=dict(actor.traits)
        )

    def _thing(self, name: str, actor: Actor, time_s: float) -> Thing | None:
        if name in self._flights:
            flown = self._flights[name].at(time_s)
            return self._still(name, *flown) if flown else None
        if name in self._lying:
            rest = next((rest for rest in self._lying[name] if rest.begin_s <= time_s < rest.end_s), None)
            return self._still(name, rest.position, rest.heading) if rest else None
        line = self._courses.get(name)
        if line is None or not self._there(name, actor, time_s):
            return None
        row = line.row(time_s)
        # Rounded finer than anybody sees, so that who stands still is the same thing in every picture.
        x, y = (round(value, 3) for value in line.positions[row].tolist())
        action = self._pushing(actor, line.actions[row])
        return replace(
            self._still(name, (x, y, actor.height), round(float(line.headings[row]), 3)),
            action=action,
            phase=round(float(line.phases[row]), 3),
            amount=round(float(line.amounts[row]), 2),
            rider_of=self._ids.get(actor.rides) if actor.rides else None,
            traits=self._traits(name, actor, time_s),
        )

    @staticmethod
    def _pushing(actor: Actor, action: Action) -> Action:
        if actor.pushes is not None and action in (Action.WALK, Action.STAND):
            return Action.PUSH
        return action

    def _there(self, name: str, actor: Actor, time_s: float) -> bool:
        """Whether somebody has come and not yet gone; who is led comes and goes with the one who leads."""
        leaders = [actor.rides] if actor.rides else [n for n, a in self._scenario.actors.items() if a.pushes == name]
        for leader in leaders:
            if actor.at is None:
                return self._there(leader, self._scenario.actors[leader], time_s)
        gone = actor.leaves and actor.path and time_s >= actor.path[-1].until
        return time_s >= actor.starts and not gone

    # --- what is carried -----------------------------------------------------------------------------------------

    def _carried(self, name: str) -> list[PutsDown | PicksUp]:
        hands = [h for h in self._scenario.happenings if isinstance(h, PutsDown | PicksUp) and h.thing == name]
        return sorted(hands, key=lambda h: h.at)

    def _rests(self, name: str) -> list[Lying]:
        """When and where a thing that hands move lies by itself."""
        actor, rests = self._scenario.actors[name], []
        since, place, heading = actor.starts, self._spot_of(actor), self._stage.facing(actor.facing, (0.0, 0.0)) or 0.0
        for hand in self._carried(name):
            if isinstance(hand, PicksUp):
                if place is not None:
                    rests.append(Lying(since, hand.at, place, heading))
                place = None
            else:
                since, (place, heading) = hand.at, self._in_front(hand)
        return rests if place is None else [*rests, Lying(since, np.inf, place, heading)]

    def _spot_of(self, actor: Actor) -> tuple[float, float, float] | None:
        return None if actor.at is None else (*self._stage.spot(actor.at), actor.height)

    def _in_front(self, hand: PutsDown) -> tuple[tuple[float, float, float], float]:
        line = self._courses[hand.who]
        row = line.row(hand.at)
        heading = float(line.headings[row])
        x, y = line.positions[row] + LAID_AHEAD_M * np.array([np.cos(heading), np.sin(heading)])
        return (float(x), float(y), 0.0), heading

    def _traits(self, name: str, actor: Actor, time_s: float) -> dict[str, str]:
        """Looks at a time: with a load while something is carried."""
        traits = dict(actor.traits)
        if actor.rides is not None and self._scenario.actors[actor.rides].asset in WITHOUT_PEDALS:
            traits["pedals"] = "no"
        hands = [h for h in self._scenario.happenings if isinstance(h, PutsDown | PicksUp) and h.who == name]
        if not hands:
            return traits
        hands.sort(key=lambda h: h.at)
        done = [hand for hand in hands if hand.at <= time_s]
        holds = isinstance(done[-1], PicksUp) if done else isinstance(hands[0], PutsDown)
        thing = self._scenario.actors[(done[-1] if done else hands[0]).thing]
        load = LOAD_OF.get(thing.asset) if holds else None
        if load is None:
            return traits | {"load": traits.get("load", "")}
        # What he carries is the very thing that lies there afterwards.
        return traits | {"load": load, **({"load_colour": c} if (c := thing.traits.get("colour")) else {})}
