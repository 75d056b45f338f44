"""Node and camera files: YAML read into frozen models, with every mistake named by file, line, field and remedy."""

import difflib
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import ErrorDetails

from edge.alerts.flood import FloodSettings
from edge.alerts.settings import EvidenceSettings
from edge.complaints import Complaint, UnfitError, as_complaint, complaint
from edge.documents import ConfigError, Document, StrictModel, plain_sentence, read
from edge.examples import Example
from edge.learning.exceptions import LearningSettings
from edge.outbox import OutboxSettings
from edge.rules import Rule, kinds
from edge.rules.base import Place, RuleSettings
from edge.rules.errors import RuleError
from edge.rules.geometry import crosses_itself, polygon_area
from edge.rules.ground import Ground, GroundPoint
from edge.video.masks import Mask
from edge.video.settings import VideoSettings
from edge.vision.card import Licences, ModelCard
from edge.vision.settings import GateSettings, TrackerSettings
from protocol.messages import Line, Name, Title, Zone

GroundPoints = tuple[GroundPoint, ...]

SMALLEST_ZONE = 0.0001
"""Share of the picture; a zone below it is a slip of the mouse."""
MOST_CLASSES_TOLD = 12


def _known_rules() -> Any:  # noqa: ANN401 - a union made at run time from whatever rules there are
    models = tuple(rule.settings_model for rule in kinds().values())
    union = Union[models] if len(models) > 1 else models[0]  # noqa: UP007
    return Annotated[union, Field(discriminator="kind")]


