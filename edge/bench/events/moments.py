"""What went wrong in a scene, cut out of its clip: a few seconds to play and one picture with zones and boxes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from edge.bench.annotate import INVOLVED, draw_places
from edge.bench.events.footage import FilmedScene
from edge.bench.events.judging import JudgedScene
from edge.bench.events.matching import Event, Raised
from edge.bench.replay import DEFAULT_START
from edge.video.clip import Clip, cut_clip
from edge.video.decoding import seconds, stamp, stamped
from edge.video.errors import SourceError
from edge.video.jpeg import jpeg
from edge.video.opening import open_source
from edge.video.ring import PacketRing, StreamFormat

BEFORE_S, AFTER_S = 3.0, 2.0
LONGEST_S = 30.0
"""Of a missed event that goes on and on, its beginning."""
RING_BYTES = 300_000_000
REORDERED_S = 1.0
"""Packets are read so much further than wanted: pictures are stored in another order than they are shown."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An event that was missed, or an alert that is false."""

    about: Event | Raised

    @property
    def missed(self) -> bool:
        """Whether it is a missed event."""
        return isinstance(self.about, Event)

    @property
    def at_s(self) -> float:
        """When it began."""
        return self.about.start_s if isinstance(self.about, Event) else self.about.begin_s

    @property
    def until_s(self) -> float:
        """Up to when it is worth seeing."""
        return min(self.about.end_s, self.at_s + LONGEST_S) if isinstance(self.about, Event) else self.at_s

    @property
    def picture_s(self) -> float:
        """When its picture is taken: of a missed event some way into it."""
        return self.at_s + min(1.0, (self.until_s - self.at_s) / 2)


@dataclass(frozen=True, slots=True)
class Shown:
    """A moment to be seen. `movie`: MP4, None if it cannot be cut; `from_s`: where in the movie it gets interesting."""

    movie: bytes | None
    from_s: float
    picture: bytes | None
    """JPEG."""


def moments(scene: JudgedScene) -> list[Moment]:
    """What went wrong, in the order of time."""
    missed = [Moment(one.event) for one in scene.events if one.missed]
    false = [Moment(one.alert) for one in scene.alerts if one.false]
    return sorted([*missed, *false], key=lambda moment: moment.at_s)


def show(scene: FilmedScene, moment: Moment) -> Shown:
    """Cut a moment out of its scene's clip, the camera's privacy masks painted in."""
    start_s = max(0.0, moment.at_s - BEFORE_S)
    try:
        cut = _cut(scene, start_s, moment.until_s + AFTER_S)
    except (av.FFmpegError, OSError, SourceError):
        cut = None
    if cut is None:
        return Shown(None, 0.0, None)
    begins_s = (cut.start - DEFAULT_START).total_seconds()
    frame = _frame(cut.data, moment.picture_s - begins_s)
    picture = None if frame is None else _drawn(frame, scene, moment)
    return Shown(cut.data, max(0.0, round(start_s - begins_s, 2)), picture)


def _cut(scene: FilmedScene, start_s: float, end_s: float) -> Clip | None:
    first_s = _first_s(scene.clip)
    ring = PacketRing(RING_BYTES, float(scene.seconds) + LONGEST_S, scene.camera.painted)
    with open_source(str(scene.clip), scene.camera.video) as container:
        stream = container.streams.video[0]
        ring.restart(StreamFormat.of(stream))
        container.seek(round((first_s + start_s) * av.time_base))
        for packet in stamped(stream, container.demux(stream)):
            if not packet.size or stamp(packet) is None:
                continue
            at_s = seconds(packet) - first_s
            if at_s > end_s + REORDERED_S:
                break
            ring.push(packet, _at(at_s), stamp(packet) or 0)
    return cut_clip(ring, _at(start_s), _at(end_s))


def _first_s(clip: Path) -> float:
    """The stamp of the first picture shown: where the scene's time begins."""
    with av.open(str(clip)) as container:
        return next((seconds(frame) for frame in container.decode(video=0)), 0.0)


def _at(at_s: float) -> datetime:
    return DEFAULT_START + timedelta(seconds=at_s)


def _frame(movie: bytes, wanted_s: float) -> NDArray[np.uint8] | None:
    """The picture shown at a time of a movie, BGR; its last one where it is shorter."""
    last: av.VideoFrame | None = None
    for frame in _frames(movie):
        if last is not None and seconds(frame) > wanted_s + 1e-3:
            break
        last = frame
    return None if last is None else np.asarray(last.to_ndarray(format="bgr24"), np.uint8)


def _frames(movie: bytes) -> Iterator[av.VideoFrame]:
    """Up to its end, or to what is damaged."""
    with av.open(BytesIO(movie), "r") as container, suppress(av.FFmpegError):
        yield from container.decode(video=0)


def _drawn(picture: NDArray[np.uint8], scene: FilmedScene, moment: Moment) -> bytes:
    """Zones, lines, and of a false alert the boxes of its objects; as JPEG."""
    draw_places(picture, scene.camera)
    height, width = picture.shape[:2]
    for box in moment.about.boxes if isinstance(moment.about, Raised) else ():
        x1, y1, x2, y2 = (round(share * size) for share, size in zip(box, (width, height) * 2, strict=True))
        cv2.rectangle(picture, (x1, y1), (x2, y2), INVOLVED, 2)
    return jpeg(picture, 85)
