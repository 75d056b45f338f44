"""`make stills N=…`: labelled training pictures. A set of them shares a place, a camera and its things; see `casting`.

Into `out/stills`: `images/NUMBER.jpg`, `labels/NUMBER.txt` (YOLO: class, middle, width, height, of what is visible),
`truth/NUMBER.json` (visible share, and the box of all of it, hidden parts too, line by line as in the labels), and
`classes.yaml` and `source.yaml`, by which it is a labelled set for `shouwang-edge models eval` and for training.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tools.footage.casting import Chance, Set, a_cast, a_fire, a_look, a_set, chosen
from tools.footage.compose import Seen, compose
from tools.footage.effects import Bytes, metered, picture
from tools.footage.files import ROOT
from tools.footage.film import StudioOf
from tools.footage.fixtures import Fixtures
from tools.footage.labels import BAG, FIRE, LABELS, OTHER, SMOKE, label_of
from tools.footage.layers import Layer, Plate
from tools.footage.particles import fire, smoke
from tools.footage.places import PLACES, fixtures
from tools.footage.places.base import Place
from tools.footage.world import Light

SET_SIZE = 40
"""Pictures of a set: the empty place takes about as long as all the rest."""
CAST_SIZE, MOST = 26, 9
"""Groups drawn for a set, and how many things a picture has at most (about)."""
FIRES = 3
FIRE_SHARE = 0.15
LEAST_VISIBLE, LEAST_PX = 0.2, 5
"""Of what is hidden more or smaller than this no detector is asked to know anything."""
NEAR_M, NEAR_LOW_M = 1.2, 0.6
"""What is nearer to a camera, to one that stands low, stands before it."""
SMOKE_ID, FIRE_ID = 9001, 9002
out = Console()


@dataclass(frozen=True, slots=True)
class Still:
    """One picture with what is in it."""

    number: int
    rgb: Bytes
    seen: tuple[tuple[str, Seen], ...]


@dataclass(frozen=True, slots=True)
class StillFiles:
    """Where pictures go."""

    folder: Path

    def has(self, number: int) -> bool:
        """Whether a picture is complete; the truth is written last."""
        return self._path("truth", number, "json").is_file()

    def describe(self) -> None:
        """Write what makes the folder a labelled set: the classes, and which of them are labelled whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = ", ".join(label for label in LABELS if label != BAG)
        (self.folder / "classes.yaml").write_text(f"names: [{', '.join(LABELS)}]\n", "utf-8")
        about = "# Made by `make stills`. Bags are labelled where they stand, not where people carry them.\n"
        (self.folder / "source.yaml").write_text(f"{about}exhaustive: [{whole}]\npartly: [{BAG}]\n", "utf-8")

    def write(self, still: Still, quality: int) -> None:
        """Picture, labels, truth."""
        for kind in ("images", "labels", "truth"):
            (self.folder / kind).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(
            str(self._path("images", still.number, "jpg")),
            cv2.cvtColor(still.rgb, cv2.COLOR_RGB2BGR),
            [cv2.IMWRITE_JPEG_QUALITY, quality],
        )
        self._path("labels", still.number, "txt").write_text("".join(map(yolo_line, still.seen)), "utf-8")
        truth = [
            {"label": label, "visible": round(seen.visible, 3), "box": [round(v, 5) for v in seen.box]}
            for label, seen in still.seen
        ]
        self._path("truth", still.number, "json").write_text(json.dumps(truth), "utf-8")

    def _path(self, kind: str, number: int, suffix: str) -> Path:
        return self.folder / kind / f"{number:06d}.{suffix}"


def yolo_line(labelled: tuple[str, Seen]) -> str:
    """The line of what is visible."""
    label, seen = labelled
    return label_line(LABELS.index(label), seen.visible_box or seen.box)


def label_line(number: int, corners: Sequence[float]) -> str:
    """`class x y width height` of a box, shares of the picture, (x, y) the middle."""
    x1, y1, x2, y2 = corners
    return f"{number} {(x1 + x2) / 2:.6f} {(y1 + y2) / 2:.6f} {x2 - x1:.6f} {y2 - y1:.6f}\n"


