"""What a rule is: settings, a pure step from scene to findings, and the reason why it did not raise.

To add a kind, add a module to this folder with a settings model and a `Rule` subclass, its sentences to
protocol/texts, and a test.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from edge.complaints import complaint
from edge.rules.errors import RuleError
from edge.rules.finding import Step, Trace
from edge.rules.geometry import Polygon, zone_polygon
from edge.rules.ground import Ground
from edge.rules.heights import HeightLearner
from edge.rules.motion import Motion
from edge.rules.schedule import Hours, Schedule
from edge.vision.scene import Scene, Tracks
from edge.vision.senses.base import Sense
from protocol.kinds import Kind
from protocol.messages import Line, Zone

_KINDS: dict[Kind, type["Rule[Any]"]] = {}


def kinds() -> Mapping[Kind, type["Rule[Any]"]]:
    """Every kind there is a rule for."""
    return _KINDS


class RuleSettings(BaseModel):
    """What all rules share. Subclasses add `kind: Literal[...]` and their own limits, units in the names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str | None = Field(default=None, max_length=120, description="shown to people; default: kind and zone")
    schedule: tuple[Hours, ...] = Field(default=(), description="when it is on, by the camera's clock; empty: always")
    cooldown_s: float = Field(
        default=0.0, ge=0, le=7 * 86_400, description="seconds after an alert's end before the next may begin"
    )

    @property
    def drawn(self) -> str | None:
        """Name of the zone or line that it is for; None: it has none."""
        drawn: str | None = getattr(self, "zone", None) or getattr(self, "line", None)
        return drawn

    @property
    def where(self) -> str:
        """Its zone or line as a sentence names it; the catalogues' word for the whole view if it has none."""
        return self.drawn or "place.view"

    @property
    def looks_for(self) -> tuple[str, ...]:
        """Labels that the detector must know for it; none: it lives by its senses."""
        return ()

    @property
    def glances_at(self) -> tuple[str, ...]:
        """Labels that help it if the detector knows them."""
        return ()


S = TypeVar("S", bound=RuleSettings)


@dataclass(frozen=True, slots=True)
class Place:
    """What a rule may know of its camera."""

    camera: str
    zones: Mapping[str, Zone]
    lines: Mapping[str, Line]
    timezone: str = "UTC"
    ground: Ground | Literal["estimated"] | None = None
    """How its picture lies on the ground; None: nobody said, and rules measure in body heights."""
    analysed_fps: float | None = None
    """Pictures looked at in a second; None: nobody said."""

    @property
    def scale(self) -> Ground | HeightLearner | None:
        """What a rule measures by; each rule that learns it from people learns for itself, so that it stays pure."""
        return HeightLearner() if self.ground == "estimated" else self.ground

    def check_units(self, settings: RuleSettings, *fields: str) -> None:
        """Raises RuleError for limits in metres (`…_m`, `…_m_s`) that somebody gave for a camera without a ground."""
        for field in fields:
            if self.ground is None and field in settings.model_fields_set and getattr(settings, field) is not None:
                other = field.removesuffix("_m_s") + "_heights_s" if field.endswith("_m_s") else f"{field[:-2]}_heights"
                raise RuleError(field, complaint("rule.no_scale", other=other))

    def zone(self, name: str) -> Zone:
        """A zone by name. Raises RuleError that names those there are."""
        return _named(self.zones, name, "zone")

    def polygon(self, zone: str) -> Polygon:
        """A zone's polygon. Raises RuleError as `zone`."""
        return zone_polygon(self.zone(zone).polygon)

    def line(self, name: str) -> Line:
        """A line by name. Raises RuleError that names those there are."""
        return _named(self.lines, name, "line")


def _ground_parts(ground: Ground | Literal["estimated"] | None) -> list[str]:
    return [] if ground is None else [str(ground.matrix.tolist() if isinstance(ground, Ground) else ground)]


N = TypeVar("N", Zone, Line)


def _named(things: Mapping[str, N], name: str, field: Literal["zone", "line"]) -> N:
    if name in things:
        return things[name]
    if not things:
        raise RuleError(field, complaint(f"rule.no_{field}s", name=name))
    known = [complaint("quoted", name=other) for other in things]
    raise RuleError(field, complaint(f"rule.no_{field}", name=name, known=known))


LASTING = frozenset({"_episodes", "lessons", "explains"})
"""What a rule keeps when the clock was set: the numbers of its alerts, of which ids are made, and its lessons."""


