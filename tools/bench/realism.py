"""Do detectors that never saw a rendered picture take our figures for people, and our cars for cars?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from edge.video.picture import Picture
from edge.vision.boxes import iou
from edge.vision.card import MODELS, find_card
from edge.vision.detector import Detections, OnnxDetector
from tools.bench.footage import CLIPS, MOT15, WEIGHTS, need
from tools.bench.machine import ROOT
from tools.bench.result import Absent, Figure, Result, Table, at_least
from tools.bench.skeletons import PoseModel, plausible, skeletons_of
from tools.footage.labels import PERSON
from tools.footage.truth import Row, Truth, read_truth
from tools.footage.world import DAYLIGHT

DETECTORS = {"YOLOX-nano": "yolox_nano_416", "PicoDet-S": "picodet_s_416", "YOLOv8n": "yolov8n_640"}
POSE = WEIGHTS / "yolo11n_pose_640.onnx"
FOOTAGE = ROOT / "footage"
EVERY = 5
"""One picture in so many."""
TALL_PX, LEAST_VISIBLE, NEAR_M, OVERLAP = 40, 0.5, 30.0, 0.5
WIDTH = 640
UPRIGHT = 1.35
"""Heights in widths from which a box is somebody upright; others lie or crouch, and such people all detectors lose."""
HEIGHTS = (TALL_PX, 60, 80, 10_000)
"""Bounds, in pixels, of the classes of height that people are counted in."""
VEHICLES = frozenset({"car", "truck", "bus"})

Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be found in one picture: boxes of all of each thing and of what shows of it, (N, 4) as shares.

    `low`: people who lie or crouch.
    """

    picture: Picture
    people: tuple[Boxes, Boxes]
    low: tuple[Boxes, Boxes]
    cars: tuple[Boxes, Boxes]


@dataclass
class Tally:
    """Counts of one scene; found people and cars by detector."""

    people: int = 0
    low: int = 0
    cars: int = 0
    skeletons: int = 0
    plausible: int = 0
    found_people: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DETECTORS, 0))
    found_low: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DETECTORS, 0))
    found_cars: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DETECTORS, 0))
    heights: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(HEIGHTS) - 1, 1 + len(DETECTORS)), int))
    """A row for each class of height: how many upright people, and how many of them each detector found."""

    def add(self, other: "Tally") -> None:
        """Count another scene in."""
        self.people, self.low, self.cars = self.people + other.people, self.low + other.low, self.cars + other.cars
        self.skeletons, self.plausible = self.skeletons + other.skeletons, self.plausible + other.plausible
        self.heights = self.heights + other.heights
        for name in DETECTORS:
            self.found_people[name] += other.found_people[name]
            self.found_low[name] += other.found_low[name]
            self.found_cars[name] += other.found_cars[name]


def bench() -> Result:
    """Every daylight scene of footage/, and the real plaza beside it."""
    need(MOT15, CLIPS / "plaza.mp4", *(WEIGHTS / f"{name}.onnx" for name in DETECTORS.values()))
    truths = [read_truth(path) for path in sorted(FOOTAGE.glob("*.truth.json"))]
    scenes = [truth for truth in truths if truth.light in DAYLIGHT]
    if not scenes:
        raise Absent(f"no rendered scene in daylight is here; make footage puts them into {FOOTAGE.name}/")
    eyes = Eyes()
    tallies = {Path(truth.clip).stem: eyes.look(wanted_of(truth, FOOTAGE / truth.clip)) for truth in scenes}
    return result(tallies, eyes.look(plaza()))


