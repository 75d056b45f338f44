"""A camera that watches a drawn clip, and how files of a node are written."""

from pathlib import Path

import yaml

CAMERA = {
    "name": "yard",
    "source": "drawn.mp4",
    "timezone": "Asia/Shanghai",
    "zones": [{"name": "middle", "polygon": [[0.35, 0.3], [0.65, 0.3], [0.65, 0.9], [0.35, 0.9]]}],
    "lines": [{"name": "gate", "start": [0.5, 0.2], "end": [0.5, 0.9]}],
    "rules": [{"kind": "intrusion", "zone": "middle"}, {"kind": "line_crossing", "line": "gate"}],
}


def write(path: Path, document: object) -> Path:
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return path
