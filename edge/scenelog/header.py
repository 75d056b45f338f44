"""What stands at the beginning of a scene log: whose scenes these are, and what they were seen and judged with."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge import __version__
from edge.config import CameraConfig
from edge.scenelog.errors import LogError
from edge.vision.card import ModelCard

SOURCE = "stored"
"""In place of the camera's address, which may hold a password and is not kept."""


class Header(BaseModel):
    """Frozen; the same for all files of one run."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str
    camera: str
    run: str = Field(description="tells runs apart: rules begin anew with each")
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
        """The camera's settings as they were. Raises LogError if this software reads them otherwise."""
        try:
            camera = CameraConfig.model_validate({**self.settings, "source": SOURCE})
        except ValidationError as error:
            what = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
            raise LogError(self._other_software(what)) from None
        if camera.fingerprint != self.configuration:
            raise LogError(self._other_software("its settings have other defaults or fields now"))
        return camera

    def _other_software(self, what: str) -> str:
        return (
            f"camera «{self.camera}»: its log was written by Shouwang {self.software}, whose rules this one "
            f"({__version__}) cannot repeat ({what}); replay the clip again, or read the log with that version"
        )
