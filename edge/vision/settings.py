"""What an installer may set about seeing: the motion gate and the tracker."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field


class GateSettings(BaseModel):
    """When a frame is worth an inference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="off: every analysed frame goes to the detector")
    contrast: float = Field(default=14.0, gt=0, le=255, description="grey levels that count as a change, at least")
    smallest: float = Field(default=0.0006, gt=0, le=1, description="share of the picture that must have changed")
    refresh_s: float = Field(default=10.0, gt=0, description="seconds after which a quiet picture is looked at anyway")
    looks_per_s: float = Field(default=5.0, gt=0, le=60, description="looks of the detector in a second, at most")
    known_s: float = Field(default=0.45, ge=0, description="seconds between looks while only known tracks move")
    linger_s: float = Field(default=0.4, ge=0, description="seconds for which detection goes on after the last motion")


class TrackerSettings(BaseModel):
    """How detections become tracks (after ByteTrack, Zhang et al. 2022)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_score: float | None = Field(default=None, description="score that starts a track; the model card's threshold")
    huge: float = Field(default=0.4, gt=0, le=1, description="share of the picture from which a box is huge")
    huge_score: float = Field(
        default=0.6, ge=0, le=1, description="score from which a huge box starts a track: mostly it is a moth or a wall"
    )
    match_iou: float = Field(default=0.2, gt=0, lt=1, description="least overlap of prediction and sure detection")
    second_iou: float = Field(default=0.5, gt=0, lt=1, description="the same for detections that are not sure")
    confirm_hits: int = Field(default=2, ge=1, description="detections before a track is believed")
    lost_s: float = Field(default=2.0, gt=0, description="seconds for which an unseen track may come back")

    def starts_from(self, sure_score: float, areas: ArrayLike) -> NDArray[np.float32]:
        """Scores from which boxes of some areas, shares of the picture, start a track; at least `sure_score`."""
        huge = max(sure_score, self.huge_score)
        return np.where(np.asarray(areas) >= self.huge, huge, sure_score).astype(np.float32)
