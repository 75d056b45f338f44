"""shouwang-edge models: commands that parse, call and print."""

import json
import re
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.status import Status

from edge.complaints import Complaint, tell
from edge.files import write_whole
from edge.models.comparing import make_smaller
from edge.models.evaluation.labelled import LabelledSet
from edge.models.exporting import export_model
from edge.models.fetching import fetch
from edge.models.frames import read_frames
from edge.models.guessing import Said
from edge.models.importing import import_model, name_of, read_labels
from edge.models.measuring import Evaluation, Measured, measure, read_set, shared_words
from edge.models.registry import every, named, own_copy, own_folder, registered
from edge.models.showing import (
    err,
    models_table,
    one_model,
    out,
    say,
    say_compared,
    say_fetched,
    say_imported,
    scores_table,
    speed_sentence,
)
from edge.models.speed import TIMED_PICTURES, inference_ms
from edge.options import OF_SYSTEM, Language
from edge.vision.card import MODELS, ModelCard, find_card, sha256_of
from edge.vision.detector import OnnxDetector
from protocol.messages import Text
from protocol.sentences import phrase

models = typer.Typer(no_args_is_help=True, help="Detectors and their cards.")

OwnModels = Annotated[
    Path | None, typer.Option("--to", help="Folder of your own models; default ~/.local/share/shouwang/models.")
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over files of that name.")]
NAME = TextColumn("{task.description}", markup=False)
"""What a bar of progress is of: names of files and folders may hold braces and brackets."""
Model = Annotated[Path, typer.Argument(help="A model card or an ONNX file.")]


@models.command("list")
def list_models(
    name: Annotated[str | None, typer.Argument(help="Show all that is known of this one.")] = None,
    folder: Annotated[Path, typer.Option(help="Folder of cards with its registry.yaml.")] = MODELS,
    own_models: OwnModels = None,
    language: Language = OF_SYSTEM,
) -> None:
    """Show the models there are, each with its licence; with a NAME everything its card says."""
    listed = list(every(own_models or own_folder(), folder))
    if name is None:
        out.print(models_table(listed, language))
        say(tell("models.list.more", language))
        return
    found = next((one for one in listed if one.card.name == name), None) or named(name, folder)
    out.print(one_model(found, language))


@models.command()
def pull(
    name: Annotated[str, typer.Argument(help="A model's name in the list.")],
    to: OwnModels = None,
    folder: Annotated[Path, typer.Option(help="Folder of cards with its registry.yaml.")] = MODELS,
    language: Language = OF_SYSTEM,
) -> None:
    """Fetch a model from its card's address: goes on where it was cut off, and keeps nothing of another hash."""
    target = to or own_folder()
    card = named(name, folder).card
    copy = own_copy(name, target)
    if copy is not None and not card.sha256:
        card = card.model_copy(update={"sha256": copy.card.sha256})
    if card.address:
        say(tell("models.licence_from", language, title=card.title, licence=card.licence, address=card.address))
    else:
        say(tell("models.licence", language, title=card.title, licence=card.licence))
    columns = (NAME, BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(card.file, total=None)
        result = fetch(card, target, lambda done, total: progress.update(task, completed=done, total=total))
    say_fetched(result, language)


@models.command()
def verify(
    models_: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="Cards or ONNX files.")],
    language: Language = OF_SYSTEM,
) -> None:
    """Check hash, inputs and outputs of models against their cards."""
    for model in models_:
        card, weights = find_card(model, MODELS)
        OnnxDetector(card, weights)
        said = {"title": card.title, "licence": card.licence, "sha256": sha256_of(weights)}
        say(tell("models.verified", language, path=weights, **said))


@models.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Your ONNX file.")],
    labels: Annotated[Path | None, typer.Option(help="Class names in the network's order, one on a line.")] = None,
    licence: Annotated[str, typer.Option(help="The weights' licence (SPDX), if you know it.")] = "",
    source: Annotated[str, typer.Option(help="Where the weights come from.")] = "",
    name: Annotated[str, typer.Option(help="The card's name; default: the file's.")] = "",
    size: Annotated[str, typer.Option(help="Input size as WIDTHxHEIGHT, where the file leaves it free.")] = "",
    picture: Annotated[list[Path] | None, typer.Option(help="Also show it this picture; may be repeated.")] = None,
    to: Annotated[Path | None, typer.Option(help="Put card and a copy of the file here; default: beside it.")] = None,
    replace: Replace = False,
    language: Language = OF_SYSTEM,
) -> None:
    """Make a card for an ONNX FILE of your own: read what it says, and prove it on known pictures.

    A network that never finds anything, or fits no known form of output, is refused.
    """
    said = Said(
        name or name_of(file), read_labels(labels) if labels else (), licence, source, _size(size) if size else None
    )
    with err.status(tell("models.import.shown", language, file=file.name)) as status:
        tried = _told_to(status, language)
        imported = import_model(file, said, pictures=picture or (), to=to, replace=replace, tried=tried)
    say_imported(imported, language)
    same = next((one.card for one in registered() if one.card.sha256 == imported.card.sha256), None)
    if same is not None:
        say(tell("models.import.same", language, name=same.name, licence=same.licence))


