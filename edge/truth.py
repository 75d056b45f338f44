"""Truth files: NAME.truth.json beside NAME.mp4, as `make footage` writes them, or by hand for a recording of one's own.

What is read here is what evaluations need, each reader as much of it as it names; see docs/guides/footage.md for all.
Times are seconds from the clip's beginning, boxes x1, y1, x2, y2 as shares of the picture.
"""

import difflib
import json
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from edge.complaints import Complaint, UnfitError, complaint
from edge.documents import ConfigError, plain_sentence
from protocol.kinds import Kind

SUFFIX = ".truth.json"
MOST_PROBLEMS = 5


class Part(BaseModel):
    """A part of a truth file; what is not read is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _known_kind(value: object) -> object:
    kinds = [str(kind) for kind in Kind]
    if value in kinds:
        return value
    near = difflib.get_close_matches(str(value), kinds, 1)
    if near:
        raise UnfitError(complaint("truth.no_kind_near", kind=str(value), near=near[0]))
    raise UnfitError(complaint("truth.no_kind", kind=str(value), known=kinds))


class TrueEvent(Part):
    """Something that rules ought to find. `start`: when it begins, not when a rule's patience ends."""

    kind: Annotated[Kind, BeforeValidator(_known_kind)]
    zone: str | None = None
    start: float = Field(ge=0)
    end: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise UnfitError(complaint("truth.ends_early", end=self.end, start=self.start))
        return self


class TrueEvents(Part):
    """The events of a clip; none at all if nothing happens in it."""

    events: tuple[TrueEvent, ...]


class Thing(Part):
    """Somebody or something that occurs."""

    id: int
    label: str


class TrueFrames(Part):
    """What is in each picture: rows of id, box, visible share, ground (2), and perhaps the visible box."""

    width: int = Field(ge=16)
    height: int = Field(ge=16)
    fps: float = Field(gt=0, le=240)
    things: tuple[Thing, ...]
    frames: tuple[tuple[tuple[float, ...], ...], ...]

    @field_validator("frames")
    @classmethod
    def _rows_are_whole(cls, frames: tuple[tuple[tuple[float, ...], ...], ...]) -> object:
        for number, rows in enumerate(frames):
            for row in rows:
                if len(row) not in (8, 12):
                    raise UnfitError(complaint("truth.row_length", picture=number, numbers=len(row)))
                if not all(0 <= value <= 1 for value in (*row[1:6], *row[8:])):
                    raise UnfitError(complaint("truth.row_outside", picture=number, thing=row[0]))
        return frames


def truth_of(clip: Path) -> Path:
    """The truth file beside a clip."""
    return clip.with_name(f"{clip.stem}{SUFFIX}")


Truth = TypeVar("Truth", bound=Part)


def read_truth(path: Path, model: type[Truth]) -> Truth:
    """What `model` names of a truth file. Raises ConfigError with the mistakes found."""
    try:
        return model.model_validate(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigError(complaint("truth.unreadable", path=path, why=error.strerror)) from None
    except ValidationError as error:
        details = error.errors(include_url=False)[:MOST_PROBLEMS]
        raise ConfigError(*(_at_its_place(path, detail) for detail in details)) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(complaint("truth.not_json", path=path, why=str(error))) from None


def field_name(location: tuple[int | str, ...]) -> str:
    """The place of a mistake, as people write it: events[2].start."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".") or "file"


def _at_its_place(path: Path, detail: ErrorDetails) -> Complaint:
    problem = complaint("truth.no_fields") if detail["type"] == "model_type" else plain_sentence(detail)
    if not detail["loc"]:
        return complaint("truth.at_file", path=path, problem=problem)
    return complaint("truth.at_field", path=path, field=field_name(detail["loc"]), problem=problem)
