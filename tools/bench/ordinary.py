"""An ordinary hour: real clips in which nothing happens, with every kind of rule on; what is raised all the same.

Each clip is one camera, set up by `ordinary.yaml` as an installer would, and plays round after round through one day of
light and weather, watched by one analysis that goes on all the time: what it learns of the view stays learnt. Between
two rounds the camera is away for some seconds, as after a stream that broke: without, people of the end would become
those of the beginning, and backwards they would fall up and go the wrong way. So nobody is watched for longer than
a clip: limits of a minute, as `loitering` and `blocked_passage` have, are put to the test by the longest clip alone.
`unusual` learns for a day before it speaks, so it is silent here, and has figures of its own.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import Field

from edge.alerts.life import Origin
from edge.analysis import CameraAnalysis, Outcome
from edge.bench.replay import DEFAULT_START
from edge.config import CameraConfig, classes_of
from edge.documents import StrictModel
from edge.rules import kinds
from edge.video.file import FileSource
from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.video.ring import PacketRing
from edge.vision.card import MODELS, find_card
from edge.vision.detector import Detector, OnnxDetector
from protocol.kinds import Kind
from protocol.messages import Alert
from tools.bench.footage import CLIPS, need
from tools.bench.mischief import Moment, Pixels
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_most
from tools.bench.weather import DARK, WEATHER
from tools.train.recipe import CLIPS as LEARNED

CAMERAS = Path(__file__).with_suffix(".yaml")
WIDTH = 640
"""Pixels, at most."""
LEAST_S = 30.0
"""Each weather lasts for as many whole rounds as take so long."""
AWAY_S = 10.0
"""Seconds without a picture after each round."""
WHERE: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.INTRUSION: {"zone": ("closed",)},
    Kind.LINE_CROSSING: {"line": ("fence",)},
    Kind.LOITERING: {"zone": ("stay", "view")},
    Kind.CROWD: {"zone": ("view",)},
    Kind.TAILGATING: {"line": ("gate", "fence")},
    Kind.WRONG_WAY: {"zone": ("way",)},
    Kind.RUNNING: {"zone": ("view",)},
    Kind.BLOCKED_PASSAGE: {"zone": ("lane", "closed")},
    Kind.FORBIDDEN_OBJECT: {"zone": ("closed",)},
    Kind.REMOVED_OBJECT: {"zone": ("thing",)},
    Kind.FALLING_OBJECT: {"zone": ("facade", "closed")},
}
"""The place that a kind is for; the first of them that is drawn. All others watch everywhere."""
VIEW = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))

Point = tuple[float, float]


class Sketch(StrictModel):
    """What `ordinary.yaml` says of a clip."""

    zones: Mapping[str, tuple[Point, ...]] = Field(default_factory=dict)
    lines: Mapping[str, tuple[Point, Point]] = Field(default_factory=dict)
    arrow: tuple[Point, Point] | None = None
    limits: Mapping[Kind, Mapping[str, Any]] = Field(default_factory=dict)
    right: Mapping[Kind, str] = Field(default_factory=dict)
    plays: float = 1.0
    """How many times as fast as it was recorded."""
    dark: bool = False
    """It is night there already."""

    def camera(self, name: str) -> CameraConfig:
        """Its camera, every kind on that has its place; no alert is held back as part of a flood."""
        zones = {"view": VIEW, **self.zones}
        return CameraConfig.model_validate(
            {
                "name": name,
                "source": f"{name}.mp4",
                "zones": [{"name": zone, "polygon": polygon} for zone, polygon in zones.items()],
                "lines": [{"name": line, "start": start, "end": end} for line, (start, end) in self.lines.items()],
                "rules": [rule for kind in kinds() for rule in self._rule(kind, {*zones, *self.lines})],
                "floods": {"most_in_10_min": 1_000_000},
            }
        )

    def _rule(self, kind: Kind, drawn: set[str]) -> Iterator[Mapping[str, Any]]:
        """The rule of a kind; none where its place is not drawn."""
        rule: dict[str, Any] = {"kind": kind, **self.limits.get(kind, {})}
        for field, places in WHERE.get(kind, {}).items():
            rule[field] = next((place for place in places if place in drawn), None)
        if kind is Kind.WRONG_WAY:
            rule["direction"] = self.arrow
        if None not in rule.values():
            yield rule


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that began: in which clip and weather, and how long after the clip's beginning."""

    clip: str
    weather: str
    second: float
    """Of the clip, whatever its round."""
    alert: Alert
    right: bool
    """Whether people would expect it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame as the camera would have sent it, and what came of it."""

    weather: str
    second: float
    """Of the clip, whatever its round."""
    frame: Frame
    outcome: Outcome


