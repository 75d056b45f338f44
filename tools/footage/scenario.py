"""What a scenario file may say: a place, a camera, light, who does what when, what happens, which events that makes.

Metres and seconds. A spot is [x, y] or the name of one of the place's spots. A scenario's name is its file's name.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from edge.documents import StrictModel
from protocol.kinds import Kind
from protocol.messages import Title
from tools.footage.world import Action, Light, View

Seconds = Annotated[float, Field(ge=0)]
Metres = tuple[float, float]
Spot = Metres | str
Spot3 = tuple[float, float, float] | str
LONGEST_S = 60.0


class ViewFields(StrictModel):
    """A camera in numbers."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_deg: float = Field(gt=10, lt=140)
    width: int = Field(default=640, ge=64, le=1920, multiple_of=2)
    height: int = Field(default=360, ge=64, le=1080, multiple_of=2)

    @property
    def view(self) -> View:
        """The camera."""
        return View(self.position, self.target, self.fov_deg, self.width, self.height)


class Step(StrictModel):
    """A stretch of time: going to a spot, or staying and doing something, until a time."""

    until: Seconds
    to: Spot | None = None
    action: Action | None = Field(default=None, description="default: walk to a spot, else stand")
    facing: float | Spot | None = Field(default=None, description="degrees from x, or a spot to look at")


class Actor(StrictModel):
    """A person, vehicle or object. With `rides`, `pushes` or `of` it goes where another does."""

    asset: str
    at: Spot | None = Field(default=None, description="where it is at first")
    facing: float | Spot | None = None
    starts: Seconds = Field(default=0.0, description="before this time it is not there")
    path: tuple[Step, ...] = ()
    leaves: bool = Field(default=False, description="is gone after its last step instead of staying")
    traits: dict[str, str] = Field(default_factory=dict, description="looks and manners: see looks.py and motion")
    seed: int | None = Field(default=None, description="default: made from the scenario's seed and the name")
    rides: str | None = Field(default=None, description="the actor that carries it")
    pushes: str | None = Field(default=None, description="the actor that it pushes along")
    height: float = Field(default=0.0, ge=0, le=60, description="metres above the ground")
    close: bool = Field(default=False, description="others may come so near that bodies touch")

    @field_validator("traits", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """Ages and the like may be written as numbers, and no load as «nothing»."""
        if not isinstance(value, dict):
            return value
        return {key: "" if item in (None, "nothing") else str(item) for key, item in value.items()}


class PutsDown(StrictModel):
    """Somebody leaves a thing that he carries. Until then the thing is only seen as his load."""

    what: Literal["puts_down"]
    at: Seconds
    who: str
    thing: str


class PicksUp(StrictModel):
    """Somebody takes a thing that lies there, and carries it on."""

    what: Literal["picks_up"]
    at: Seconds
    who: str
    thing: str


class Throws(StrictModel):
    """A thing flies, falls and comes to rest."""

    what: Literal["throws"]
    at: Seconds
    thing: str
    start: tuple[float, float, float]
    velocity: tuple[float, float, float] = Field(description="metres a second")


class Burns(StrictModel):
    """Fire and smoke at a spot, growing in the first half of their time."""

    what: Literal["burns"]
    at: Seconds
    until: Seconds
    spot: Spot3
    fire_m: float = Field(default=0.0, ge=0, le=10, description="height of the flames when grown; 0: only smoke")
    smoke_m: float = Field(default=0.0, ge=0, le=30, description="height of the smoke when grown; 0: only fire")
    fire_after_s: Seconds = Field(default=0.0, description="so much later than the smoke the flames come")


class Turned(StrictModel):
    """The camera is turned on its mount, and perhaps turned back."""

    what: Literal["camera_turned"]
    at: Seconds
    until: Seconds
    pan: float = Field(ge=-170, le=170, description="degrees to the right")
    tilt: float = Field(default=0.0, ge=-80, le=80, description="degrees upwards")


class Sprayed(StrictModel):
    """Paint comes onto the lens."""

    what: Literal["camera_sprayed"]
    at: Seconds
    until: Seconds


class Unplugged(StrictModel):
    """No picture: the recorder goes on with black ones."""

    what: Literal["camera_unplugged"]
    at: Seconds
    until: Seconds


Happening = Annotated[PutsDown | PicksUp | Throws | Burns | Turned | Sprayed | Unplugged, Field(discriminator="what")]


def _area_as_entry(value: object) -> object:
    return {"area": value} if isinstance(value, str) else value


class ZoneFields(StrictModel):
    """A zone: an area of the place by name, an outline on the ground, or points of the picture."""

    area: str | None = None
    ground: tuple[Spot, ...] | None = Field(default=None, min_length=3)
    picture: tuple[tuple[float, float], ...] | None = Field(default=None, min_length=3)
    height: float = Field(default=0.0, ge=0, description="metres above the ground that the outline lies at")


class LineFields(StrictModel):
    """A line between two spots on the ground."""

    start: Spot
    end: Spot


class Event(StrictModel):
    """What the camera's rules ought to find. Times of intrusions, stays and crossings follow from the paths of `of`."""

    kind: Kind
    zone: str | None = Field(default=None, description="zone or line; none: the camera as a whole")
    start: Seconds | None = None
    end: Seconds | None = None
    of: tuple[str, ...] = Field(default=(), description="actors that take part in it")


class Moved(StrictModel):
    """All numbers on the ground, mirrored at the y axis, turned about the origin and shifted: for another place."""

    mirror: bool = False
    turn_deg: float = 0.0
    shift: Metres = (0.0, 0.0)


class Look(StrictModel):
    """What the camera makes of the light."""

    exposure: float = Field(default=1.0, gt=0, le=8)
    noise: float = Field(default=1.0, ge=0, le=5, description="times what is usual in this light")
    warmth: float = Field(default=0.0, ge=-1, le=1, description="white balance: blue to yellow")
    blur_px: float = Field(default=0.4, ge=0, le=5)
    sharpening: float = Field(default=0.5, ge=0, le=2)


class Scenario(StrictModel):
    """A scene of 12 to 25 seconds."""

    title: Title
    place: str
    view: Annotated[str | ViewFields, Field(description="name of one of the place's cameras, or a camera in numbers")]
    light: Light = Light.DAY
    rain: float = Field(default=0.0, ge=0, le=1)
    seconds: float = Field(gt=0, le=LONGEST_S)
    fps: int = Field(default=10, ge=1, le=30)
    seed: int = 1
    dressing: int = Field(default=1, ge=1, description="which variant of the place: walls, trees, what is parked")
    look: Look = Look()
    moved: Moved = Moved()
    actors: dict[str, Actor] = Field(default_factory=dict)
    happenings: tuple[Happening, ...] = ()
    zones: dict[str, Annotated[ZoneFields, BeforeValidator(_area_as_entry)]] = Field(default_factory=dict)
    lines: dict[str, LineFields] = Field(default_factory=dict)
    events: tuple[Event, ...] = ()
    rules: tuple[dict[str, Any], ...] = Field(
        default=(), description="rules of the camera file, as edge/rules has them"
    )
    variant: dict[str, Any] | None = Field(default=None, description="fields that are other in the second set")

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return round(self.seconds * self.fps)
