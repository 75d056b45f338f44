"""A frame: one picture of one camera at one time."""

from dataclasses import dataclass
from datetime import datetime

from edge.video.picture import Picture


@dataclass(frozen=True, slots=True)
class Frame:
    """Handed from capture to analysis."""

    camera: str
    index: int
    """Analysed frames, from 0."""
    at: datetime
    """UTC, from the stream's own time stamps."""
    picture: Picture
    uncertainty_ms: int = 0
    """`at` is right within so many milliseconds."""
    clock_sets: int = 0
    """Times that the node's clock had been set since the start: `at` rises, and can be compared, while this stays."""
