"""A card for a user's own ONNX file: read from the file, and proved on known pictures."""

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from edge.complaints import Complaint, complaint
from edge.files import leave_alone, write_whole, written_whole
from edge.models.guessing import Assumed, Said, cards, other_styles, style_text
from edge.models.making import card_text
from edge.models.network import Network, in_order, read_network
from edge.models.probing import COVERED, NOTHING, Probed, probe, read_pictures
from edge.vision.card import ModelCard, sha256_of
from edge.vision.errors import CardError, ModelFileError

MARGIN = 0.1
"""How much surer another way to show pictures must make a network than the usual one: below it is chance."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it. `assumed`: sentences on what nobody has said."""

    card: ModelCard
    card_path: Path
    weights: Path
    probed: Probed
    assumed: tuple[Complaint, ...]


def import_model(
    file: Path,
    said: Said,
    *,
    pictures: Sequence[Path] = (),
    to: Path | None = None,
    replace: bool = False,
    tried: Callable[[Complaint], None] = lambda style: None,
) -> Imported:
    """Write a card beside the file, or with `to` beside a copy of it there; `tried` hears of each way that is tried.

    Raises ModelError where the file is no detector, fits no known form, or never finds anything; LabelledSetError for
    a picture that cannot be read; TargetError where nothing can be written. Nothing is written before all is proved.
    """
    network = read_network(file)
    folder = to or file.parent
    target, weights = folder / f"{file.stem}.yaml", folder / file.name
    elsewhere = folder.resolve() != file.parent.resolve()
    leave_alone(target, *[weights] * elsewhere, replace=replace)
    probed, assumed = prove(network, cards(network, said), pictures, tried)
    if elsewhere:
        with written_whole(weights) as part:
            shutil.copyfile(file, part)
    write_whole(target, card_text(probed.card))
    return Imported(probed.card, target, weights, probed, assumed)


def prove(
    network: Network,
    guesses: Sequence[Assumed],
    pictures: Sequence[Path] = (),
    tried: Callable[[Complaint], None] = lambda style: None,
) -> tuple[Probed, tuple[Complaint, ...]]:
    """The card that finds best, and what of it is assumed. Raises ModelFileError if none finds anything."""
    extra, digest = read_pictures(pictures), sha256_of(network.file)

    def look(card: ModelCard) -> Probed:
        tried(complaint("models.import.trying", format=card.format, style=style_text(card)))
        return probe(card.model_copy(update={"sha256": digest}), network.file, extra)

    usual = [(look(guess.card), guess) for guess in guesses]
    best, guess = max(usual, key=lambda pair: pair[0].sureness)
    about = None
    if not network.by_ultralytics:
        form, style = best.card.format, style_text(best.card)
        about = complaint("models.assumed.style", format=form, style=style)
        if best.there:
            other = max(map(look, other_styles(guess.card)), key=lambda probed: probed.sureness)
            about = complaint("models.assumed.style_tried", format=form, style=style)
            if other.sureness > best.sureness + MARGIN:
                best, about = other, complaint("models.assumed.style_found", style=style_text(other.card))
    _refuse(network.file, best)
    return best, (*guess.assumed, *([about] if about else []))


def _refuse(file: Path, best: Probed) -> None:
    if best.highest <= NOTHING:
        raise ModelFileError(complaint("import.never_finds", path=file, pictures=best.pictures, highest=best.highest))
    if best.there and best.covered < COVERED:
        raise ModelFileError(
            complaint("import.misread", path=file, there=best.there, pictures=best.pictures, format=best.card.format)
        )


def read_labels(path: Path) -> tuple[str, ...]:
    """Class names: one on a line, or a YAML file with `names`. Raises CardError."""
    try:
        text = path.read_text("utf-8-sig")  # some editors put a byte order mark before the first name
        document = yaml.safe_load(text) if path.suffix in {".yaml", ".yml"} else None
    except (OSError, ValueError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise CardError(complaint("import.labels_unreadable", path=path, why=why)) from None
    named = document.get("names") if isinstance(document, dict) else document
    if document is None:
        named = [line.strip() for line in text.splitlines() if line.strip()]
    names = in_order(named)
    if not names:
        raise CardError(complaint("import.no_labels", path=path))
    return names


def name_of(file: Path) -> str:
    """A card's name made from the file's."""
    return re.sub(r"[^a-z0-9_.-]+", "-", file.stem.lower()).strip("-_.")[:63] or "model"
