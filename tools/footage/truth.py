"""The truth beside a clip: what is where in every picture, and which events that makes.

One JSON file, `NAME.truth.json`. A picture's things are rows of numbers, see `Row`; boxes are x1, y1, x2, y2 as shares
of the picture; times are seconds from the clip's beginning.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import av
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from edge.complaints import complaint
from edge.documents import ConfigError, plain_sentence
from edge.truth import TrueEvent, field_name
from protocol.messages import Box, Fraction
from tools.footage.world import Light

VERSION = 1


class Part(BaseModel):
    """A part of a truth file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _sound(box: Box) -> Box:
    x1, y1, x2, y2 = box
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"box {list(box)} has no area; its order is x1, y1, x2, y2")
    return box


TrueBox = Annotated[Box, AfterValidator(_sound)]


class ThingTruth(Part):
    """Somebody or something that occurs in the clip. `label`: a detector's word, or «object» for what has none."""

    id: int = Field(ge=1)
    name: str
    label: str


class EventTruth(TrueEvent):
    """What the rules ought to find, and `of` whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: tuple[int, ...] = ()


class Row(Part):
    """One thing in one picture.

    `box` is all of it that lies within the picture, what is hidden too; `visible_box` what shows, None where nothing
    does; `visible` which part of the whole thing shows; `ground`: metres east and north of the place's origin.
    """

    id: int
    box: TrueBox
    visible: Fraction
    ground: tuple[float, float]
    visible_box: TrueBox | None = None

    def numbers(self) -> list[float]:
        """As the file has it: id, box, visible, ground, and the visible box where it is another than the box."""
        row: list[float] = [self.id, *(round(v, 4) for v in self.box), round(self.visible, 3)]
        row += [round(v, 2) for v in self.ground]
        if self.visible_box is not None and self.visible_box != self.box:
            row += [round(v, 4) for v in self.visible_box]
        return row

    @classmethod
    def of_numbers(cls, row: object) -> Self:
        """Raises ValueError."""
        if not isinstance(row, list) or len(row) not in (8, 12) or not all(isinstance(v, int | float) for v in row):
            raise ValueError("is no row of 8 or 12 numbers: id, box, visible, ground, perhaps the visible box")
        x1, y1, x2, y2, visible, east, north = row[1:8]
        box = (x1, y1, x2, y2)
        seen = tuple(row[8:12]) if len(row) == 12 else box if visible > 0 else None
        return cls(id=row[0], box=box, visible=visible, ground=(east, north), visible_box=seen)


class CameraTruth(Part):
    """Where the camera hangs (metres), where it looks, how wide (horizontal degrees), at the clip's beginning."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_deg: float = Field(gt=0, lt=180)


class Truth(Part):
    """All that is known of a clip. `made_from`: hash of the scenario and of the kit that rendered it."""

    version: int = Field(default=VERSION, ge=1, le=VERSION)
    clip: str
    made_from: str
    place: str
    light: Light
    camera: CameraTruth
    width: int = Field(ge=16)
    height: int = Field(ge=16)
    fps: int = Field(ge=1, le=60)
    things: tuple[ThingTruth, ...]
    events: tuple[EventTruth, ...]
    frames: tuple[tuple[Row, ...], ...]

    @property
    def seconds(self) -> float:
        """How long the clip is."""
        return len(self.frames) / self.fps

    @property
    def labels(self) -> Mapping[int, str]:
        """The label of each id."""
        return {thing.id: thing.label for thing in self.things}


def write_truth(path: Path, truth: Truth) -> None:
    """One line for each picture, so that a difference shows where it is."""
    head = truth.model_dump(mode="json", exclude={"frames"}, exclude_defaults=False)
    rows = [json.dumps([row.numbers() for row in frame], separators=(",", ":")) for frame in truth.frames]
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
    part = path.with_name(f".{path.name}.part")
    part.write_text(f'{text},\n"frames":[\n' + ",\n".join(rows) + "\n]}\n", "utf-8")
    part.replace(path)


