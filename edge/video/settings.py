"""What an installer may set about capture."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class VideoSettings(BaseModel):
    """Rates, patience and memory of one camera."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    analysed_fps: float = Field(
        default=5.0,
        gt=0,
        le=60,
        description="frames analysed in a second of video, chosen by their time stamps; unless it is given, more where "
        "rules want more (fall, fight and falling_object: 10)",
    )
    ring_max_mb: float = Field(
        default=48.0,  # 45 s of 8 Mbit/s and a group of pictures
        gt=0,
        le=512,
        description="most memory, in MB of 1,000,000 bytes, for packets kept for clips; a stream takes what it needs",
    )
    ring_seconds: float = Field(default=45.0, gt=0, le=600, description="seconds of packets kept for clips")
    transport: Literal["tcp", "udp"] = Field(
        default="tcp", description="RTSP transport; TCP loses nothing and passes firewalls"
    )
    connect_timeout_s: float = Field(
        default=10.0, gt=0, le=120, description="a camera that has not answered after so long is unreachable"
    )
    stall_timeout_s: float = Field(
        default=8.0, gt=0, le=120, description="a stream without a packet for so long has stalled and is opened anew"
    )
    retry_first_s: float = Field(default=1.0, gt=0, le=600, description="pause before the first reconnection")
    retry_longest_s: float = Field(
        default=60.0, gt=0, le=3600, description="pauses double up to this; after a refused password it is the pause"
    )
    decoder_threads: int = Field(
        default=1, ge=0, le=16, description="threads of the decoder; 0: one per core. One is cheapest with many cameras"
    )
