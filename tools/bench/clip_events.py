"""Which of the events of real clips a detector sees at all: somebody or something of the right kind at that place then.

An event is a line of `events.yaml` with a time and one place (the foot point); times there are half a second sure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import yaml

from edge.video.picture import Picture
from edge.vision.detector import Detections, OnnxDetector
from tools.bench.footage import CLIPS

HELD = (
    "bag-left-corridor",
    "bag-left-station",
    "night-driveway-ir",
    "night-yard-ir-hevc",
    "person-bicycle-car",
    "plaza",
    "plaza-grey",
    "worker-zone",
)
"""All clips of which no picture was learned from."""
KINDS = {
    "people": (
        re.compile(
            r"\b(cyclist|pedestrian|person|people|worker|wom[ae]n|m[ae]n|owner|friend|child|group|walks|stands|bends)\b"
        ),
        frozenset({"person"}),
    ),
    "vehicles": (re.compile(r"\b(car|cars|van|lorry|bus|coach|SUV|pickup)\b"), frozenset({"car", "bus", "truck"})),
}
SURE_S, REACH = 0.5, 0.06
"""How far off times and places may be; places as a share of the picture."""
NOBODY = re.compile(r"^(nobody|no )")


@dataclass(frozen=True, slots=True)
class Event:
    """Something of a kind, at a place (x, y as shares) at some time from `start` to `end`, seconds."""

    kind: str
    start: float
    end: float
    place: tuple[float, float]


def events_of(clip: str, path: Path = CLIPS / "events.yaml") -> list[Event]:
    """Those of a clip that name one place and people or vehicles."""
    found = []
    for entry in yaml.safe_load(path.read_text("utf-8"))[f"{clip}.mp4"]["events"]:
        kind = _kind(entry)
        place = entry.get("place")
        if kind and place and not isinstance(place[0], list) and entry.get("sure", True):
            start, end = entry["t"] if isinstance(entry["t"], list) else (entry["t"], entry["t"])
            found.append(Event(kind, start - SURE_S, end + SURE_S, (place[0], place[1])))
    return found


def _kind(entry: dict[str, Any]) -> str | None:
    """What an event is of: its object says so, else what happens."""
    for text in (entry.get("object", ""), entry["what"]):
        for kind, (words, _) in KINDS.items():
            if words.search(text) and not NOBODY.match(text):
                return kind
    return None


def found_in(detector: OnnxDetector, clip: str) -> Iterator[tuple[Event, bool]]:
    """Each event of a clip, and whether it is seen in any of its frames."""
    events = events_of(clip)
    seen = [False] * len(events)
    for second, picture in _pictures(CLIPS / f"{clip}.mp4"):
        due = [n for n, e in enumerate(events) if not seen[n] and e.start <= second <= e.end]
        if due:
            detections = detector.detect(picture)
            for number in due:
                seen[number] = shows(detections, events[number], detector.card.threshold)
    yield from zip(events, seen, strict=True)


def shows(found: Detections, event: Event, threshold: float) -> bool:
    """Whether a sure box of the event's kind holds its place, or nearly."""
    _, labels = KINDS[event.kind]
    sure = [n for n, label in enumerate(found.labels) if label in labels and found.scores[n] >= threshold]
    x, y = event.place
    x1, y1, x2, y2 = found.boxes[sure].T if sure else np.zeros((4, 0))
    return bool(((x1 - REACH <= x) & (x <= x2 + REACH) & (y1 - REACH <= y) & (y <= y2 + REACH)).any())


def _pictures(clip: Path) -> Iterator[tuple[float, Picture]]:
    with av.open(str(clip)) as container:
        first: float | None = None
        for frame in container.decode(video=0):
            second = float(frame.time or 0.0)
            first = second if first is None else first
            yield second - first, Picture(frame)