def _told_to(status: Status, language: str) -> Callable[[Complaint], None]:
    """Shows what is being done."""
    return lambda what: status.update(what.told(language))


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,4})[x×](\d{2,4})", text)
    if match is None:
        raise typer.BadParameter(f"«{text}» is no size; write for example 640x384", param_hint="--size")
    return int(match[1]), int(match[2])


@models.command()
def export(
    weights: Annotated[Path, typer.Argument(metavar="WEIGHTS.pt", help="YOLO11, YOLO26 or weights trained from them.")],
    size: Annotated[str, typer.Option(help="Input size as WIDTHxHEIGHT; smaller is faster.")] = "640x640",
    picture: Annotated[list[Path] | None, typer.Option(help="Also show it this picture; may be repeated.")] = None,
    to: Annotated[Path | None, typer.Option(help="Put ONNX file and card here; default: beside the weights.")] = None,
    replace: Replace = False,
    language: Language = OF_SYSTEM,
) -> None:
    """Turn PyTorch weights into ONNX with a card, by the package ultralytics (AGPL-3.0, an extra).

    Loading weights runs what is pickled in them: export only those you trust.
    """
    with err.status(tell("models.export.becomes", language, file=weights.name)) as status:
        tried = _told_to(status, language)
        made = export_model(weights, _size(size), pictures=picture or (), to=to, replace=replace, tried=tried)
    say_imported(made, language)
    say(tell("models.use", language, card=made.card_path))


@models.command()
def quantize(
    model: Model,
    frames: Annotated[Path, typer.Option(help="Folder of pictures or clips of your cameras, or one clip.")],
    sets: Annotated[list[Path] | None, typer.Option("--set", help="Measure both on this labelled set as well.")] = None,
    count: Annotated[int, typer.Option(min=2, help="Frames: half calibrate, half compare.")] = 64,
    to: Annotated[Path | None, typer.Option(help="Put copy and card here; default: beside the model.")] = None,
    replace: Replace = False,
    language: Language = OF_SYSTEM,
) -> None:
    """Make a static INT8 copy of a model, and say what it costs in accuracy and gains in speed on this machine."""
    card, weights = find_card(model, MODELS)
    labelled = [read_set(path) for path in sets or ()]
    pictures = read_frames(frames, count)
    with err.status(card.file) as status:
        step = _told_to(status, language)
        compared = make_smaller(
            card, weights, pictures, to or weights.parent, sets=labelled, replace=replace, step=step
        )
    say_compared(compared, language)


@models.command("eval")
def evaluate_model(
    card: Model,
    sets: Annotated[
        list[Path], typer.Argument(metavar="SET...", help="Folders with images/ and labels/, or rendered clips.")
    ],
    document: Annotated[Path | None, typer.Option("--json", help="Also write every figure into this file.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of one inference while measuring.")] = 1,
    language: Language = OF_SYSTEM,
) -> None:
    """Measure a model on labelled sets: AP50, recall at one false box per picture, by height, and speed here.

    AP50 is the area under the precision envelope over all points, boxes matched greedily by score, one to one, at an
    overlap of 0.5. Classes that a set does not label are not counted.
    """
    found, weights = find_card(card, MODELS)
    labelled = [read_set(path) for path in sets]
    for one in labelled:
        shared_words(found, one)
    say(tell("models.licence", language, title=found.title, licence=found.licence))
    measured = []
    for one in labelled:
        measured.append(_measured(found, weights, one, threads))
        out.print(scores_table(measured[-1], language))
        if measured[-1].unknown:
            say(tell("models.eval.unknown", language, words=measured[-1].unknown))
    detector = OnnxDetector(found, weights)
    inputs = [detector.prepared(one.picture) for one in islice(labelled[0].pictures(), TIMED_PICTURES)]
    evaluation = Evaluation(found, tuple(measured), inference_ms(weights, inputs))
    say(speed_sentence(evaluation.speed, language))
    if document is not None:
        write_whole(document, json.dumps(evaluation.document(), indent=2, ensure_ascii=False) + "\n")
        say(phrase(Text(id="bench.written", arguments={"path": str(document)}), language))


def _measured(card: ModelCard, weights: Path, labelled: LabelledSet, threads: int) -> Measured:
    columns: Sequence[TextColumn | BarColumn | MofNCompleteColumn | TimeRemainingColumn] = (
        NAME,
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(labelled.name, total=labelled.count)
        return measure(card, weights, labelled, threads=threads, seen=lambda: progress.advance(task))
