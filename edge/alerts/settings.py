"""What an installer may set about evidence."""

from pydantic import BaseModel, ConfigDict, Field


class EvidenceSettings(BaseModel):
    """How much is kept of an event."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before_s: float = Field(default=5.0, ge=0, le=60, description="seconds of clip before the alert begins")
    after_s: float = Field(default=5.0, ge=0, le=60, description="seconds of clip after the alert's end")
    longest_s: float = Field(default=30.0, gt=0, le=300, description="the clip is cut at so many seconds")
    snapshot_quality: int = Field(default=88, ge=40, le=100, description="JPEG quality")
