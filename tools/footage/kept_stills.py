"""`python -m tools.footage.kept_stills`: some of the rendered stills, evenly chosen and made small, that stay in the
repository for the tests of the training code."""

import shutil
from pathlib import Path
from typing import Annotated

import cv2
import typer

from edge.models.pictures import read_picture
from tools.footage.files import ROOT
from tools.footage.stills import StillFiles

KEPT = ROOT / "footage" / "stills"
WIDTH = 416
QUALITY = 78


def keep(folder: Path, into: Path, count: int) -> int:
    """Copy `count` pictures of `folder` (as `make stills` writes them), their labels and truth; returns how many."""
    found = sorted(path.stem for path in (folder / "truth").glob("*.json"))
    chosen = found[:: max(1, len(found) // count)][:count]
    for kind in ("images", "labels", "truth"):
        shutil.rmtree(into / kind, ignore_errors=True)
        (into / kind).mkdir(parents=True)
    StillFiles(into).describe()
    for name in chosen:
        picture = read_picture(folder / "images" / f"{name}.jpg", "make stills again")
        height = round(picture.shape[0] * WIDTH / picture.shape[1])
        small = cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(into / "images" / f"{name}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        shutil.copy(folder / "labels" / f"{name}.txt", into / "labels")
        shutil.copy(folder / "truth" / f"{name}.json", into / "truth")
    return len(chosen)


def main(
    count: Annotated[int, typer.Argument(min=1, help="How many.")] = 200,
    folder: Annotated[Path, typer.Option("--from", help="Pictures of `make stills`.")] = ROOT / "out" / "stills",
    into: Annotated[Path, typer.Option(help="Where they stay.")] = KEPT,
) -> None:
    """Keep some stills for tests."""
    typer.echo(f"{keep(folder, into, count)} pictures in {into}")


if __name__ == "__main__":
    typer.run(main)
