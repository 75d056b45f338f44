"""Bring all pictures together as lists of samples; what is done is not done again."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.progress import track

from edge.models.pictures import read_picture
from tools.footage.stills import SET_SIZE
from tools.train import recipe
from tools.train.ensemble import Ensemble
from tools.train.labels import BAG, PERSON
from tools.train.samples import AGAIN, Sample, read_samples, write_samples
from tools.train.sources import filled, frames, labelled, open_kinds_of, stills


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: `data` holds detection/, clips/, fights/, falls/, weights/; `stills` is of `make stills`."""

    data: Path
    stills: Path
    out: Path

    def list_of(self, name: str) -> Path:
        """The file of a list."""
        return self.out / "samples" / f"{name}.jsonl"


def collect(places: Places) -> dict[str, int]:
    """Make every list that is missing; those of stills always, for there may be more. Gives their lengths."""
    counts = {}
    ensemble: Ensemble | None = None
    for name, samples in wanted(places):
        path = places.list_of(name)
        if not path.is_file():
            ensemble = ensemble or Ensemble([places.data / "weights" / f"{m}.onnx" for m in recipe.ENSEMBLE])
            write_samples(path, _filled(samples, ensemble, name))
        counts[name] = sum(1 for _ in read_samples(path))
    counts["stills"] = write_samples(places.list_of("stills"), stills(places.stills, SET_SIZE, held=False))
    return counts


def wanted(places: Places) -> Iterator[tuple[str, Iterable[Sample]]]:
    """Name and samples of every list, before the ensemble has looked; sets that are not there are left out."""
    for name in recipe.SETS:
        folder = places.data / "detection" / name / "train"
        if folder.is_dir():
            yield name, labelled(folder, everyday=name not in recipe.FIRES)
    for source in recipe.FRAME_SOURCES:
        yield f"frames-{source.folder}", _frames(places, source)


def _frames(places: Places, source: recipe.FrameSource) -> Iterator[Sample]:
    held = held_fights(places.data / "fights" / "index.csv") if source.folder == "fights" else frozenset()
    for clip in sorted((places.data / source.folder).glob("*.mp4")):
        if clip.stem.startswith(source.prefixes) and clip.name not in held:
            for picture in frames(clip, source.every_s, places.out / "frames" / source.folder):
                yield Sample(str(picture), silent=(PERSON, 1, 2, 3, 4, 5, BAG))


def held_fights(index: Path) -> frozenset[str]:
    """Clips of the places that are left out; fights and quiet clips of one place go together."""
    with index.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sources = sorted({row["source"] for row in rows})
    held = set(sources[:: recipe.HELD_FIGHTS])
    return frozenset(row["file"] for row in rows if row["source"] in held)


def _filled(samples: Iterable[Sample], ensemble: Ensemble, name: str) -> Iterator[Sample]:
    for sample in track(list(samples), description=name):
        if not open_kinds_of(sample):
            yield sample
            continue
        bgr = read_picture(Path(sample.picture), AGAIN)
        seen = filled(sample, ensemble.look(bgr, lying=name in recipe.LYING))
        # Who lies on the floor is lost by every detector: a picture in which nobody is found may well show somebody.
        if name != "frames-falls" or PERSON in seen.classes:
            yield seen
