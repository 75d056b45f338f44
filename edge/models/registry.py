"""Which models there are: the cards that registry.yaml names, and those that a user has fetched or made."""

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.complaints import complaint
from edge.documents import plain_sentence, read
from edge.vision.card import MODELS, REGISTRY, ModelCard, cards_in, load_card
from edge.vision.errors import CardError


class RegistryFile(BaseModel):
    """Card files of the folder, in the order in which people see them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A card and where it stands. `weights`: the file if it is here."""

    card: ModelCard
    path: Path
    weights: Path | None


def own_folder() -> Path:
    """Where fetched models go: ~/.local/share/shouwang/models, or what XDG_DATA_HOME says."""
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "shouwang" / "models"


def registered(folder: Path = MODELS) -> list[Listed]:
    """The cards that the folder's registry names. Raises CardError, ConfigError."""
    document = read(folder / REGISTRY)
    try:
        names = RegistryFile.model_validate(document.fields).models
    except ValidationError as error:
        raise CardError(*document.problems(error, plain_sentence)) from None
    return [_listed(folder / name) for name in names]


def own(folder: Path) -> list[Listed]:
    """The cards in a user's folder; empty if there is none."""
    return [_listed(path) for path in cards_in(folder)]


def named(name: str, folder: Path = MODELS) -> Listed:
    """The model of that name in the registry. Raises CardError naming those there are."""
    known = {listed.card.name: listed for listed in registered(folder)}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    if near:
        raise CardError(complaint("registry.no_model_near", name=name, near=near[0], known=list(known)))
    raise CardError(complaint("registry.no_model", name=name, known=list(known)))


def own_copy(name: str, folder: Path) -> Listed | None:
    """The user's own copy of a registered model's card, if he has one; its weights may be gone."""
    return next((one for one in own(folder) if one.card.name == name), None)


def every(own_models: Path, folder: Path = MODELS) -> Iterator[Listed]:
    """The registered models, then the user's own others."""
    names = set()
    for listed in registered(folder):
        names.add(listed.card.name)
        copy = own_copy(listed.card.name, own_models)
        yield copy if copy is not None and copy.weights is not None else listed
    yield from (one for one in own(own_models) if one.card.name not in names)


def _listed(path: Path) -> Listed:
    card = load_card(path)
    weights = path.parent / card.file
    return Listed(card, path, weights if weights.is_file() else None)