@cache
def sketches() -> Mapping[str, Sketch]:
    """By clip."""
    read: Mapping[str, Any] = yaml.safe_load(CAMERAS.read_text("utf-8"))
    return {name: Sketch.model_validate(sketch) for name, sketch in read.items()}


def day(name: str, detector: Detector) -> Iterator[Shown]:
    """One clip through all weathers, round after round."""
    sketch = sketches()[name]
    camera = sketch.camera(name)
    video = camera.video.model_copy(update={"analysed_fps": camera.video.analysed_fps * sketch.plays})
    origin = Origin("bench", name, "bench", "bench", camera.fingerprint, "bench")
    analysis = CameraAnalysis(camera, detector, origin, PacketRing(0, 0.0))
    chance, begins, index = np.random.default_rng(0), DEFAULT_START, itertools.count()
    for weather, effect in WEATHER.items():
        if sketch.dark and weather in DARK:
            continue
        since_s = 0.0
        while since_s < LEAST_S:
            second = 0.0
            for frame in FileSource(CLIPS / f"{name}.mp4", name, video, begins).frames():
                second = (frame.at - begins).total_seconds() * sketch.plays
                picture = _pixels(frame)
                changed = effect(picture, Moment(since_s + second, picture, picture), chance)
                at = begins + timedelta(seconds=second)
                sent = replace(frame, index=next(index), at=at, picture=Picture.of_array(changed))
                yield Shown(weather, second, sent, analysis.step(sent))
            since_s += second
            begins += timedelta(seconds=second + AWAY_S)


