"""What a node tells the server of itself: birth, death and last will."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from edge import __version__
from edge.config import CameraConfig
from protocol.messages import CameraBirth, NodeState, Status

Size = tuple[int, int]
"""Width and height in pixels; (0, 0) until the first picture has come."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What all statuses of one run share. `model` is as alerts name it, `configuration` a fingerprint."""

    node: str
    title: str
    boot: UUID
    model: str
    configuration: str | None = None

    def status(self, state: NodeState, at: datetime, cameras: Sequence[tuple[CameraConfig, Size]] = ()) -> Status:
        """The node's state; a birth certificate when it is online and names its cameras."""
        return Status(
            node=self.node,
            state=state,
            at=at,
            boot=self.boot,
            title=self.title,
            software=__version__,
            configuration=self.configuration,
            model=self.model,
            cameras=tuple(_camera(camera, size) for camera, size in cameras),
        )


def _camera(camera: CameraConfig, size: Size) -> CameraBirth:
    width, height = size
    return CameraBirth(
        name=camera.name,
        title=camera.shown_title,
        width=width,
        height=height,
        timezone=camera.timezone,
        zones=camera.zones,
        lines=camera.lines,
        kinds=tuple(dict.fromkeys(rule.kind for rule in camera.rules)),
    )