class Eyes:
    """All detectors and the pose model, one thread each."""

    def __init__(self) -> None:
        self._detectors = {
            title: OnnxDetector(*find_card(WEIGHTS / f"{name}.onnx", MODELS), only=[PERSON, *VEHICLES])
            for title, name in DETECTORS.items()
        }
        self._pose = PoseModel(POSE)

    def look(self, pictures: Iterable[Wanted]) -> Tally:
        """Show them the pictures of a scene."""
        tally = Tally()
        for wanted in pictures:
            people, low, cars = wanted.people, wanted.low, wanted.cars
            tally.people += len(people[0])
            tally.low += len(low[0])
            tally.cars += len(cars[0])
            size = height_classes(people[0], wanted.picture)
            np.add.at(tally.heights[:, 0], size, 1)
            for column, (name, detector) in enumerate(self._detectors.items(), start=1):
                if len(people[0]) + len(low[0]) + len(cars[0]):
                    found = detector.detect(wanted.picture)
                    persons = sure(found, {PERSON}, detector.card.threshold)
                    seen = hits(people, persons)
                    np.add.at(tally.heights[:, column], size[seen], 1)
                    tally.found_people[name] += int(seen.sum())
                    tally.found_low[name] += int(hits(low, persons).sum())
                    tally.found_cars[name] += int(hits(cars, sure(found, VEHICLES, detector.card.threshold)).sum())
            if len(people[0]):
                skeletons = skeletons_of(people[0], *self._pose.skeletons(wanted.picture))
                tally.skeletons += len(skeletons)
                tally.plausible += sum(map(plausible, skeletons))
        return tally


def sure(found: Detections, labels: Iterable[str], threshold: float) -> Boxes:
    """Boxes of the labels that the model is sure of."""
    wanted = set(labels)
    kept = [
        number for number, label in enumerate(found.labels) if label in wanted and found.scores[number] >= threshold
    ]
    return found.boxes[kept]


def hits(wanted: tuple[Boxes, Boxes], found: Boxes) -> NDArray[np.bool_]:
    """Which of the wanted are found: a detector may draw all of somebody half hidden, or what shows of him."""
    if not len(found) or not len(wanted[0]):
        return np.zeros(len(wanted[0]), np.bool_)
    overlap = np.maximum(iou(wanted[0], found), iou(wanted[1], found))
    return np.asarray((overlap >= OVERLAP).any(axis=1), np.bool_)


def height_classes(people: Boxes, picture: Picture) -> NDArray[np.int64]:
    """The class of height of each (N,), of a picture that were 640 wide."""
    tall = (people[:, 3] - people[:, 1]) * picture.height * WIDTH / picture.width
    return np.clip(np.digitize(tall, HEIGHTS) - 1, 0, len(HEIGHTS) - 2)


def wanted_of(truth: Truth, clip: Path) -> Iterator[Wanted]:
    """What should be found in every so many-th picture of a rendered scene."""
    for number, picture in pictures(clip):
        rows = truth.frames[number]
        people = [row for row in rows if truth.labels[row.id] == PERSON and _counts(row, truth)]
        upright = [row for row in people if _upright(row, truth)]
        low = [row for row in people if not _upright(row, truth)]
        cars = [row for row in rows if truth.labels[row.id] in VEHICLES and _near(row, truth)]
        yield Wanted(picture, _boxes(upright), _boxes(low), _boxes(cars))


def _counts(row: Row, truth: Truth) -> bool:
    tall = (row.box[3] - row.box[1]) * truth.height > TALL_PX
    return tall and row.visible >= LEAST_VISIBLE


def _upright(row: Row, truth: Truth) -> bool:
    x1, y1, x2, y2 = row.box
    return (y2 - y1) * truth.height >= UPRIGHT * (x2 - x1) * truth.width


def _near(row: Row, truth: Truth) -> bool:
    away = np.hypot(*np.subtract(row.ground, truth.camera.position[:2]))
    return bool(away < NEAR_M) and row.visible >= LEAST_VISIBLE


def _boxes(rows: list[Row]) -> tuple[Boxes, Boxes]:
    whole = np.array([row.box for row in rows], np.float32).reshape(-1, 4)
    shown = np.array([row.visible_box or row.box for row in rows], np.float32).reshape(-1, 4)
    return whole, shown


def plaza() -> Iterator[Wanted]:
    """Real people: PETS09-S2L1, whose truth says nothing of how much of each is hidden."""
    rows = np.loadtxt(MOT15 / "PETS09-S2L1" / "gt.txt", delimiter=",")
    rows = rows[(rows[:, 6] > 0) & (rows[:, 5] > TALL_PX)]
    size = np.array([768, 576, 768, 576])
    boxes = (np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1) / size).astype(np.float32)
    nothing = np.zeros((0, 4), np.float32)
    for number, picture in pictures(CLIPS / "plaza.mp4"):
        people = np.clip(boxes[rows[:, 0] == number + 1], 0, 1)
        yield Wanted(picture, (people, people), (nothing, nothing), (nothing, nothing))


