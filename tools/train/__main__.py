"""`python -m tools.train collect | learn | blend | export | fights`: what is interrupted goes on where it stopped."""

import copy
from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer
from rich.console import Console

from edge.models.making import card_text
from edge.vision.errors import ModelError
from edge.vision.struggle.weights import written
from tools.bench.footage import DATA
from tools.footage.files import ROOT
from tools.train import recipe
from tools.train.blend import blended
from tools.train.card import card_of
from tools.train.collect import Places, collect
from tools.train.export import export, folded
from tools.train.feed import Plan, batches, kept_in_memory, larger, people_of
from tools.train.fights import HEAD, WEIGHTS, WINDOWS, detectors, weights_of
from tools.train.labels import LABELS
from tools.train.loop import Progress, State, learn
from tools.train.network import Shape
from tools.train.released import begin_from
from tools.train.samples import Sample, read_samples, write_set
from tools.train.teacher import TEACHERS, Teachers
from tools.train.windows import clips, collected, together

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
out = Console()

Data = Annotated[Path, typer.Option(help="Folder of the data sets.")]
Stills = Annotated[Path, typer.Option(help="Pictures made by `make stills`.")]
Out = Annotated[Path, typer.Option("--out", help="Where lists, frames and checkpoints go.")]
MEASURED = 8
"""Batches on which features are measured, of a released detector and of a blended one."""
STILLS, OUT = ROOT / "out" / "stills", ROOT / "out" / "train"


@app.command("collect")
def collect_(data: Data = DATA, stills: Stills = STILLS, folder: Out = OUT) -> None:
    """Bring pictures together and let the ensemble label what is not labelled."""
    for name, count in collect(Places(data, stills, folder)).items():
        out.print(f"{name:20} {count:6}", highlight=False)


@app.command("learn")
def learn_(
    folder: Out = OUT,
    pictures: Annotated[int, typer.Option(help="How many pictures to look at in all.")] = recipe.Course().pictures,
    batch: Annotated[int, typer.Option(help="Pictures at once.")] = recipe.Course().batch,
    rate: Annotated[
        float | None,
        typer.Option(
            help=f"Learning rate; {recipe.Course().rate:g}, with --from {recipe.GENTLE_RATE:g}.", show_default=False
        ),
    ] = None,
    run: Annotated[str, typer.Option(help="Name of the run; another name, another beginning.")] = "default",
    threads: Annotated[int, typer.Option(help="Of torch.")] = 2,
    workers: Annotated[int, typer.Option(help="Processes that make pictures.")] = 1,
    in_memory: Annotated[
        bool, typer.Option("--in-memory", help="Keep all pictures in memory, 2 GB: with a GPU, which waits for nobody.")
    ] = False,
    by_heart: Annotated[int, typer.Option(help="Learn so many pictures by heart instead, unchanged: a test.")] = 0,
    times: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Show pictures so many times as large (usual: as before): what is tiny then fills its own cells.",
        ),
    ] = None,
    small: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the course, its beginning, in which pictures are small.")
    ] = recipe.Course().small,
    plain: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the course, its end, in which pictures are not mixed.")
    ] = recipe.Course().plain,
    only: Annotated[str, typer.Option(help="Learn this class alone, person for example: a test.")] = "",
    begin: Annotated[
        Path | None,
        typer.Option("--from", exists=True, dir_okay=False, help="Begin from this released detector (ONNX)."),
    ] = None,
    teachers: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Folder of detectors that say what they see in each picture."),
    ] = None,
) -> None:
    """Learn, or go on learning."""
    torch.set_num_threads(threads)
    # Pictures are made in threads and processes of our own; OpenCV's pool would not live on in a forked process.
    cv2.setNumThreads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    taught_by = teachers_in(teachers, device) if teachers else None
    rate = rate or (recipe.GENTLE_RATE if begin else recipe.Course().rate)
    course = recipe.Course(pictures=pictures, batch=batch, rate=rate, small=0 if begin else small, plain=plain)
    samples, weights = drawn(folder / "samples")
    if by_heart:
        samples, weights = by_heart_of(folder / "samples", by_heart)
        write_set(checkpoint_of(folder, run).parent / "by-heart", samples)
    if only:
        samples = [sample.only(class_of(only)) for sample in samples]
    small_until = 0 if by_heart else round(course.batches * course.small)
    mixed_until = round(course.batches * (1 - course.plain))
    kept = kept_in_memory(samples) if in_memory else {}
    people = [] if by_heart or course.plain >= 1 else people_of(samples, kept)
    state = State.fresh(course, Shape())
    checkpoint = checkpoint_of(folder, run)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    goes_on = checkpoint.is_file()
    if goes_on:
        state.load(checkpoint)
    state.times = times or state.times
    sizes = larger(state.times)
    plan = Plan(samples, weights, batch, course.seed, small_until, mixed_until, not by_heart, kept, people, sizes)
    if begin and not goes_on:
        try:
            begin_from(state.network, begin, batches(plan, 0, MEASURED, workers=0))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--from") from None
        state.average.load_state_dict(state.network.state_dict())
    state.network.to(device)
    state.average.to(device)
    out.print(f"{len(samples)} pictures to draw from; batch {state.done} of {course.batches}", highlight=False)

    def report(now: State, progress: Progress) -> None:
        now.save(checkpoint)
        line = (
            f"{progress.done:6} of {course.batches}  scores {progress.scores:.3f}  boxes {progress.boxes:.3f}"
            f"  rate {progress.rate:.1e}  {progress.pictures_per_s:.0f} pictures/s"
        )
        out.print(line, highlight=False)
        with (checkpoint.parent / "log.txt").open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    learn(state, course, plan, teachers=taught_by, workers=workers, every=100, report=report)


