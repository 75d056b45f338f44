"""`shouwang-edge models export` as a person meets it, with a stand-in for the package that must not be among ours."""

import errno
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import pytest

from edge.models.exporting import with_what_is_known
from edge.models.registry import named
from edge.vision.card import load_card
from tests.conftest import REPOSITORY
from tests.edge.command import Command
from tests.edge.vision.networks import save_constant_network

METADATA = {
    "author": "Ultralytics",
    "description": "Ultralytics YOLO11n model trained on /somewhere/yard.yaml",
    "license": "AGPL-3.0 License (https://ultralytics.com/license)",
    "docs": "https://docs.ultralytics.com",
    "task": "detect",
    "names": "{0: 'fire', 1: 'smoke'}",
}


def write_network(weights: Path, *, best: float = 0.9) -> Path:
    """What their exporter writes beside the weights: a network of 64×64 that is sure of one fire."""
    table = np.zeros((1, 6, 84), np.float32)
    table[0, :5, 0] = [2, 20, 3, 3, best]
    path = save_constant_network(weights.with_suffix(".onnx"), [table])
    model = onnx.load(path)
    onnx.helper.set_model_props(model, METADATA)
    onnx.save(model, str(path))
    return path


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file that looks like weights from outside."""
    path = tmp_path / "yard.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    return path


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Puts a stand-in for ultralytics in place; returns the list of what `export` is called with."""

    def install(export: Callable[[Path], object] = write_network, task: str = "detect") -> list[dict[str, Any]]:
        called: list[dict[str, Any]] = []

        class YOLO:
            def __init__(self, path: str) -> None:
                self.path, self.task = Path(path), task

            def export(self, **options: Any) -> object:
                called.append(options)
                sys.stdout.write("they talk a lot")
                return export(self.path)

        module = ModuleType("ultralytics")
        module.YOLO, module.__version__ = YOLO, "8.9"  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "ultralytics", module)
        return called

    return install


def test_weights_become_onnx_with_a_card(
    command: Command, weights: Path, package: Callable[..., list[dict[str, Any]]], tmp_path: Path
) -> None:
    called = package()
    code, said, _ = command("models", "export", weights, "--size", "64x64", "--to", tmp_path / "out")
    assert code == 0
    assert "they talk a lot" not in said
    assert "licence AGPL-3.0-only" in said
    assert called == [{"format": "onnx", "imgsz": [64, 64], "dynamic": False, "half": False, "batch": 1, "nms": False}]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"yard_64.onnx", "yard_64.yaml"}
    card = load_card(tmp_path / "out" / "yard_64.yaml")
    assert (card.labels, card.licence, card.trained_on) == (("fire", "smoke"), "AGPL-3.0-only", "yard.yaml")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["yard.pt"], "nothing else is left about"


def test_what_became_of_the_weights_is_told_in_chinese_too(
    command: Command, weights: Path, package: Callable[..., list[dict[str, Any]]], tmp_path: Path
) -> None:
    package()
    code, said, _ = command("models", "export", weights, "--size", "64x64", "--language", "zh")
    assert code == 0
    assert said.startswith(f"{tmp_path}/yard_64.yaml：yolo，64×64，2 个类别，许可证 AGPL-3.0-only\n")
    assert said.endswith(f"使用时加上 --model {tmp_path}/yard_64.yaml\n")


def test_width_and_height_may_differ(
    command: Command, weights: Path, package: Callable[..., list[dict[str, Any]]]
) -> None:
    called = package()
    command("models", "export", weights, "--size", "640x384")
    assert called[0]["imgsz"] == [384, 640], "theirs is height, width"


def test_without_the_package_one_sentence_names_it_and_its_licence(
    command: Command, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    code, _, complaint = command("models", "export", weights)
    assert code == 11
    assert complaint.startswith(
        "exporting needs the package ultralytics (AGPL-3.0), which is not installed: pip install"
    )
    assert list(tmp_path.iterdir()) == [weights]


def test_a_package_that_cannot_be_loaded_is_not_said_to_be_missing(
    command: Command, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "packages").mkdir()
    broken = 'raise ImportError("libGL.so.1: cannot open shared object file")'
    (tmp_path / "packages" / "ultralytics.py").write_text(broken, "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    monkeypatch.delitem(sys.modules, "ultralytics", raising=False)
    code, _, complaint = command("models", "export", weights)
    assert code == 11
    assert complaint.startswith("the package ultralytics is here but cannot be loaded (libGL.so.1: cannot open shared")


def test_a_temporary_folder_that_is_full_is_said(
    command: Command, weights: Path, package: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    package()
    monkeypatch.setattr(shutil, "copyfile", full)
    code, _, complaint = command("models", "export", weights)
    assert (code, "cannot export it: [Errno 28] No space left on device" in complaint) == (5, True)


def _fails(_: Path) -> None:
    raise RuntimeError("no module named\n onnxslim")


@pytest.mark.parametrize(
    ("export", "task", "text"),
    [
        (_fails, "detect", "yard.pt: ultralytics 8.9 cannot export it: no module named onnxslim"),
        (lambda path: path.with_name("nothing.onnx"), "detect", "yard.pt: ultralytics 8.9 wrote no ONNX file"),
        (write_network, "segment", "yard.pt: is a model for «segment»; the edge needs one that detects"),
        (lambda path: write_network(path, best=0.0), "detect", "yard.pt: never finds anything: its highest score on"),
    ],
)
def test_what_cannot_be_exported_is_said_and_leaves_nothing(
    command: Command,
    weights: Path,
    package: Callable[..., object],
    export: Callable[[Path], object],
    task: str,
    text: str,
) -> None:
    package(export, task)
    code, _, complaint = command("models", "export", weights, "--size", "64x64")
    assert (code, text in complaint, "Traceback" in complaint) == (5, True, False), complaint
    assert list(weights.parent.iterdir()) == [weights]


def test_weights_that_are_cut_off_or_missing_are_named(command: Command, weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:20])
    code, _, complaint = command("models", "export", weights)
    assert (code, "yard.pt: is no file of PyTorch weights (.pt), or is cut off" in complaint) == (5, True)
    code, _, complaint = command("models", "export", weights.with_name("yolo11n.pt"))
    assert (code, "yolo11n.pt: is not here; fetch it with shouwang-edge models pull yolo11n" in complaint) == (5, True)


def test_weights_of_the_list_keep_what_its_card_says() -> None:
    pulled = named("yolo11n").card
    made = pulled.model_copy(update={"file": "yolo11n_640.onnx", "sha256": "0" * 64, "threshold": 0.3, "measured": ()})
    card = with_what_is_known(made, pulled.sha256)
    assert (card.threshold, card.measured, card.weaknesses) == (pulled.threshold, pulled.measured, pulled.weaknesses)
    assert (card.file, card.sha256, card.title) == ("yolo11n_640.onnx", "0" * 64, "YOLO11n 640 (COCO)")
    assert with_what_is_known(made, "1" * 64) == made


def test_the_package_is_named_in_one_module_only() -> None:
    texts = {path.name: path.read_text("utf-8") for path in (REPOSITORY / "edge").rglob("*.py")}
    assert [name for name, text in texts.items() if 'import_module("ultralytics")' in text] == ["exporting.py"]
    assert [name for name, text in texts.items() if re.search(r"(import|from) ultralytics", text)] == []
