"""shouwang-edge models: commands that parse, call and print."""

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from edge.models.evaluation.labelled import LabelledSet
from edge.models.fetching import Fetched, fetch
from edge.models.files import write_whole
from edge.models.measuring import Evaluation, Measured, measure, read_set, shared_words
from edge.models.registry import every, fetched, named, own_folder
from edge.models.speed import inference_ms
from edge.models.tables import models_table, one_model, scores_table, speed_sentence
from edge.vision.card import MODELS, ModelCard, find_card, sha256_of
from edge.vision.detector import OnnxDetector

models = typer.Typer(no_args_is_help=True, help="Detectors and their cards.")
out = Console()
err = Console(stderr=True)

TIMED_PICTURES = 8
"""Pictures that inference is timed on, in turn."""

OwnModels = Annotated[
    Path | None, typer.Option("--to", help="Folder of your own models; default ~/.local/share/shouwang/models.")
]
Model = Annotated[Path, typer.Argument(help="A model card or an ONNX file.")]


@models.command("list")
def list_models(
    name: Annotated[str | None, typer.Argument(help="Show all that is known of this one.")] = None,
    folder: Annotated[Path, typer.Option(help="Folder of cards with its registry.yaml.")] = MODELS,
    own_models: OwnModels = None,
) -> None:
    """Show the models there are, each with its licence; with a NAME everything its card says."""
    listed = list(every(own_models or own_folder(), folder))
    if name is None:
        out.print(models_table(listed))
        out.print("more of one: shouwang-edge models list NAME", highlight=False)
        return
    found = next((one for one in listed if one.card.name == name), None) or named(name, folder)
    out.print(one_model(found))


@models.command()
def pull(
    name: Annotated[str, typer.Argument(help="A model's name in the list.")],
    to: OwnModels = None,
    folder: Annotated[Path, typer.Option(help="Folder of cards with its registry.yaml.")] = MODELS,
) -> None:
    """Fetch a model from its card's address: goes on where it was cut off, and keeps nothing of another hash."""
    target = to or own_folder()
    card = named(name, folder).card
    copy = fetched(name, target)
    if copy is not None and not card.sha256:
        card = card.model_copy(update={"sha256": copy.card.sha256})
    out.print(f"«{card.title}», licence {card.licence}, from {card.address}", highlight=False, soft_wrap=True)
    columns = (TextColumn(card.file), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(card.file, total=None)
        result = fetch(card, target, lambda done, total: progress.update(task, completed=done, total=total))
    say_fetched(result)


def say_fetched(result: Fetched) -> None:
    """What is where, how far its hash is to be trusted, and what comes next."""
    kept = "is here already" if result.already else "fetched"
    out.print(f"{kept}: {result.weights}, sha256 {result.card.sha256}", highlight=False, soft_wrap=True)
    if result.first:
        text = "this file's hash was not known before: it now stands in the card, and later pulls are held against it"
        out.print(text, style="yellow", highlight=False, soft_wrap=True)
    if result.card.to_export:
        following = f"PyTorch weights are not run; next: shouwang-edge models export {result.weights}"
    else:
        following = f"use it with --model {result.card_path}"
    out.print(following, highlight=False, soft_wrap=True)


@models.command()
def verify(models_: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="Cards or ONNX files.")]) -> None:
    """Check hash, inputs and outputs of models against their cards."""
    for model in models_:
        card, weights = find_card(model, MODELS)
        OnnxDetector(card, weights)
        out.print(f"{weights}: «{card.title}», {card.licence}, sha256 {sha256_of(weights)[:12]}…, fits its card")


@models.command("eval")
def evaluate_model(
    card: Model,
    sets: Annotated[
        list[Path], typer.Argument(metavar="SET...", help="Folders with images/ and labels/, or rendered clips.")
    ],
    document: Annotated[Path | None, typer.Option("--json", help="Also write every figure into this file.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of one inference while measuring.")] = 1,
) -> None:
    """Measure a model on labelled sets: AP50, recall at one false box per picture, by height, and speed here.

    AP50 is the area under the precision envelope over all points, boxes matched greedily by score, one to one, at an
    overlap of 0.5. Classes that a set does not label are not counted.
    """
    found, weights = find_card(card, MODELS)
    labelled = [read_set(path) for path in sets]
    for one in labelled:
        shared_words(found, one)
    out.print(f"«{found.title}», licence {found.licence}", highlight=False)
    measured = []
    for one in labelled:
        measured.append(_measured(found, weights, one, threads))
        out.print(scores_table(measured[-1]))
        if measured[-1].unknown:
            out.print(f"labelled there, unknown to this model: {', '.join(measured[-1].unknown)}", highlight=False)
    detector = OnnxDetector(found, weights)
    inputs = [detector.prepared(one.picture) for one in islice(labelled[0].pictures(), TIMED_PICTURES)]
    evaluation = Evaluation(found, tuple(measured), inference_ms(weights, inputs))
    out.print(speed_sentence(evaluation.speed), highlight=False)
    if document is not None:
        write_whole(document, json.dumps(evaluation.document(), indent=2, ensure_ascii=False) + "\n")
        out.print(f"written: {document}", highlight=False, soft_wrap=True)


def _measured(card: ModelCard, weights: Path, labelled: LabelledSet, threads: int) -> Measured:
    columns: Sequence[TextColumn | BarColumn | MofNCompleteColumn | TimeRemainingColumn] = (
        TextColumn(labelled.name),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(labelled.name, total=labelled.count)
        return measure(card, weights, labelled, threads=threads, seen=lambda: progress.advance(task))
