"""Small labelled sets: a bright figure on dark ground, which the brightness network calls a person."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import yaml

FIGURE = (80, 60, 140, 200)
"""x1, y1, x2, y2 in a picture of 320×240; the label says it exactly."""
LABEL = "0 0.34375 0.541667 0.1875 0.583333\n"


def save_picture(path: Path, box: tuple[int, int, int, int] | None = FIGURE) -> None:
    picture = np.full((240, 320, 3), 20, np.uint8)
    if box is not None:
        x1, y1, x2, y2 = box
        picture[y1:y2, x1:x2] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture)


def save_set(folder: Path, labels: Mapping[str, str] | None = None, source: object = None) -> Path:
    """Pictures with a figure each, NAME.txt beside them as given; returns the folder."""
    for name, text in (labels or {"a": LABEL, "b": LABEL}).items():
        save_picture(folder / "images" / f"{name}.png")
        (folder / "labels").mkdir(exist_ok=True)
        (folder / "labels" / f"{name}.txt").write_text(text, "utf-8")
    (folder / "classes.yaml").write_text(yaml.safe_dump({"names": ["person", "car", "bag"]}), "utf-8")
    if source is not None:
        (folder / "source.yaml").write_text(yaml.safe_dump(source), "utf-8")
    return folder