def _pixels(frame: Frame) -> Pixels:
    picture = frame.picture
    width = min(WIDTH, picture.width)
    return picture.bgr(width=width, height=round(picture.height * width / picture.width) // 2 * 2)


def is_right(alert: Alert, sketch: Sketch) -> bool:
    """Whether people would expect it; between two rounds the camera is away, and that is to be said."""
    return alert.kind in sketch.right or alert.reason.arguments.get("cause") == "tamper.signal"


@dataclass(frozen=True, slots=True)
class Watched:
    """A clip's day: how many hours of pictures, and the alerts that began."""

    clip: str
    hours: Mapping[str, float]
    """By weather."""
    kinds: frozenset[Kind]
    told: tuple[Told, ...]


def watched(name: str, detector: Detector) -> Watched:
    """A clip's day."""
    sketch = sketches()[name]
    hours: dict[str, float] = defaultdict(float)
    told: list[Told] = []
    before: Shown | None = None
    for shown in day(name, detector):
        if before is not None and before.second < shown.second:
            hours[shown.weather] += (shown.second - before.second) / 3600
        before = shown
        told += [
            Told(name, shown.weather, shown.second, report.alert, is_right(report.alert, sketch))
            for report in shown.outcome.reports
            if report.alert.revision == 1
        ]
    return Watched(name, hours, frozenset(rule.kind for rule in sketch.camera(name).rules), tuple(told))


def bench() -> Result:
    """Every clip through its day."""
    need(CLIPS)
    card, weights = find_card(None, MODELS)
    cameras = [sketch.camera(name) for name, sketch in sketches().items()]
    detector = OnnxDetector(card, weights, threads=1, only=classes_of(cameras))
    return result([watched(name, detector) for name in sketches()])


def result(seen: Sequence[Watched]) -> Result:
    """The figures of all days."""
    false = [one for day_ in seen for one in day_.told if not one.right]
    hours = sum(sum(day_.hours.values()) for day_ in seen)
    figures = (
        Figure("false alerts in a camera-hour, all kinds on", len(false) / hours, "", at_most(1)),
        Figure("camera-hours", hours, "h"),
    )
    given = (
        f"{len(seen)} clips of fixed cameras ({CAMERAS.name} says how each is set up), our detector, ten pictures a "
        "second (plaza has 7, carpark-walkers 8), for some of the rules want so many, rules at their defaults but for "
        "the places, the classes of one-way lanes and the counts of crowds. A kind is on where there is a place for "
        "it. But «unusual», which learns for a day before it speaks, is silent here, and nobody is watched for longer "
        "than a clip lasts: limits of a minute (loitering, blocked_passage) are put to the test by the longest alone. "
        "Not counted: what people would expect, which are the rucksacks left, people who stand in clips that are "
        "played again and again, and the word that the camera was away between two rounds. dense-traffic is left out, "
        "for its camera moves; so are the staged clips of falls."
    )
    tables = (
        Table("False alerts by kind and weather", ("kind", "hours on", *WEATHER, "in an hour"), _by_kind(seen, false)),
        Table("False alerts one by one", ("clip", "weather", "seconds into the clip", "kind"), _one_by_one(false)),
        Table("False alerts by clip", ("clip", "hours", "false alerts", "of which kinds"), _by_clip(seen)),
        Table("Alerts that people would expect", ("clip", "kind", "alerts", "why"), _expected(seen)),
    )
    low, high = likely(len(false), hours)
    remarks = (
        f"{len(false)} in {number(hours)} h: as many are likely (95 %) at {number(low)} to {number(high)} an hour.",
        "The rules were mended, and the score from which the detector is sure was chosen, with these clips in view; "
        f"pictures of {sum(day_.clip in LEARNED for day_ in seen)} of them it has learned from. Others raise more.",
    )
    return Result("An ordinary hour", given, figures, tables, remarks)


def likely(count: int, hours: float) -> tuple[float, float]:
    """The rates an hour between which the true one lies at 95 % (Byar's approximation; Breslow and Day 1987)."""
    low = count * (1 - 1 / (9 * count) - 1.96 / (3 * count**0.5)) ** 3 if count else 0.0
    more = count + 1
    return low / hours, more * (1 - 1 / (9 * more) + 1.96 / (3 * more**0.5)) ** 3 / hours


def _one_by_one(false: Sequence[Told]) -> tuple[tuple[str, ...], ...]:
    rows = [(one.clip, one.weather, f"{one.second:.1f}", str(one.alert.kind)) for one in false]
    return tuple(rows) or (("–",) * 4,)


def _by_kind(seen: Sequence[Watched], false: Sequence[Told]) -> tuple[tuple[str, ...], ...]:
    rows = []
    for kind in kinds():
        hours = sum(sum(day_.hours.values()) for day_ in seen if kind in day_.kinds)
        these = Counter(one.weather for one in false if one.alert.kind == kind)
        rate = number(these.total() / hours) if hours else "–"
        rows.append((str(kind), number(hours), *(str(these[weather]) for weather in WEATHER), rate))
    hours = sum(sum(day_.hours.values()) for day_ in seen)
    total = Counter(one.weather for one in false)
    rows.append(("all", number(hours), *(str(total[weather]) for weather in WEATHER), number(len(false) / hours)))
    return tuple(rows)


def _by_clip(seen: Sequence[Watched]) -> tuple[tuple[str, ...], ...]:
    rows = []
    for day_ in sorted(seen, key=lambda one: -sum(not told.right for told in one.told)):
        these = Counter(str(one.alert.kind) for one in day_.told if not one.right)
        named = ", ".join(f"{kind} {count}" for kind, count in these.most_common())
        rows.append((day_.clip, number(sum(day_.hours.values())), str(these.total()), named or "–"))
    return tuple(rows)


def _expected(seen: Sequence[Watched]) -> tuple[tuple[str, ...], ...]:
    rows = []
    for day_ in seen:
        right = sketches()[day_.clip].right
        counts = Counter(one.alert.kind for one in day_.told if one.right and one.alert.kind in right)
        rows += [(day_.clip, str(kind), str(counts[kind]), why) for kind, why in right.items()]
    return tuple(rows)
