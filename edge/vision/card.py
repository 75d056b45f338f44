"""Model cards: everything that must be known of an ONNX detector to use it rightly, as a YAML file beside it."""

import hashlib
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from edge.complaints import Complaint, UnfitError, complaint
from edge.documents import StrictModel, plain_sentence
from edge.vision.coco import COCO_80
from edge.vision.errors import CardError, LicenceError, ModelFileError

MODELS = Path(__file__).resolve().parents[2] / "models"
"""Model cards that come with Shouwang."""
DEFAULT = "shouwang_416.yaml"
"""The detector that comes with Shouwang."""
REGISTRY = "registry.yaml"
"""Names the cards of a folder; no card itself."""
PERMISSIVE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC-BY-4.0",
        "CC0-1.0",
        "ISC",
        "MIT",
        "Unlicense",
        "Zlib",
    }
)
"""SPDX identifiers of licences that ask for no more than to be named."""
UNKNOWN_LICENCE = "NOASSERTION"
"""SPDX's word for a licence that nobody has stated."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Licences(StrEnum):
    """Which models may be used: any, or only those under a known licence that asks for no more than to be named."""

    ANY = "any"
    PERMISSIVE = "permissive"


class Fit(StrEnum):
    """How a picture is brought to the network's input size."""

    LETTERBOX_TOP_LEFT = "letterbox_top_left"
    LETTERBOX_CENTRED = "letterbox_centred"
    STRETCH = "stretch"


Side = Annotated[int, Field(ge=32, le=4096)]
Stride = Annotated[int, Field(ge=1, le=4096)]
Deviation = Annotated[float, Field(gt=0)]


class InputCard(StrictModel):
    """What the network wants to see: pixel value v of a channel becomes (v·scale − mean) / std."""

    width: Side = Field(description="pixels")
    height: Side = Field(description="pixels")
    other_sizes: tuple[tuple[Side, Side], ...] = Field(
        default=(),
        description="further widths and heights the file takes; the one that shows a picture largest is used",
    )
    smaller_sizes: tuple[tuple[Side, Side], ...] = Field(
        default=(),
        description="widths and heights the file takes, too, that show less and cost less: for a node that cannot "
        "keep up",
    )
    layout: Literal["nchw", "nhwc"] = "nchw"
    colour: Literal["rgb", "bgr"] = "rgb"
    scale: float = Field(default=1.0, gt=0)
    mean: tuple[float, float, float] = Field(default=(0.0, 0.0, 0.0), description="in the order of `colour`")
    std: tuple[Deviation, Deviation, Deviation] = Field(default=(1.0, 1.0, 1.0), description="in the order of `colour`")
    fit: Fit = Fit.LETTERBOX_CENTRED
    fill: int = Field(default=114, ge=0, le=255, description="value of the pixels that the picture does not cover")


class Measurement(StrictModel):
    """How well it does: a figure, on what, and who says so."""

    set: str = Field(description="the labelled set")
    metric: str = Field(description="for example AP50, AP50-95, recall at one false box")
    value: float = Field(ge=0, le=1)
    of: str = Field(default="", description="the class; empty: the mean of all")
    by: str = Field(default="shouwang-edge models eval", description="who measured it")


class Timing(StrictModel):
    """How long one inference takes, preparation and decoding apart."""

    machine: str
    threads: int = Field(ge=1)
    ms: float = Field(gt=0)