def read_truth(path: Path, video: Path | None = None) -> Truth:
    """Read a truth file and, with `video`, see that it fits. Raises ConfigError with every mistake found."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(complaint("file.unreadable", path=path, why=error.strerror)) from None
    except ValueError as error:
        raise _mistakes(f"{path}: is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise _mistakes(f"{path}: holds no fields; expected a truth file made by `make footage`")
    problems: list[str] = []
    frames = tuple(_frames(path, document.get("frames"), problems))
    try:
        truth = Truth.model_validate(document | {"frames": frames})
    except ValidationError as error:
        problems += [
            f"{path} {field_name(detail['loc'])}: {plain_sentence(detail).told()}" for detail in error.errors()
        ]
        raise _mistakes(*problems) from None
    if isinstance(document.get("frames"), list):
        problems += _contradictions(path, truth)
    if video is not None:
        problems += _misfits(path, truth, video)
    if problems:
        raise _mistakes(*problems)
    return truth


def _mistakes(*texts: str) -> ConfigError:
    """Of sentences that those who draw footage read; they read English."""
    return ConfigError(*(complaint("foreign", message=text) for text in texts))


def _frames(path: Path, frames: Any, problems: list[str]) -> Iterator[tuple[Row, ...]]:  # noqa: ANN401
    if not isinstance(frames, list) or not all(isinstance(frame, list) for frame in frames):
        problems.append(f"{path} frames: is no list with one list of rows for each picture")
        return
    for number, frame in enumerate(frames):
        rows = []
        for place, row in enumerate(frame):
            try:
                rows.append(Row.of_numbers(row))
            except ValidationError as error:
                detail = error.errors()[0]
                where = f"frames[{number}][{place}].{field_name(detail['loc'])}"
                problems.append(f"{path} {where}: {plain_sentence(detail).told()}")
            except ValueError as error:
                problems.append(f"{path} frames[{number}][{place}]: {error}")
        yield tuple(rows)


def _contradictions(path: Path, truth: Truth) -> list[str]:
    """What the fields say against each other."""
    problems = []
    known = truth.labels
    for number, frame in enumerate(truth.frames):
        unknown = [row.id for row in frame if row.id not in known]
        if unknown:
            problems.append(f"{path} frames[{number}]: id {unknown[0]} is not among the things")
    for number, event in enumerate(truth.events):
        for name in ("start", "end"):
            at_s = getattr(event, name)
            if at_s > truth.seconds + 1e-6:
                problems.append(
                    f"{path} events[{number}].{name}: {at_s:g} s is past the end; the clip lasts {truth.seconds:g} s"
                )
        for id_ in event.of:
            if id_ not in known:
                problems.append(f"{path} events[{number}].of: id {id_} is not among the things")
    return problems


@dataclass(frozen=True, slots=True)
class _Video:
    width: int
    height: int
    fps: float
    frames: int


def _misfits(path: Path, truth: Truth, video: Path) -> list[str]:
    """Where a truth file and its video differ."""
    try:
        found = _measured(video)
    except (av.FFmpegError, OSError) as error:
        return [f"{path} clip: {video} cannot be read as a video: {error.strerror}"]
    remedy = "render it again with make footage"
    problems = []
    if (found.width, found.height) != (truth.width, truth.height):
        size = f"{truth.width}×{truth.height}"
        problems.append(f"{path} width: {size}, but {video.name} is {found.width}×{found.height}; {remedy}")
    if abs(found.fps - truth.fps) > 0.01:
        problems.append(f"{path} fps: {truth.fps}, but {video.name} plays at {found.fps:g}; {remedy}")
    if found.frames != len(truth.frames):
        count = len(truth.frames)
        problems.append(f"{path} frames: {count}, but {video.name} has {found.frames} pictures; {remedy}")
    return problems


def _measured(video: Path) -> _Video:
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for packet in container.demux(stream) if packet.size)
        return _Video(stream.width, stream.height, float(stream.average_rate or 0), frames)
