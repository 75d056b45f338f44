"""A scene drawn in the test: a bright square walks through a zone from 2 s to 8 s, with its truth and camera file."""

import json
from pathlib import Path
from typing import Any

import yaml

from tests.edge.clips import draw_clip

ZONE = "通道 <1> & 2"
ENTERS_S, LEAVES_S = 4.3, 6.6
"""When the middle of the square's foot is in the zone."""
EVENT = {"kind": "intrusion", "zone": ZONE, "start": ENTERS_S, "end": LEAVES_S}
CAMERA: dict[str, Any] = {
    "name": "yard",
    "source": "drawn.mp4",
    "zones": [{"name": ZONE, "polygon": [[0.4, 0.3], [0.7, 0.3], [0.7, 0.9], [0.4, 0.9]]}],
    "rules": [{"kind": "intrusion", "zone": ZONE, "after_s": 0.5}],
}


def draw_scene(
    folder: Path, name: str = "夜间 <走> & 过", *, events: object = (EVENT,), camera: dict[str, Any] | None = None
) -> Path:
    """Clip, truth and camera file; returns the clip."""
    folder.mkdir(parents=True, exist_ok=True)
    clip = draw_clip(folder / f"{name}.mp4", seconds=9)
    (folder / f"{name}.truth.json").write_text(json.dumps({"events": events}), "utf-8")
    (folder / f"{name}.camera.yaml").write_text(yaml.safe_dump(CAMERA | (camera or {}), allow_unicode=True), "utf-8")
    return clip