class ModelCard(StrictModel):
    """One detector. `format` names a decoder of edge/vision/decode."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
    title: str
    licence: str = Field(description="SPDX identifier of the weights' licence, or NOASSERTION")
    source: str = Field(description="where the weights come from")
    file: str = Field(description="the ONNX file, relative to the card; PyTorch weights (.pt) are to be exported first")
    sha256: str = Field(
        default="", pattern=r"^([0-9a-f]{64})?$", description="of the file; empty: nobody has fetched it yet"
    )
    address: str = Field(default="", description="where `models pull` fetches the file from")
    input: InputCard
    format: str
    labels: tuple[str, ...] = Field(min_length=1, description="class names in the network's order, or the word «coco»")
    threshold: float = Field(gt=0, lt=1, description="score from which a detection counts as sure")
    low_threshold: float = Field(default=0.1, gt=0, lt=1, description="score from which it may continue a track")
    nms_iou: float = Field(default=0.5, gt=0, le=1)
    strides: tuple[Stride, ...] = Field(default=(8, 16, 32), min_length=1)
    trained_on: str = ""
    measured: tuple[Measurement, ...] = ()
    speed: tuple[Timing, ...] = ()
    weaknesses: str = ""
    notes: str = ""

    @field_validator("labels", mode="before")
    @classmethod
    def _coco_by_name(cls, value: object) -> object:
        return COCO_80 if value == "coco" else value

    @field_validator("address")
    @classmethod
    def _address_is_safe(cls, value: str) -> str:
        host = urlsplit(value).hostname
        if value and not (value.startswith("https://") and host) and host not in LOOPBACK:
            raise UnfitError(complaint("card.https", value=value))
        return value

    @field_validator("file")
    @classmethod
    def _file_is_a_name(cls, value: str) -> str:
        if value in ("", "..") or Path(value).name != value:
            raise UnfitError(complaint("card.file_name", value=value))
        return value

    @property
    def sizes(self) -> tuple["ModelCard", ...]:
        """The card for each size of input, its main one first."""
        return self._sized(((self.input.width, self.input.height), *self.input.other_sizes))

    @property
    def smaller_sizes(self) -> tuple["ModelCard", ...]:
        """The card for each size of input that costs less, none if the file takes none."""
        return self._sized(self.input.smaller_sizes)

    def _sized(self, sizes: tuple[tuple[int, int], ...]) -> tuple["ModelCard", ...]:
        parts = [{"width": width, "height": height, "other_sizes": (), "smaller_sizes": ()} for width, height in sizes]
        return tuple(self.model_copy(update={"input": self.input.model_copy(update=part)}) for part in parts)

    @property
    def permissive(self) -> bool:
        """Whether its licence is known and asks for no more than to be named (docs/decisions/0011)."""
        return _is_permissive(self.licence)

    @property
    def to_export(self) -> bool:
        """Whether its file is weights that ONNX Runtime cannot run yet."""
        return self.file.endswith(".pt")

    @model_validator(mode="after")
    def _low_is_below_high(self) -> "ModelCard":
        if self.low_threshold > self.threshold:
            raise UnfitError(complaint("card.thresholds", low=self.low_threshold, high=self.threshold))
        return self


def _is_permissive(licence: str) -> bool:
    """Of an SPDX expression: one of several by choice (OR), or several at once (AND, which binds closer)."""
    while group := re.search(r"\(([^()]*)\)", licence):
        same = "MIT" if _is_permissive(group[1]) else UNKNOWN_LICENCE
        licence = f"{licence[: group.start()]}{same}{licence[group.end() :]}"
    return any(all(part.strip() in PERMISSIVE for part in choice.split(" AND ")) for choice in licence.split(" OR "))


def load_card(path: Path) -> ModelCard:
    """Read a card. Raises CardError naming file and field."""
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise CardError(complaint("card.unreadable", path=path, why=error.strerror)) from None
    except (yaml.YAMLError, ValueError) as error:  # dates and numbers that cannot be, what is not UTF-8
        raise CardError(complaint("card.not_yaml", path=path, why=" ".join(str(error).split()))) from None
    try:
        return ModelCard.model_validate(document)
    except ValidationError as error:
        raise CardError(unfit(path, error)) from None


def unfit(path: Path, error: ValidationError) -> Complaint:
    """The first of pydantic's findings in a card."""
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"])) or complaint("card.whole")
    if first["type"] == "string_pattern_mismatch":  # other patterns than those of names in people's files
        problem = complaint("card.pattern", pattern=first["ctx"]["pattern"], value=first["input"])
    else:
        problem = plain_sentence(first)
    return complaint("card.field", path=path, place=place, problem=problem)


def sha256_of(path: Path) -> str:
    """The hash of a file. Raises ModelFileError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(complaint("weights.unreadable", path=path, why=error.strerror)) from None


def cards_in(folder: Path) -> list[Path]:
    """The cards of a folder, by name."""
    return sorted(path for path in folder.glob("*.yaml") if path.name != REGISTRY)


def find_card(model: Path | None, folder: Path) -> tuple[ModelCard, Path]:
    """Card and weights for what a user named: a card, or an ONNX file that some card in `folder` knows by its hash.

    None is the default detector. Raises CardError if no card describes the file, ModelFileError if the weights are
    absent.
    """
    model = model or MODELS / DEFAULT
    if model.suffix in {".yaml", ".yml"}:
        card = load_card(model)
        if card.to_export:
            weights = model.parent / card.file
            raise CardError(complaint("card.pytorch", path=model, file=card.file, weights=weights))
        return card, model.parent / card.file
    digest = sha256_of(model)
    if model.suffix == ".pt":
        raise CardError(complaint("weights.pytorch", path=model))
    beside = model.with_suffix(".yaml")
    for path in [beside] * beside.is_file() + cards_in(folder):
        card = load_card(path)
        if card.sha256 == digest:
            return card, model
    raise CardError(complaint("card.none_of_hash", path=model, folder=folder, digest=digest))


def verify_weights(card: ModelCard, weights: Path) -> None:
    """Raises ModelFileError unless the file's hash is the card's."""
    digest = sha256_of(weights)
    if not card.sha256:
        raise ModelFileError(complaint("weights.no_hash", path=weights, card=card.name, digest=digest))
    if digest != card.sha256:
        raise ModelFileError(
            complaint("weights.other_hash", path=weights, found=digest, card=card.name, expected=card.sha256)
        )


def check_licence(card: ModelCard, allowed: Licences) -> None:
    """Raises LicenceError if a model of this licence may not be used."""
    if allowed is Licences.PERMISSIVE and not card.permissive:
        if card.licence == UNKNOWN_LICENCE:
            raise LicenceError(complaint("licence.not_stated", card=card.name))
        raise LicenceError(complaint("licence.refused", card=card.name, licence=card.licence))
