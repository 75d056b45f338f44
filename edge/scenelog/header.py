"""What stands at the beginning of a scene log: whose scenes these are, and what they were seen and judged with."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge import __version__
from edge.complaints import Complaint, complaint
from edge.config import CameraConfig
from edge.documents import plain_sentence
from edge.scenelog.errors import LogError
from edge.vision.card import ModelCard

SOURCE = "stored"
"""In place of the camera's address, which may hold a password and is not kept."""


class Header(BaseModel):
    """Frozen; the same for all files of one run but for the clock."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str
    camera: str
    run: str = Field(description="tells runs apart: rules begin anew with each")
    clock_sets: int = Field(default=0, description="how often the clock had been set: rules begin anew with each time")
    begins: datetime | None = Field(default=None, description="of a recording: when it is taken to begin")
    model: str
    sure_score: float = Field(description="from which a detection starts a track")
    software: str
    configuration: str = Field(description="fingerprint of the camera's settings")
    settings: dict[str, Any] = Field(description="the camera's settings, without its address")

    @classmethod
    def of(
        cls, camera: CameraConfig, card: ModelCard, *, node: str, run: str, model: str, begins: datetime | None = None
    ) -> Self:
        """The header of a camera's log."""
        start = camera.tracker.start_score
        return cls(
            node=node,
            camera=camera.name,
            run=run,
            begins=begins,
            model=model,
            sure_score=card.threshold if start is None else start,
            software=__version__,
            configuration=camera.fingerprint,
            settings=camera.model_dump(mode="json", by_alias=True, exclude={"source"}, exclude_unset=True),
        )

    def camera_config(self) -> CameraConfig:
        """The camera's settings as they were. Raises LogError if this software cannot read them."""
        try:
            return CameraConfig.model_validate({**self.settings, "source": SOURCE})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field, problem = ".".join(map(str, first["loc"])), plain_sentence(first)
            known = {"camera": self.camera, "software": self.software, "version": __version__, "field": field}
            raise LogError(complaint("log.other_settings", **known, problem=problem)) from None

    @property
    def of_other_rules(self) -> Complaint | None:
        """Why what rules find now may differ from what they found then: settings have other fields or defaults."""
        if self.camera_config().fingerprint == self.configuration:
            return None
        return complaint("log.other_rules", software=self.software, version=__version__)
