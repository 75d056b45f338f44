"""Takes the pictures that `shouwang-edge models import` shows a network out of our own clips: `python -m tools.probe`.

Which ones stands in models/probe/source.yaml: those in which all detectors of the list find everybody and every car.
"""

import shutil
import sys
from pathlib import Path

import av
import cv2
import yaml

from tools.footage.files import ROOT
from tools.footage.truth import Row, Truth, read_truth

PROBE = ROOT / "models" / "probe"
FOOTAGE = ROOT / "footage"
LEAST_VISIBLE = 0.3
JPEG_QUALITY = 80


def take(probe: Path = PROBE) -> None:
    """Write images/ and labels/ of a folder anew, as its source.yaml and classes.yaml say."""
    source = yaml.safe_load((probe / "source.yaml").read_text("utf-8"))
    names = yaml.safe_load((probe / "classes.yaml").read_text("utf-8"))["names"]
    for folder in ("images", "labels"):
        shutil.rmtree(probe / folder, ignore_errors=True)
        (probe / folder).mkdir(parents=True)
    for clip, number in source["frames"]:
        name = f"{clip}-{number}"
        truth = read_truth(FOOTAGE / f"{clip}.truth.json")
        lines = [_line(row, truth, names) for row in truth.frames[number] if row.visible >= LEAST_VISIBLE]
        (probe / "labels" / f"{name}.txt").write_text("".join(lines), "utf-8")
        picture = _picture(FOOTAGE / f"{clip}.mp4", number)
        cv2.imwrite(str(probe / "images" / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        sys.stdout.write(f"{name}: {len(lines)} things\n")


def _line(row: Row, truth: Truth, names: list[str]) -> str:
    """A YOLO label; nothing for what is no person and no car."""
    label = truth.labels[row.id]
    if label not in names:
        return ""
    x1, y1, x2, y2 = row.box
    return f"{names.index(label)} {(x1 + x2) / 2:.5f} {(y1 + y2) / 2:.5f} {x2 - x1:.5f} {y2 - y1:.5f}\n"


def _picture(clip: Path, number: int) -> cv2.typing.MatLike:
    with av.open(str(clip)) as container:
        frame = next(frame for place, frame in enumerate(container.decode(video=0)) if place == number)
        return frame.to_ndarray(format="bgr24")


if __name__ == "__main__":
    take()
