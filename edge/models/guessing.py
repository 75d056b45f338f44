"""Which card a network might have: every form of output that its shapes fit, every way to show it a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from dataclasses import replace as changed
from pathlib import Path

from pydantic import ValidationError

from edge.complaints import Complaint, complaint
from edge.models.evaluation.words import plain
from edge.models.network import Network, outputs_for
from edge.vision.card import UNKNOWN_LICENCE, Fit, ModelCard, unfit
from edge.vision.coco import COCO_80
from edge.vision.decode import Decoder, formats
from edge.vision.decode.base import UNIT, InputStyle
from edge.vision.errors import CardError, ModelShapeError

STRIDES = ((8, 16, 32), (8, 16, 32, 64), (16, 32), (4, 8, 16, 32), (32,))
USUAL_SIZE = 640
PHOTOGRAPHS = ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
"""Mean and deviation of ImageNet's pictures, red, green, blue, of 0..255."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the user says of the model; empty where he leaves it to the file."""

    name: str
    labels: tuple[str, ...] = ()
    licence: str = ""
    source: str = ""
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Assumed:
    """A card without hash, and what of it nobody has said."""

    card: ModelCard
    assumed: tuple[Complaint, ...]


def cards(network: Network, said: Said) -> list[Assumed]:
    """A card for each form of output that fits, shown pictures in the way usual for it.

    Raises ModelShapeError if none fits, CardError if labels are missing or of another number.
    """
    width, height, assumed = _size(network, said)
    network = changed(network, outputs=outputs_for(network, (width, height)))
    found, wrong = [], []
    for decoder in _decoders(network):
        strides = _strides(network, said, decoder, (width, height))
        if strides is None:
            continue
        try:
            labels, about_labels = _labels(network, said, decoder.classes_of(network.outputs))
        except CardError as error:
            wrong.append(error)
            continue
        card = _card(network, said, decoder, labels, strides, (width, height))
        found.append(Assumed(card, (*assumed, *about_labels, *_about_licence(card))))
    if not found and wrong:
        raise wrong[0]
    if not found:
        outputs = [str(shape) for shape in network.outputs]
        raise ModelShapeError(complaint("import.no_form", path=network.file, outputs=outputs))
    return found


def other_styles(card: ModelCard) -> Iterator[ModelCard]:
    """The same card with every other way to show it a picture."""
    means = [(1.0, (0.0,) * 3, (1.0,) * 3), (UNIT, (0.0,) * 3, (1.0,) * 3), (1.0, *PHOTOGRAPHS)]
    for fit in Fit:
        for colour in ("rgb", "bgr"):
            for scale, mean, std in means:
                order = slice(None, None, -1 if colour == "bgr" else 1)
                style = {"fit": fit, "colour": colour, "scale": scale, "mean": mean[order], "std": std[order]}
                other = card.model_copy(update={"input": card.input.model_copy(update=style)})
                if other != card:
                    yield other


def style_text(card: ModelCard) -> Complaint:
    """How a card shows pictures, for people."""
    shown = card.input
    fit, values = shown.fit.value, "0..1" if shown.scale == UNIT else "0..255"
    if any(shown.mean):
        mean = [f"{value:g}" for value in shown.mean]
        return complaint("models.style_less", fit=fit, colour=shown.colour, values=values, mean=mean)
    return complaint("models.style", fit=fit, colour=shown.colour, values=values)


def _decoders(network: Network) -> Sequence[type[Decoder]]:
    """The forms that come into question: key points only where the metadata tell of them."""
    pose = network.metadata.get("task") == "pose"
    return [decoder for name, decoder in formats().items() if (name == "yolo_pose") == pose]


def _strides(network: Network, said: Said, decoder: type[Decoder], size: tuple[int, int]) -> tuple[int, ...] | None:
    """The grids with which the outputs are of this form; None if with none."""
    classes = decoder.classes_of(network.outputs)
    if classes is not None and classes <= 0:
        return None
    nameless = tuple(f"class {number}" for number in range(classes or 1))
    fitting = (
        strides
        for strides in STRIDES
        if decoder(_card(network, said, decoder, nameless, strides, size)).fits(network.outputs)
    )
    return next(fitting, None)


def _size(network: Network, said: Said) -> tuple[int, int, tuple[Complaint, ...]]:
    width, height = network.size
    if said.size is not None:
        if any(fixed not in (0, wanted) for fixed, wanted in zip(network.size, said.size, strict=True)):
            asked = f"{said.size[0]}x{said.size[1]}"
            raise CardError(complaint("import.size", path=network.file, said=asked, found=f"{width}x{height}"))
        return *said.size, ()
    if width and height:
        return width, height, ()
    stated = network.metadata.get("imgsz", "").strip("[]").split(",")
    if len(stated) == 2 and all(part.strip().isdecimal() for part in stated):
        return width or int(stated[1]), height or int(stated[0]), ()
    width, height = width or USUAL_SIZE, height or USUAL_SIZE
    return width, height, (complaint("models.assumed.size", size=f"{width}×{height}"),)


def _labels(network: Network, said: Said, classes: int | None) -> tuple[tuple[str, ...], tuple[Complaint, ...]]:
    """Names of the classes, and what of them is assumed."""
    stated = said.labels or network.names
    if stated:
        if classes is not None and len(stated) != classes:
            where = "--labels" if said.labels else complaint("import.names_of_metadata")
            problem = complaint(
                "import.names", path=network.file, where=where, count=len(stated), names=stated, classes=classes
            )
            raise CardError(problem)
        return tuple(map(plain, stated)), ()
    if classes in (None, len(COCO_80)):
        return COCO_80, (complaint("models.assumed.labels"),)
    raise CardError(complaint("import.no_names", path=network.file, classes=classes))


def _about_licence(card: ModelCard) -> tuple[Complaint, ...]:
    if card.licence != UNKNOWN_LICENCE:
        return ()
    return (complaint("models.assumed.licence", licence=UNKNOWN_LICENCE),)


def _card(
    network: Network,
    said: Said,
    decoder: type[Decoder],
    labels: tuple[str, ...],
    strides: tuple[int, ...],
    size: tuple[int, int],
) -> ModelCard:
    style: InputStyle = decoder.usual_input
    described, _, trained_on = network.metadata.get("description", "").partition(" trained on ")
    shown = {"width": size[0], "height": size[1], "layout": network.layout}
    fields = {
        "name": said.name,
        "title": described.strip() or network.file.stem,
        "licence": said.licence or network.licence or UNKNOWN_LICENCE,
        "source": said.source or network.metadata.get("docs", "") or "imported from a file of the user's",
        "file": network.file.name,
        "input": shown | asdict(style),
        "format": decoder.format,
        "labels": labels,
        "threshold": decoder.usual_threshold,
        "strides": strides,
        "trained_on": Path(trained_on).name,
    }
    try:
        return ModelCard.model_validate(fields)
    except ValidationError as error:
        raise CardError(unfit(network.file, error)) from None
