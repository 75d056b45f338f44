"""Which pictures the default detector learns from, how often, and which are kept from it.

Split by scene and source; but of `fire_indoor`, which was parted by likeness, the test part shows some fires again that
are learned from (tools/bench/fires.py names them). Never learned from: everything that is reported on (the `test`
parts, pets09 and other views of it, the rendered second set, GMDCSA's falls) and the clips whose events are counted.
"""

from dataclasses import dataclass

SETS = {
    "coco": 2.0,
    "capston_person": 1.5,
    "highway": 1.2,
    "voc_indoor": 0.7,
    "clinic_cctv": 2.0,
    "ebike": 3.0,
    "falls_auto": 1.5,
    "fire_indoor": 0.8,
    "fire_photo": 0.8,
    "fire_cctv": 1.0,
    "firenet": 0.8,
}
"""Labelled sets and how often one picture of each is drawn, relative to the others."""
FIRES = frozenset({"fire_indoor", "fire_photo", "fire_cctv", "firenet"})
"""Of them, those about fire; the pictures of all others show none."""
NOBODY = 2.5
"""How much more often a picture of the others that shows nobody is drawn: animals, bedding and parked motorcycles are
else taken for people, for of ordinary things there are few pictures."""
STILLS, FRAMES = 1.0, 1.0
"""The same for rendered pictures and for frames that the ensemble labels."""

CLIPS = (
    "car-detection",
    "carpark-walkers",
    "dense-traffic",
    "highway",
    "intersection",
    "motorway",
    "one-by-one",
    "store-aisle",
    "street",
)
"""Of the clips, those learned from; the events of the others are counted."""
ENSEMBLE = ("yolox_nano_416", "picodet_s_416", "yolov8n_640", "yolo26n_640")


@dataclass(frozen=True, slots=True)
class FrameSource:
    """Clips of a folder: those that begin with one of `prefixes`, a picture every so often."""

    folder: str
    every_s: float
    prefixes: tuple[str, ...]


FRAME_SOURCES = (
    FrameSource("clips", 0.5, CLIPS),
    FrameSource("fights", 0.4, ("fi", "nofi")),
    FrameSource("falls", 0.5, ("urfd_",)),
)
LYING = frozenset({"frames-fights", "frames-falls"})
"""Lists whose pictures show people on the ground: there the ensemble looks at them turned too, in twice the time."""
HELD_FIGHTS = 4
"""Of the places where fights were filmed, every so many are left out: what judges fights must not have been seen."""


GENTLE_RATE = 1.3e-4
"""The learning rate of who begins from a released detector: at a batch of 32 twice as much undoes what that has learned
from batches of 256 (docs/decisions/0021)."""


@dataclass(frozen=True, slots=True)
class Course:
    """How learning goes. `pictures`: how many are looked at in all; rates are AdamW's (Loshchilov and Hutter 2019).

    The rate rises over `warm` batches, stays, and falls to nothing over the last `cool` share. For the first `small`
    share pictures are small, over the last `plain` share they are no longer mixed. So a course can be made longer
    without being begun again.
    """

    pictures: int = 600_000
    batch: int = 32
    rate: float = 1.2e-3
    decay: float = 0.03
    warm: int = 400
    cool: float = 0.25
    small: float = 0.5
    plain: float = 0.08
    seed: int = 1

    @property
    def batches(self) -> int:
        """All in all."""
        return self.pictures // self.batch

    def rate_at(self, number: int) -> float:
        """The learning rate of a batch."""
        left = (self.batches - number) / max(1.0, self.cool * self.batches)
        return self.rate * min(1.0, (number + 1) / self.warm, max(left, 0.005))
