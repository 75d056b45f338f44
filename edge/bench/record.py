"""Keeps a live stretch of a camera as a new scene: the clip, with the camera file that watches it."""

from collections.abc import Callable
from pathlib import Path

import yaml

from edge.alerts.evidence import clip
from edge.clock import monotonic_s, utc_now
from edge.complaints import complaint
from edge.config import CameraConfig
from edge.files import write_whole, written_whole
from edge.video.errors import SourceError
from edge.video.live import LiveSource

SLACK_S = 15.0
"""More than is asked for is held in memory, for a clip begins at a key frame."""


def record(camera: CameraConfig, seconds: float, into: Path, told: Callable[[float], None]) -> Path:
    """Watch for so many seconds and write NAME.mp4 and NAME.camera.yaml; `told` hears how far it is.

    The camera's own packets are kept; where it has privacy masks, the clip is encoded anew with the masks painted in.
    Raises SourceError if the camera does not deliver.
    """
    video = camera.video.model_copy(update={"ring_seconds": seconds + SLACK_S, "ring_max_mb": 512.0})
    source = LiveSource(camera.source.get_secret_value(), camera.name, video, masks=camera.painted)
    source.start()
    try:
        start_s, start = _first_picture(source, camera), utc_now()
        while (passed_s := monotonic_s() - start_s) < seconds and not source.done:
            told(passed_s)
            source.newest()
            source.wait(0.2)
        piece = clip(source.ring, start, utc_now(), start)
    finally:
        source.stop()
    if piece is None:
        why = source.why or complaint("record.try_again")
        raise SourceError(complaint("record.nothing", camera=camera.name, why=why))
    name = f"{camera.name}-{start:%Y%m%d-%H%M%S}"
    path = into / f"{name}.mp4"
    with written_whole(path) as part:
        part.write_bytes(piece.data)
    write_whole(into / f"{name}.camera.yaml", _camera_file(camera, path))
    return path


def _first_picture(source: LiveSource, camera: CameraConfig) -> float:
    """When the first picture came. Raises SourceError if none does."""
    patience_s = monotonic_s() + camera.video.connect_timeout_s + camera.video.stall_timeout_s
    while source.newest() is None:
        if source.why is not None or source.done or monotonic_s() > patience_s:
            why = source.why or complaint("record.no_picture")
            raise SourceError(complaint("record.camera", camera=camera.name, why=why))
        source.wait(0.2)
    return monotonic_s()


def _camera_file(camera: CameraConfig, path: Path) -> str:
    """The camera as it was, watching the clip; masks are in its pictures already."""
    fields = camera.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"masks", "examples", "rules"}
    )
    fields["source"] = path.name
    fields["rules"] = [
        {"kind": str(rule.kind)} | rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for rule in camera.rules
    ]
    fields.pop("looping", None)
    return yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)
