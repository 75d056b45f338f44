"""Examples beside rules: clips that a camera file names, with the alerts that they must and must not give."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edge.documents import StrictModel
from protocol.kinds import Kind
from protocol.messages import Title


class Wanted(StrictModel):
    """An alert that must come: one of the kind that begins within the time."""

    kind: Kind
    zone: Title | None = Field(default=None, description="zone or line; without one, anywhere")
    from_s: float = Field(ge=0, description="seconds from the clip's beginning")
    to_s: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_s < self.from_s:
            raise ValueError(f"to_s {self.to_s:g} lies before from_s {self.from_s:g}; give the earlier time first")
        return self


class Unwanted(StrictModel):
    """Alerts that must not come."""

    kind: Kind
    zone: Title | None = Field(default=None, description="zone or line; without one, anywhere")


class Example(StrictModel):
    """A clip beside the camera file and what the rules ought to say of it."""

    clip: Path = Field(description="relative to the camera file")
    must: tuple[Wanted, ...] = ()
    must_not: Annotated[tuple[Unwanted, ...] | Literal["anything else"], Field(union_mode="left_to_right")] = Field(
        default="anything else", description="alerts that would be false; unless given, all but those that must come"
    )
