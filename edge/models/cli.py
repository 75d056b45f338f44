"""shouwang-edge models: commands that parse, call and print."""

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from edge.models.evaluation.labelled import LabelledSet
from edge.models.files import write_whole
from edge.models.measuring import Evaluation, Measured, measure, read_set, shared_words
from edge.models.speed import inference_ms
from edge.models.tables import scores_table, speed_sentence
from edge.vision.card import MODELS, ModelCard, find_card, load_card, sha256_of
from edge.vision.detector import OnnxDetector

models = typer.Typer(no_args_is_help=True, help="Detectors and their cards.")
out = Console()
err = Console(stderr=True)

TIMED_PICTURES = 8
"""Pictures that inference is timed on, in turn."""

Model = Annotated[Path, typer.Argument(help="A model card or an ONNX file.")]


@models.command("list")
def list_models(folder: Annotated[Path, typer.Option(help="Folder of cards.")] = MODELS) -> None:
    """Show every model card with its licence."""
    table = Table("name", "licence", "input", "format", "threshold", "weights", "notes")
    for path in sorted(folder.glob("*.yaml")):
        card = load_card(path)
        here = "here" if (folder / card.file).is_file() else "not here"
        size = f"{card.input.width}×{card.input.height}"
        table.add_row(card.name, card.licence, size, card.format, f"{card.threshold:.2f}", here, card.notes.strip())
    out.print(table)


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
