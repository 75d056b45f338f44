"""Logs made in a test."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from edge.config import CameraConfig
from edge.scenelog.header import Header
from edge.scenelog.writing import LogFile
from edge.vision.scene import Reading, Scene
from tests.edge.clips import BrightnessDetector
from tests.edge.scenes import GATE, SHED, START

RULES: list[dict[str, Any]] = [
    {"kind": "loitering", "zone": "shed", "after_s": 3, "forgive_s": 1, "least_way": 0},
    {"kind": "intrusion", "zone": "shed", "after_s": 0.5, "cooldown_s": 2, "name": "no entry"},
    {"kind": "line_crossing", "line": "gate"},
]
CAMERA = CameraConfig.model_validate(
    {
        "name": "yard",
        "source": "rtsp://viewer:sesame@camera/1",
        "timezone": "Asia/Shanghai",
        "zones": [SHED.model_dump()],
        "lines": [GATE.model_dump()],
        "rules": RULES,
    }
)


def header(camera: CameraConfig = CAMERA, *, run: str = "run", begins: datetime | None = START) -> Header:
    card = BrightnessDetector.card
    return Header.of(camera, card, node="gatehouse", run=run, model="brightness@0", begins=begins)


def write_log(path: Path, moments: Iterable[Scene | datetime], camera: CameraConfig = CAMERA, **more: Any) -> Path:
    """A log of scenes and silences."""
    with LogFile(path, header(camera, **more)) as log:
        for moment in moments:
            if isinstance(moment, Scene):
                log.add(moment)
            else:
                log.silent(moment)
    return path


def assert_same(found: Any, wanted: Any) -> None:
    """Equal in type and in every bit."""
    assert type(found) is type(wanted)
    if isinstance(wanted, np.ndarray):
        assert (found.dtype, found.shape, found.tobytes()) == (wanted.dtype, wanted.shape, wanted.tobytes())
        assert not found.flags.writeable
    elif isinstance(wanted, Scene | Reading) or hasattr(type(wanted), "__dataclass_fields__"):
        for name in type(wanted).__dataclass_fields__:
            assert_same(getattr(found, name), getattr(wanted, name))
    elif isinstance(wanted, tuple):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert_same(one, other)
    else:
        assert repr(found) == repr(wanted)  # NaN is the same as NaN here
