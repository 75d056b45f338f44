"""What tests of the command line call, and how they read what it says."""

import re
from pathlib import Path


def replay(box: Path, out: str = "out", changes: dict[str, object] | None = None) -> list[object]:
    options: dict[str, object] = {
        "--config": box / "camera.yaml",
        "--model": box / "brightness.yaml",
        "--out": box / out,
        **(changes or {}),
    }
    clip = options.pop("clip", box / "drawn.mp4")
    return ["replay", clip, *(part for pair in options.items() for part in pair)]


def matches(pattern: str, text: str) -> bool:
    return re.search(pattern, " ".join(text.split())) is not None
