"""What the kit's rooms hand to each other: the moving things of one instant, the camera that sees them, the light.

Metres; x to the east, y to the north, z up; headings in radians counter-clockwise from x. `scenario` says what should
happen, `choreography` turns it into instants, `render` makes layers of them, `compose` makes pictures and truth.
"""

from dataclasses import dataclass, field
from enum import StrEnum

Point = tuple[float, float, float]


class Light(StrEnum):
    """What lights the place and how the camera sees it."""

    DAY = "day"
    OVERCAST = "overcast"
    DUSK = "dusk"
    NIGHT = "night"
    """Lamps only, in colour."""
    INFRARED = "infrared"
    """The camera's own infrared lamp: grey, bright near, dark far."""


DAYLIGHT = frozenset({Light.DAY, Light.OVERCAST})


class Action(StrEnum):
    """What a body does.

    `phase` counts cycles (walk, run, carry, push, ride, punch, flinch) or goes from 0 to 1 once (fall, get_up, climb,
    reach, throw); of postures (stand, sit, crouch, lie) it says nothing.
    """

    STAND = "stand"
    WALK = "walk"
    RUN = "run"
    SIT = "sit"
    CROUCH = "crouch"
    LIE = "lie"
    CLIMB = "climb"
    PUSH = "push"
    CARRY = "carry"
    REACH = "reach"
    THROW = "throw"
    RIDE = "ride"
    FALL = "fall"
    GET_UP = "get_up"
    PUNCH = "punch"
    FLINCH = "flinch"
    STILL = "still"
    """Of things that have no limbs."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera: where it stands, where it looks, how wide (horizontal degrees), how large its picture is."""

    position: Point
    target: Point
    fov_deg: float
    width: int = 640
    height: int = 360


@dataclass(frozen=True, slots=True)
class Thing:
    """One person, vehicle or object at one instant.

    `asset` names what it is («person», «bicycle», «e_bike», «car», «van», «bag», «box», «bin» …); `seed` which one of
    its kind (body, clothes, colour). `rider_of`: id of the thing that carries it.
    """

    id: int
    asset: str
    seed: int
    position: Point
    heading: float
    action: Action = Action.STILL
    phase: float = 0.0
    amount: float = 1.0
    """How much of the action, 0 (as good as standing) to 1: who slows down takes smaller steps, who sits is low."""
    rider_of: int | None = None
    traits: dict[str, str] = field(default_factory=dict)
    """What a scenario asks of its looks: age, sex, colour, load («backpack», «bag» in the hand) …"""


@dataclass(frozen=True, slots=True)
class Instant:
    """All that moves, at one time since the beginning of the clip."""

    time_s: float
    things: tuple[Thing, ...]
