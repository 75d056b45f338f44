from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from edge.scenelog.block import Block, Silence, encode
from edge.vision.detector import Detections
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Reading, Scene, Tracks
from tests.edge.bench.played import played
from tests.edge.scenelog.logs import assert_same
from tests.edge.scenes import START


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    name: str
    box: tuple[float, float, float, float]
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class Everything(Reading):
    """Fields of every kind that a sense may give."""

    ids: NDArray[np.int64]
    mask: NDArray[np.bool_]
    share: float
    count: int
    learnt: bool
    word: str
    perhaps: float | None
    colour: Colour
    pair: tuple[int, str]
    many: tuple[float, ...]
    inner: Inner
    things: tuple[Inner, ...]
    when: datetime | None


@dataclass(frozen=True)
class Small(Reading):
    value: float


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


FLOATS = st.floats(width=32, allow_nan=True)
NUMBERS = st.floats(allow_nan=True) | st.integers(0, 1000).map(lambda n: n / 1000)
INNER = st.builds(
    Inner,
    st.text(max_size=4),
    st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    arrays.arrays(np.float32, st.integers(0, 3)).map(frozen),
)
EVERYTHING = st.builds(
    Everything,
    ids=arrays.arrays(np.int64, st.integers(0, 3)).map(frozen),
    mask=arrays.arrays(np.bool_, st.tuples(st.integers(0, 2), st.just(3))).map(frozen),
    share=NUMBERS,
    count=st.integers(),
    learnt=st.booleans(),
    word=st.text(max_size=5),
    perhaps=st.none() | NUMBERS,
    colour=st.sampled_from(Colour),
    pair=st.tuples(st.integers(), st.text(max_size=3)),
    many=st.lists(NUMBERS, max_size=3).map(tuple),
    inner=INNER,
    things=st.lists(INNER, max_size=2).map(tuple),
    when=st.none() | st.integers(0, 10**12).map(lambda n: START + timedelta(microseconds=n)),
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    ids = sorted(draw(st.sets(st.integers(1, 6), max_size=4)))
    count = len(ids)
    tracks = Tracks(
        ids=np.array(ids, np.int64),
        labels=tuple(draw(st.sampled_from(["person", "car", "行李箱"])) for _ in ids),
        scores=draw(arrays.arrays(np.float32, count, elements=FLOATS)),
        boxes=draw(arrays.arrays(np.float32, (count, 4), elements=FLOATS)),
        seen=draw(arrays.arrays(np.bool_, count)),
        ages_s=draw(arrays.arrays(np.float32, count, elements=FLOATS)),
    )
    readings = draw(st.tuples(EVERYTHING) | st.tuples(EVERYTHING, st.builds(Small, NUMBERS)) | st.just(()))
    at = START + timedelta(microseconds=draw(st.integers(0, 10**9)))
    decision = Decision(draw(st.sampled_from(Reason)), draw(st.floats(0, 1)))
    return Scene("yard", draw(st.integers(0, 10**6)), at, tracks, decision, draw(st.integers(0, 500)), readings)


@given(st.lists(scenes(), min_size=1, max_size=3))
@settings(max_examples=50)
def test_scenes_and_all_their_readings_come_back_with_every_bit(stored: list[Scene]) -> None:
    block = Block(encode(stored), "yard")
    assert len(block) == len(stored)
    for number, scene in enumerate(stored):
        assert_same(block.scene(number), scene)


@pytest.mark.parametrize("clip", ["loitering-shed", "tampered", "bag-left"])
def test_scenes_of_real_clips_come_back_with_every_bit(clip: str) -> None:
    stored = [step.outcome.scene for step in played(clip).steps if step.outcome]
    block = Block(encode(stored), clip)
    for number, scene in enumerate(stored):
        assert_same(block.scene(number), scene)


def test_a_tracked_person_takes_less_than_twelve_bytes_a_scene() -> None:
    stored = [step.outcome.scene for step in played("loitering-shed").steps if step.outcome]
    bare = len(encode([Scene(s.camera, s.index, s.at, Tracks.none(), s.gate) for s in stored]))
    rows = sum(len(scene.tracks) for scene in stored)
    assert rows > 100
    assert (len(encode(stored)) - bare) / rows < 12


def test_silences_and_raw_detections_come_back_where_they_were() -> None:
    (stored,) = [[step.outcome.scene for step in played("loitering-shed").steps[:20] if step.outcome]]
    seen = Detections(np.array([[0.1, 0.2, 0.3, 0.4]], np.float32), np.array([0.25], np.float32), ("person",))
    silence = Silence(3, START)
    block = Block(encode(stored, [silence], [(7, seen), (9, Detections.none())]), "yard")
    assert block.silences == (silence,)
    raw = block.raw()
    assert list(raw) == [7, 9]
    assert raw[7].boxes == pytest.approx(seen.boxes, abs=1e-3)
    assert raw[7].labels == ("person",)
    assert len(raw[9].scores) == 0


def test_a_reading_that_no_log_can_hold_is_told() -> None:
    @dataclass(frozen=True)
    class Odd(Reading):
        what: object

    scene = Scene("yard", 0, START, Tracks.none(), Decision(Reason.QUIET), readings=(Odd(object()),))
    with pytest.raises(TypeError, match="cannot hold object"):
        encode([scene])