def teachers_in(folder: Path, device: torch.device) -> Teachers:
    """The teachers whose weights lie in a folder; in half precision on a GPU."""
    try:
        found = Teachers([folder / f"{name}.onnx" for name in TEACHERS]).to(device)
    except ModelError as error:
        raise typer.BadParameter(str(error), param_hint="--teachers") from None
    return found.half() if device.type == "cuda" else found


def drawn(folder: Path) -> tuple[list[Sample], list[float]]:
    """All training samples and how often each is drawn, relative to the others."""
    samples: list[Sample] = []
    weights: list[float] = []
    for path in sorted(folder.glob("*.jsonl")):
        weight = recipe.SETS.get(path.stem, recipe.STILLS if path.stem == "stills" else recipe.FRAMES)
        found = list(read_samples(path))
        samples += found
        photographs = path.stem in recipe.SETS.keys() - recipe.FIRES
        weights += [weight * (recipe.NOBODY if photographs and one.shows_nobody else 1.0) for one in found]
    return samples, weights


def by_heart_of(folder: Path, count: int) -> tuple[list[Sample], list[float]]:
    """A few labelled pictures, evenly from a list."""
    found = [sample for sample in read_samples(folder / "coco.jsonl") if sample.boxes]
    chosen = found[:: max(1, len(found) // count)][:count]
    return chosen, [1.0] * len(chosen)


def checkpoint_of(folder: Path, run: str) -> Path:
    """Where a run keeps what it has learned."""
    return folder / "runs" / run / "checkpoint.pt"


def class_of(name: str) -> int:
    """The number of a class."""
    if name not in LABELS:
        raise typer.BadParameter(f"{name} is no class; there are {', '.join(LABELS)}", param_hint="--only")
    return LABELS.index(name)


@app.command("blend")
def blend_(
    first: Annotated[str, typer.Argument(help="A run.")],
    second: Annotated[str, typer.Argument(help="Another that began where the first ended.")],
    run: Annotated[str, typer.Option(help="Name of the blend.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="How much of the second.")] = 0.7,
    folder: Out = OUT,
) -> None:
    """Mix the weights of two runs into a third, from which one may learn on."""
    course = recipe.Course()
    one, other = State.fresh(course, Shape()), State.fresh(course, Shape())
    for state, name in ((one, first), (other, second)):
        path = checkpoint_of(folder, name)
        if not path.is_file():
            raise typer.BadParameter(f"{name} is no run: {path} is not here; learn it first")
        state.load(path)
    samples, weights = drawn(folder / "samples")
    plan = Plan(samples, weights, course.batch, course.seed, 0, course.batches)
    mixed = blended(one.average, other.average, share, batches(plan, 0, MEASURED, workers=0))
    begun = State.fresh(course, Shape())
    begun.network.load_state_dict(mixed.state_dict())
    begun.average.load_state_dict(mixed.state_dict())
    path = checkpoint_of(folder, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    begun.save(path)
    out.print(f"written: {path}", highlight=False)


@app.command("export")
def export_(
    folder: Out = OUT,
    run: Annotated[str, typer.Option(help="Which run.")] = "default",
    into: Annotated[Path | None, typer.Option(help="Folder for the ONNX file.")] = None,
) -> None:
    """Write the ONNX file in full precision, and its card."""
    state = State.fresh(recipe.Course(), Shape())
    state.load(checkpoint_of(folder, run))
    path = (into or folder / "runs" / run) / "detector.onnx"
    export(folded(copy.deepcopy(state.average)), path)
    card = path.with_suffix(".yaml")
    card.write_text(card_text(card_of(path, state.times)), "utf-8")
    out.print(f"{card}: {path.stat().st_size / 1e6:.1f} MB", highlight=False)


@app.command("fights")
def fights_() -> None:
    """Measure clips of fights and everyday ones, and write the weights by which the edge knows a fight."""
    everything = list(clips())
    paths = []
    for clip, path in collected(everything, detectors(), WINDOWS):
        paths.append(path)
        out.print(f"{len(paths):4} of {len(everything)}  {clip.group}  {clip.path.name}", highlight=False)
    WEIGHTS.write_text(HEAD + written(weights_of(together(paths))), "utf-8")
    out.print(f"written: {WEIGHTS}", highlight=False)


if __name__ == "__main__":
    app()