class Rule(ABC, Generic[S]):
    """One kind switched on for one camera. Pure: its memory is fed by scenes alone, time comes from them."""

    kind: ClassVar[Kind]
    settings_model: ClassVar[type[RuleSettings]]
    senses: ClassVar[tuple[type[Sense[Any]], ...]] = ()
    """What it wants measured besides tracks; `Scene.reading` gives it what they say."""
    motion: Motion | None = None
    """How its camera's tracks move, if it asks; `RuleEngine` lets all rules of a camera share one."""
    explains: bool = True
    """Whether its steps say why it has not raised. Nobody asks that of a node's rules, and it takes time."""
    wants_fps: ClassVar[float] = 0.0
    """Pictures a second that its camera is looked at unless the installer says otherwise; 0: it has no wish."""
    measures_ways: ClassVar[bool] = False
    """Whether it lives by how things move: then known tracks are looked at, too, as often as the gate allows."""

    def __init_subclass__(cls) -> None:
        if "kind" in cls.__dict__:
            _KINDS[cls.kind] = cls

    def __init__(self, settings: S, place: Place) -> None:
        """Raises RuleError if the settings name a zone or line that the camera does not have."""
        self.settings = settings
        self.place = place
        self.schedule = Schedule(settings.schedule, place.timezone)
        self._episodes = 0
        self._quiet_until: datetime | None = None
        self.name = settings.name or settings.drawn or str(self.kind)
        """What people call it: its own name, or that of its zone or line, or its kind."""

    @property
    def region(self) -> Sequence[tuple[float, float]] | None:
        """Polygon outside which no detection can matter to it; None: the whole picture; empty: none matters at all."""
        return None

    @abstractmethod
    def step(self, scene: Scene) -> Step:
        """What it says of the next scene; scenes come in the order of their times."""

    def why(self, traces: Iterable[Trace]) -> tuple[Trace, ...]:
        """Traces if it explains itself; else they are not even made, so give a generator."""
        return tuple(traces) if self.explains else ()

    @property
    def at_rest(self) -> bool:
        """Whether nothing can come of scenes none of whose tracks `matters`, so that they need not be shown to it.

        Rules that measure by senses, or remember tracks that do not matter yet, leave it at False: they are shown all.
        """
        return False

    def matters(self, tracks: Tracks) -> NDArray[np.bool_]:
        """Which tracks (N,) might wake it when it is at rest; asked of the tracks of many scenes at once."""
        return np.ones(len(tracks), np.bool_)

    def silent(self, at: datetime) -> Step:
        """What it says when no picture has come for a while; most rules have nothing to say."""
        del at
        return Step()

    def hear(self, episode: int, *, real: bool) -> bool:
        """A verdict on one of its alerts; whether it learnt something from it. Most rules do not learn."""
        del episode, real
        return False

    def memory(self) -> Mapping[str, NDArray[Any]] | None:
        """What it has learnt and is to survive a restart; None: nothing."""
        return None

    def remember(self, memory: Mapping[str, NDArray[Any]]) -> None:
        """Take up again what `memory` gave. Raises ValueError if it cannot be of this rule."""
        raise ValueError(f"a rule of kind {self.kind} remembers nothing, and was given {', '.join(memory)}")

    def begin_anew(self) -> None:
        """Forget what it has seen, whose times mean nothing any more; what it has learnt, and its episodes, stay."""
        kept = {name: value for name, value in vars(self).items() if name in LASTING}
        memory = self.memory()
        self.__dict__ = vars(type(self)(self.settings, self.place)) | kept
        if memory is not None:
            self.remember(memory)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its kind, settings and geometry: equal rules have equal fingerprints."""
        parts = [
            str(self.kind),
            self.settings.model_dump_json(by_alias=True),
            *(zone.model_dump_json() for zone in self.place.zones.values()),
            *(line.model_dump_json() for line in self.place.lines.values()),
            *_ground_parts(self.place.ground),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def lessons_fingerprint(self) -> str | None:
        """SHA-256 of the exceptions that verdicts made and that count now; None: there are none.

        It stands beside `fingerprint` and not in it, for ids of alerts, open episodes and stored scenes go by that.
        """
        return None

    def next_episode(self) -> int:
        """A number for a new alert of this rule."""
        self._episodes += 1
        return self._episodes

    def cool_down(self, at: datetime) -> None:
        """An alert ended: the next may begin after the cooldown."""
        self._quiet_until = at + timedelta(seconds=self.settings.cooldown_s)

    def cooling(self, at: datetime) -> bool:
        """Whether the cooldown still runs."""
        return self._quiet_until is not None and at < self._quiet_until
