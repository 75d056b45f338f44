"""The modules of the peers' environment, with stand-ins for the peers."""

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

from tools.bench.peers.job import Job

JOB = Job("clip.mp4", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), ("person",))
WEIGHTS = Path("yolo11n_320.onnx")


class Yolo:
    """Loads its file when it is first asked to look."""

    made: ClassVar[list["Yolo"]] = []

    def __init__(self, *_: object, **__: object) -> None:
        self.predictor: Any = None
        self.resets = 0
        self.looks = 0
        Yolo.made.append(self)

    def track(self, _: object, **__: object) -> list[object]:
        if self.predictor is None:
            self.predictor = SimpleNamespace(trackers=[self])
        self.looks += 1
        return [object()]

    def reset(self) -> None:
        self.resets += 1


@pytest.fixture
def ultra(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module, made anew; what it sets in the environment goes again."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    parts: dict[str, dict[str, object]] = {
        "supervision": {},
        "torch": {},
        "ultralytics": {"YOLO": Yolo},
        "ultralytics.nn": {},
        "ultralytics.nn.autobackend": {"AutoBackend": object},
    }
    for name, held in parts.items():
        module = ModuleType(name)
        vars(module).update(held)
        monkeypatch.setitem(sys.modules, name, module)
    names = ("tools.bench.peers.ultra", "tools.bench.peers.watching")
    for name in names:
        sys.modules.pop(name, None)
    yield importlib.import_module(names[0])
    for name in names:
        sys.modules.pop(name, None)


def test_ultralytics_has_loaded_its_model_before_it_is_timed_and_tracks_from_nothing(ultra: ModuleType) -> None:
    ultra.make(WEIGHTS, JOB)
    model = Yolo.made[-1]
    assert model.predictor is not None
    assert (model.looks, model.resets) == (1, 1)


def test_every_run_of_a_peer_gets_a_model_of_its_own(ultra: ModuleType) -> None:
    first, second = (ultra.make(WEIGHTS, JOB) for _ in range(2))
    assert first is not second
    assert Yolo.made[-1] is not Yolo.made[-2]
