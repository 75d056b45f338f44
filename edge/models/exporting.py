"""PyTorch weights of Ultralytics' YOLOs made into ONNX with a card, by their own package.

ultralytics is AGPL-3.0, so it is no part of this program: it is an optional package of its user's, loaded here and
nowhere else. Loading weights runs what is pickled in them: only weights that one trusts should be exported.
"""

import contextlib
import importlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace as changed
from pathlib import Path, PurePath
from typing import Any

from edge.complaints import Complaint, complaint
from edge.files import leave_alone, write_whole, written_whole
from edge.models.errors import MissingPackageError
from edge.models.guessing import Said, cards
from edge.models.importing import Imported, name_of, prove
from edge.models.making import card_text
from edge.models.network import read_network
from edge.models.registry import registered
from edge.vision.card import ModelCard, sha256_of
from edge.vision.errors import ModelError, ModelFileError

USUAL_SIZE = (640, 640)
TASKS = ("detect", "pose")
QUIET = {"YOLO_VERBOSE": "False", "YOLO_AUTOINSTALL": "False"}
"""What their package reads when it is loaded: it neither talks nor installs packages by itself."""


def export_model(
    weights: Path,
    size: tuple[int, int] = USUAL_SIZE,
    *,
    pictures: Sequence[Path] = (),
    to: Path | None = None,
    replace: bool = False,
    tried: Callable[[Complaint], None] = lambda style: None,
) -> Imported:
    """Write NAME_WIDTH.onnx and its card beside the weights, or into `to`; the network is proved as in `import_model`.

    Weights that the registry knows by their hash keep what its card says of them. Raises MissingPackageError without
    ultralytics, ModelError if the weights cannot be used, TargetError if nothing can be written.
    """
    name = f"{name_of(weights)[:52]}_{size[0]}" + (f"x{size[1]}" if size[0] != size[1] else "")
    folder = to or weights.parent
    target, card_path = folder / f"{name}.onnx", folder / f"{name}.yaml"
    leave_alone(target, card_path, replace=replace)
    _must_be_weights(weights)
    with tempfile.TemporaryDirectory() as working:
        made = _exported(weights, size, Path(working))
        named = made.rename(made.with_name(target.name))
        try:
            network = read_network(named)
            probed, assumed = prove(network, cards(network, Said(name)), pictures, tried)
        except ModelError as error:
            raise type(error)(*(_about(weights, one, named) for one in error.complaints)) from None
        card = with_what_is_known(probed.card, sha256_of(weights))
        with written_whole(target) as part:
            shutil.copyfile(named, part)
    write_whole(card_path, card_text(card))
    return Imported(card, card_path, target, probed, assumed)


def with_what_is_known(card: ModelCard, weights_sha256: str) -> ModelCard:
    """The card, with thresholds, figures and words of the registered card of the weights it was made from, if any."""
    known = next((one.card for one in registered() if one.card.sha256 == weights_sha256), None)
    if known is None or known.labels != card.labels:
        return card
    taken = ("licence", "threshold", "low_threshold", "trained_on", "measured", "weaknesses")
    changes = {name: getattr(known, name) for name in taken}
    title = known.title.removesuffix(", PyTorch weights")
    return card.model_copy(update=changes | {"title": title, "source": f"{known.source}, {known.file}"})


def _about(weights: Path, said: Complaint, made: Path) -> Complaint:
    """What is said of a file that will be gone, said of the weights it was made from."""
    arguments = {
        name: str(value).replace(str(made), str(weights)) if isinstance(value, str | PurePath) else value
        for name, value in said.arguments.items()
    }
    return changed(said, arguments=arguments)


def _must_be_weights(weights: Path) -> None:
    if not weights.is_file():
        raise ModelFileError(complaint("export.not_here", path=weights, name=weights.stem))
    if not zipfile.is_zipfile(weights):
        raise ModelFileError(complaint("export.no_weights", path=weights))


def _exported(weights: Path, size: tuple[int, int], folder: Path) -> Path:
    """The ONNX file that their package makes, in a folder of our own. Raises ModelFileError with their reason."""
    ultralytics = _ultralytics()
    own = folder / weights.name
    try:
        shutil.copyfile(weights, own)
        with contextlib.redirect_stdout(io.StringIO()):
            model = ultralytics.YOLO(str(own))
            if model.task not in TASKS:
                raise ModelFileError(complaint("export.task", path=weights, task=model.task))
            # nms=False: the head that needs no suppression, where there is one; older versions take it in any case.
            made = model.export(format="onnx", imgsz=[size[1], size[0]], dynamic=False, half=False, batch=1, nms=False)
    except ModelFileError:
        raise
    except Exception as error:  # torch and ultralytics raise anything, and the disk may be full
        why, version = " ".join(str(error).split()) or type(error).__name__, ultralytics.__version__
        raise ModelFileError(complaint("export.failed", path=weights, version=version, why=why)) from None
    path = Path(str(made))
    if not path.is_file():
        raise ModelFileError(complaint("export.no_file", path=weights, version=ultralytics.__version__))
    return path


def _ultralytics() -> Any:  # noqa: ANN401 - a package that is not always there
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        return importlib.import_module("ultralytics")
    except (ImportError, OSError) as error:  # it may be here, and what it needs itself is not: torch, libGL.so
        if isinstance(error, ModuleNotFoundError) and error.name == "ultralytics":
            raise MissingPackageError(complaint("export.no_package")) from None
        raise MissingPackageError(complaint("export.package_fails", why=" ".join(str(error).split()))) from None