def stills(number: int, seed: int, studio_of: StudioOf, places: list[Place]) -> Iterator[Still]:
    """All pictures of one set. The same number and seed make the same pictures."""
    chance = np.random.default_rng((seed, number))
    while True:
        set_ = a_set(places, chance)
        studio = studio_of(set_.place.name, set_.view, set_.light, set_.seed)
        plate = studio.plate()
        if sees_the_place(plate, NEAR_LOW_M if set_.low else NEAR_M):
            break
    groups = a_cast(set_, chance, CAST_SIZE)
    gain = metered(plate.colour, set_.light)
    drawn = {thing.id: studio.layer(thing, 0.1 * thing.id) for group in groups for thing in group}
    standing = fixtures(set_.place.name, set_.seed)
    parked = Fixtures(set_.view, standing)
    fires = [_fires(set_, chance) for _ in range(FIRES)]
    for place in range(SET_SIZE):
        things = chosen(groups, chance, MOST)
        layers = {thing.id: drawn[thing.id] for thing in things}
        burning = fires[int(chance.integers(FIRES))] if chance.random() < FIRE_SHARE else {}
        composed = compose(plate, layers | burning, burning)
        seen = {**composed.seen, **parked.seen(composed.depth)}
        labels = {thing.id: label_of(thing.asset) for thing in (*things, *standing)}
        rain = float(chance.uniform(0.2, 1)) if chance.random() < _rains(set_) else 0.0
        rgb = picture(composed.colour, set_.light, a_look(chance), rain, seed, number * SET_SIZE + place, gain)
        yield Still(
            number * SET_SIZE + place,
            rgb,
            worth_labelling(seen, labels | {SMOKE_ID: SMOKE, FIRE_ID: FIRE}, rgb.shape[:2]),
        )


def sees_the_place(plate: Plate, near_m: float) -> bool:
    """Whether a camera that chance has hung somewhere looks at the place, and not into a tree or a wall."""
    return bool((plate.depth < near_m).mean() < 0.2)


def worth_labelling(
    things: Mapping[int, Seen], labels: Mapping[int, str], size: tuple[int, ...]
) -> tuple[tuple[str, Seen], ...]:
    """What has a word, and is visible and large enough."""
    height, width = size
    found = []
    for number, seen in things.items():
        box = seen.visible_box
        if box is None or labels[number] == OTHER or seen.visible < LEAST_VISIBLE:
            continue
        if (box[2] - box[0]) * width >= LEAST_PX / 2 and (box[3] - box[1]) * height >= LEAST_PX:
            found.append((labels[number], seen))
    return tuple(found)


def _rains(set_: Set) -> float:
    return 0.0 if set_.place.indoors else 0.12 if set_.light is not Light.DAY else 0.03


def _fires(set_: Set, chance: Chance) -> dict[int, Layer]:
    plume = a_fire(set_, chance)
    if plume is None:
        return {}
    return {SMOKE_ID: smoke(plume, set_.view, set_.light), FIRE_ID: fire(plume, set_.view, set_.light)}


def main(
    count: Annotated[int, typer.Argument(min=1, help="How many pictures there shall be in all.")],
    seed: Annotated[int, typer.Option(help="Another seed, other pictures.")] = 1,
    folder: Annotated[Path, typer.Option("--out", help="Where to.")] = ROOT / "out" / "stills",
) -> None:
    """Make training pictures until there are COUNT. May be interrupted; it goes on where it stopped."""
    from tools.footage.render import Studio  # noqa: PLC0415 - Blender comes only with this command's environment

    files = StillFiles(folder)
    files.describe()
    chance, began_s, made = np.random.default_rng(seed), time.monotonic(), 0
    columns = (TextColumn("stills"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out) as progress:
        task = progress.add_task("stills", total=count)
        for number in range(-(-count // SET_SIZE)):
            wanted = range(number * SET_SIZE, min(count, (number + 1) * SET_SIZE))
            if not all(files.has(n) for n in wanted):
                for still in stills(number, seed, Studio, list(PLACES.values())):
                    if still.number in wanted and not files.has(still.number):
                        files.write(still, int(chance.integers(70, 96)))
                        made += 1
                    progress.update(task, completed=still.number + 1)
            progress.update(task, completed=wanted.stop)
    minutes = (time.monotonic() - began_s) / 60
    rate = f", {made / minutes:.0f} a minute" if made else ""
    out.print(f"{count} pictures in {folder}: {made} made now{rate}; classes {', '.join(LABELS)}", highlight=False)


if __name__ == "__main__":
    typer.run(main)
