"""What an installer may set about capture."""

from pydantic import BaseModel, ConfigDict, Field


class VideoSettings(BaseModel):
    """Rates, patience and memory of one camera."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    analysed_fps: float = Field(default=5.0, gt=0, le=60, description="frames analysed in a second of video")
    ring_mb: float = Field(default=8.0, gt=0, le=512, description="most memory for packets kept for clips")
    ring_s: float = Field(default=45.0, gt=0, le=600, description="seconds of packets kept for clips")
    connect_timeout_s: float = Field(default=10.0, gt=0, description="patience with a camera that does not answer")
    stall_timeout_s: float = Field(default=10.0, gt=0, description="patience with a stream that stands still")
    retry_first_s: float = Field(default=1.0, gt=0, description="pause before the first reconnection")
    retry_longest_s: float = Field(default=60.0, gt=0, description="pauses double up to this")
    decoder_threads: int = Field(default=1, ge=0, le=16, description="threads of the decoder; 0: as it likes")