class CameraConfig(StrictModel):
    """One camera: where its pictures come from and what is watched in them."""

    name: Name
    title: Title | None = Field(default=None, description="shown to people; default: the name")
    source: SecretStr = Field(description="rtsp://, http(s)://, /dev/videoN or a file; ${VARIABLE} is filled in")
    looping: bool = Field(
        default=False, description="a file plays again and again with fresh times, for demonstrations"
    )
    timezone: str = Field(default="UTC", description="IANA name, for schedules and for the times people see")
    masks: tuple[Zone, ...] = Field(default=(), description="painted black in all that leaves the camera's process")
    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    ground: Annotated[GroundPoints, Field(min_length=4, max_length=4)] | Literal["estimated"] | None = Field(
        default=None,
        description="for speeds in metres: four points on the ground as [x, y, metres east, metres north] of any spot, "
        "x and y shares of the picture; or estimated, from the heights of the people seen",
    )
    rules: tuple[_known_rules(), ...] = ()  # type: ignore[valid-type]
    video: VideoSettings = Field(default=VideoSettings(), validate_default=True)
    gate: GateSettings = GateSettings()
    tracker: TrackerSettings = TrackerSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    floods: FloodSettings = FloodSettings()
    learning: LearningSettings = LearningSettings()
    examples: tuple[Example, ...] = Field(
        default=(), description="clips and the alerts that they must and must not give; shouwang-edge check runs them"
    )

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise UnfitError(complaint("config.no_timezone", timezone=value))
        return str(ZoneInfo(value))

    @field_validator("source", mode="before")
    @classmethod
    def _fill_in_variables(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        missing = [name for name in re.findall(r"\$\{(\w+)\}", value) if name not in os.environ]
        if missing:
            raise UnfitError(complaint("config.variable_not_set", variable=missing[0]))
        return re.sub(r"\$\{(\w+)\}", lambda match: os.environ[match[1]], value)

    @field_validator("zones", "masks")
    @classmethod
    def _polygons_are_sound(cls, value: tuple[Zone, ...]) -> tuple[Zone, ...]:
        for area in value:
            if crosses_itself(area.polygon):
                raise UnfitError(complaint("config.area_crosses_itself", name=area.name))
            if polygon_area(area.polygon) < SMALLEST_ZONE:
                raise UnfitError(complaint("config.area_of_nothing", name=area.name))
        return _unique(value)

    @field_validator("lines")
    @classmethod
    def _lines_have_length(cls, value: tuple[Line, ...]) -> tuple[Line, ...]:
        for line in value:
            if line.start == line.end:
                raise UnfitError(complaint("config.line_without_length", name=line.name))
        return _unique(value)

    @field_validator("ground", mode="wrap")
    @classmethod
    def _ground_is_sound(cls, value: object, handler: ValidatorFunctionWrapHandler) -> GroundPoints | str | None:
        try:
            ground: GroundPoints | str | None = handler(value)
        except ValidationError:
            raise UnfitError(complaint("config.no_ground")) from None
        if ground is not None and not isinstance(ground, str):
            Ground.measured(ground)
        return ground

    @field_validator("video")
    @classmethod
    def _as_often_as_rules_want(cls, value: VideoSettings, info: ValidationInfo) -> VideoSettings:
        if "analysed_fps" in value.model_fields_set:
            return value
        wanted = [kinds()[rule.kind].wants_fps for rule in info.data.get("rules", ())]
        return value.model_copy(update={"analysed_fps": max([value.analysed_fps, *wanted])})

    @field_validator("evidence")
    @classmethod
    def _clips_hold_the_event(cls, value: EvidenceSettings, info: ValidationInfo) -> EvidenceSettings:
        if value.before_s >= value.longest_s:
            raise UnfitError(complaint("config.clip_ends_before", before=value.before_s, longest=value.longest_s))
        video = info.data.get("video")
        if video is not None and value.longest_s > video.ring_seconds:
            raise UnfitError(complaint("config.clip_too_long", longest=value.longest_s, ring=video.ring_seconds))
        return value

    @property
    def shown_title(self) -> str:
        """What people call it."""
        return self.title or self.name

    @property
    def painted(self) -> tuple[Mask, ...]:
        """Its privacy masks for painting."""
        return tuple(Mask(mask.name, mask.polygon) for mask in self.masks)

    @property
    def place(self) -> Place:
        """What its rules may know of it."""
        return Place(
            self.name,
            {zone.name: zone for zone in self.zones},
            {line.name: line for line in self.lines},
            self.timezone,
            self.ground if self.ground is None or self.ground == "estimated" else Ground.measured(self.ground),
            self.video.analysed_fps,
        )

    def build_rules(self) -> list[Rule[Any]]:
        """Fresh rules without memory. Raises RuleError; `load_camera` has already checked."""
        return [_build(settings, self.place) for settings in self.rules]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that changes what is seen: not the address, which may hold a password; not examples."""
        seen = self.model_dump_json(by_alias=True, exclude={"source", "examples"})
        return hashlib.sha256(seen.encode()).hexdigest()


T = TypeVar("T", Zone, Line)


def _unique(things: tuple[T, ...]) -> tuple[T, ...]:
    names = [thing.name for thing in things]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UnfitError(complaint("config.name_twice", name=twice))
    return things


def _build(settings: RuleSettings, place: Place) -> Rule[Any]:
    return kinds()[settings.kind](settings, place)  # type: ignore[attr-defined]


def _as_entry(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


class CameraFile(StrictModel):
    """A camera of a node: its file, relative to the node's file."""

    file: Path


class NodeConfig(StrictModel):
    """One box: its cameras, its model, where it keeps what it must not lose."""

    name: Name
    title: Title | None = None
    data_dir: Path = Field(default=Path("data"), description="outbox and credentials; relative to this file")
    model: Path | None = Field(
        default=None,
        description="a model card (YAML) or an ONNX file that a card of models/ describes; without one, ours",
    )
    licences: Licences = Field(
        default=Licences.ANY,
        description="permissive: refuse a model whose licence is unknown or asks for more than to be named (AGPL, GPL)",
    )
    providers: tuple[str, ...] = Field(
        default=("cpu",), min_length=1, description="cpu, openvino, cuda, tensorrt, coreml"
    )
    threads: int = Field(default=1, ge=1, le=64, description="threads of one inference")
    cameras: tuple[Annotated[CameraFile, BeforeValidator(_as_entry)], ...] = Field(min_length=1)
    outbox: OutboxSettings = OutboxSettings()
    scenes_days: float = Field(
        default=7.0,
        ge=0,
        le=366,
        description="days for which tracks (no pictures) are kept, to ask and to try other limits; 0: not at all",
    )
    health_every_s: float = Field(default=30.0, gt=0)

    @property
    def shown_title(self) -> str:
        """What people call it."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class LoadedNode:
    """A node's file with the cameras it names, all checked."""

    node: NodeConfig
    cameras: tuple[CameraConfig, ...]
    folder: Path
    fingerprint: str


def load_camera(path: Path) -> CameraConfig:
    """Read and check a camera file. Raises ConfigError with every mistake found."""
    document = read(path)
    try:
        camera = CameraConfig.model_validate(document.fields)
    except ValidationError as error:
        raise ConfigError(*_problems(document, error)) from None
    problems = []
    for number, settings in enumerate(camera.rules):
        if settings in camera.rules[:number]:  # both would give their alerts the same ids
            problems.append(document.problem(("rules", number), complaint("config.rule_twice")))
        try:
            _build(settings, camera.place)
        except RuleError as error:
            problem = _with_guess(as_complaint(error), settings, error.field, camera)
            problems.append(document.problem(("rules", number, error.field), problem))
    if problems:
        raise ConfigError(*problems)
    return camera


def load_node(path: Path) -> LoadedNode:
    """Read a node's file and its cameras' files. Raises ConfigError with every mistake found in any of them."""
    document = read(path)
    if "source" in document.fields and "cameras" not in document.fields:
        raise ConfigError(complaint("config.camera_for_node", path=path))
    try:
        node = NodeConfig.model_validate(document.fields)
    except ValidationError as error:
        raise ConfigError(*_problems(document, error)) from None
    cameras: list[CameraConfig] = []
    problems: list[Complaint] = []
    for number, entry in enumerate(node.cameras):
        try:
            cameras.append(load_camera(path.parent / entry.file))
        except ConfigError as error:
            problems += error.complaints
        else:
            if [c.name for c in cameras].count(cameras[-1].name) > 1:
                problem = complaint("config.camera_twice", camera=cameras[-1].name)
                problems.append(document.problem(("cameras", number), problem))
    if problems:
        raise ConfigError(*problems)
    parts = [node.model_dump_json(), *(camera.fingerprint for camera in cameras)]
    return LoadedNode(node, tuple(cameras), path.parent, hashlib.sha256("\n".join(parts).encode()).hexdigest())


def classes_of(cameras: Iterable[CameraConfig]) -> frozenset[str]:
    """Every label that some rule of the cameras cares for."""
    rules = [rule for camera in cameras for rule in camera.rules]
    return frozenset(label for rule in rules for label in (*rule.looks_for, *rule.glances_at))


def check_classes(cameras: Iterable[CameraConfig], card: ModelCard) -> None:
    """Raises ConfigError for a rule whose classes the model does not know."""
    problems = [
        complaint(
            "config.class_unknown",
            camera=camera.name,
            rule=number,
            model=card.name,
            label=label,
            remedy=_known_to(card, label),
        )
        for camera in cameras
        for number, rule in enumerate(camera.rules)
        for label in rule.looks_for
        if label not in card.labels
    ]
    if problems:
        raise ConfigError(*problems)


def _known_to(card: ModelCard, label: str) -> Complaint:
    """What a model knows in place of a label."""
    near = difflib.get_close_matches(label, card.labels, 1)
    if near:
        return complaint("config.did_you_mean", near=near[0])
    if len(card.labels) > MOST_CLASSES_TOLD:
        return complaint("config.model_knows_more", known=card.labels[:MOST_CLASSES_TOLD])
    return complaint("config.model_knows", known=card.labels)


def _problems(document: Document, error: ValidationError) -> list[Complaint]:
    # Pydantic also names the chosen kind of rule, which is no field.
    return document.problems(error, _sentence, no_fields=frozenset(map(str, kinds())))


def _sentence(detail: ErrorDetails) -> Complaint:
    """Pydantic's finding in our words, with what was found and what to do."""
    context, value = detail.get("ctx", {}), detail.get("input")
    match detail["type"]:
        case "less_than_equal" | "greater_than_equal" if isinstance(value, float | int) and _is_point(detail["loc"]):
            return complaint("config.outside_picture", value=value)
        case "union_tag_invalid":
            near = difflib.get_close_matches(str(context["tag"]), [str(kind) for kind in kinds()], 1)
            one_of = complaint("config.expected_one_of", known=list(kinds()))
            remedy = complaint("config.did_you_mean", near=near[0]) if near else one_of
            return complaint("config.no_such_rule", kind=str(context["tag"]), remedy=remedy)
        case "union_tag_not_found":
            return complaint("config.kind_missing", known=list(kinds()))
    return plain_sentence(detail)


def _is_point(location: tuple[str | int, ...]) -> bool:
    return any(part in ("polygon", "start", "end", "direction") for part in location)


def _with_guess(problem: Complaint, settings: RuleSettings, field: str, camera: CameraConfig) -> Complaint:
    known = [thing.name for thing in (camera.zones if field == "zone" else camera.lines)]
    near = difflib.get_close_matches(str(getattr(settings, field, "")), known, 1)
    return complaint("config.guess", problem=problem, near=near[0]) if near else problem
