"""What a sense is: it measures each frame and gives a small value that the scene carries.

So rules stay pure, and a stored scene is enough to judge it again. A sense runs only for cameras with a rule that asks
for it (`Rule.senses`); to add one, add a module here with a `Reading` and a `Sense`, and name it in the rule.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from edge.video.frame import Frame
from edge.vision.gate import Decision
from edge.vision.scene import Reading, Tracks

R = TypeVar("R", bound=Reading)


class Sense(ABC, Generic[R]):
    """Owned by the analysis of one camera; may remember pictures. Takes no settings, for rules share it."""

    reading: ClassVar[type[Reading]]
    """What it gives."""

    @abstractmethod
    def measure(self, frame: Frame, tracks: Tracks, decision: Decision) -> R:
        """The next analysed frame, its tracks, and what the gate said of it."""


@dataclass(frozen=True, slots=True)
class Senses:
    """The senses that a camera's rules ask for, each once."""

    all: Sequence[Sense[Any]]

    @classmethod
    def asked_for(cls, kinds: Iterable[type[Sense[Any]]]) -> "Senses":
        """Fresh ones, in the order in which they are first asked for."""
        return cls([kind() for kind in dict.fromkeys(kinds)])

    def of(self, kinds: Iterable[type[Sense[Any]]]) -> "Senses":
        """Those of some kinds, with what they remember; the others rest."""
        asked = set(kinds)
        return Senses([sense for sense in self.all if type(sense) in asked])

    def measure(self, frame: Frame, tracks: Tracks, decision: Decision) -> tuple[Reading, ...]:
        """What each of them says of a frame."""
        return tuple(sense.measure(frame, tracks, decision) for sense in self.all)