def pictures(clip: Path) -> Iterator[tuple[int, Picture]]:
    """Number and picture of every so many-th frame."""
    with av.open(str(clip)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % EVERY == 0:
                yield number, Picture(frame)


def result(scenes: Mapping[str, Tally], real: Tally) -> Result:
    """The figures from the counts."""
    total = Tally()
    for tally in scenes.values():
        total.add(tally)
    everybody = total.people + total.low
    figures = [
        Figure(
            f"rendered people found by {name}",
            _share(total.found_people[name] + total.found_low[name], everybody),
            "",
            at_least(0.9),
        )
        for name in DETECTORS
        if everybody
    ]
    figures += [
        Figure(f"cars nearer than 30 m found by {name}", _share(total.found_cars[name], total.cars), "", at_least(1.0))
        for name in DETECTORS
        if total.cars
    ]
    if total.skeletons:
        aim = at_least(round(0.95 * _share(real.plausible, real.skeletons), 2))
        share = _share(total.plausible, total.skeletons)
        figures.append(Figure("plausible ones of the skeletons found (aim: 95 % of the real people's)", share, "", aim))
    given = (
        f"Every {EVERY}th picture of each daylight scene; people taller than {TALL_PX} pixels and at most half hidden, "
        "in the tables the upright ones apart from those who lie or crouch, "
        f"cars nearer than {NEAR_M:g} m; a box counts that overlaps all of somebody, or what shows of him, by "
        f"{OVERLAP:g}, for two if it overlaps both. Each detector at the threshold of its card. Skeletons: those that "
        "YOLO11n-pose finds of upright people, and which of them are plausible: at least 12 of 17 points, the head "
        "above the hips above the feet. Last row: real people on `plaza.mp4`."
    )
    rows = [_row(name, tally) for name, tally in scenes.items()]
    table = Table("Found", HEAD, (*rows, _row("all rendered", total), _row("plaza.mp4 (real)", real)))
    return Result(
        "Rendered scenes in the eyes of detectors",
        given,
        tuple(figures),
        (table, by_height(total, real)),
        remarks(total),
    )


def remarks(total: Tally) -> tuple[str, ...]:
    """What the first figures hide: who lies on the ground is found by few, standing people by most."""
    if not total.people or not total.low:
        return ()
    upright = ", ".join(f"{name} {_shown(total.found_people[name], total.people)}" for name in DETECTORS)
    low = ", ".join(f"{name} {_shown(total.found_low[name], total.low)}" for name in DETECTORS)
    return (f"Of {total.people} upright people are found: {upright}; of {total.low} who lie or crouch: {low}.",)


def by_height(rendered: Tally, real: Tally) -> Table:
    """What is found of small people and of tall ones, beside the real."""
    rows = []
    for number in range(len(HEIGHTS) - 1):
        bounds = (
            f"{HEIGHTS[number]}–{HEIGHTS[number + 1]}" if number < len(HEIGHTS) - 2 else f"{HEIGHTS[number]} and more"
        )
        for name, tally in (("rendered", rendered), ("real", real)):
            count, *found = tally.heights[number].tolist()
            rows.append((bounds, name, str(count), *(_shown(part, count) for part in found)))
    title = f"Upright people by their height in a picture of {WIDTH} pixels' width"
    return Table(title, ("pixels", "", "people", *DETECTORS), tuple(rows))


HEAD = (
    "scene",
    "upright people",
    *DETECTORS,
    "skeletons",
    "plausible",
    "low people",
    *(f"{name}, low" for name in DETECTORS),
    "cars",
    *(f"{name}, cars" for name in DETECTORS),
)


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    return (
        name,
        str(tally.people),
        *(_shown(tally.found_people[detector], tally.people) for detector in DETECTORS),
        _shown(tally.skeletons, tally.people),
        _shown(tally.plausible, tally.skeletons),
        str(tally.low),
        *(_shown(tally.found_low[detector], tally.low) for detector in DETECTORS),
        str(tally.cars),
        *(_shown(tally.found_cars[detector], tally.cars) for detector in DETECTORS),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _shown(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"
