"""The rule stage alone: every kind there is switched on, a crowd of tracks that wander in and out of zone and line."""

import statistics
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.config import CameraConfig
from edge.rules import kinds
from edge.rules.engine import RuleEngine
from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from edge.vision.senses.base import Senses
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_most

TRACKS, FRAMES, FPS = 50, 1500, 5
WARM_FRAMES = 300
REMARKS = (
    "Before each frame the senses look at its picture (on a node the detector does, too), so that the rules find the "
    "processor's caches filled with other things. With nothing between frames they do not.",
    "The machine of the figures is another every day: seven runs alone took 0.85 to 1.36 ms on this one, 0.92 in the "
    "median, and 1.2 to 1.6 ms with two other programs beside them; on slower ones it took 1.9 to 2.2 ms.",
)
START = datetime(2026, 1, 1, tzinfo=UTC)
NEEDED: Mapping[str, Any] = {"zone": "zone", "line": "line", "direction": [[0.3, 0.5], [0.7, 0.5]]}
"""What some rules cannot do without, by the name of the field."""
GROUND = [[0.2, 0.2, -10, 30], [0.8, 0.2, 10, 30], [0.8, 0.9, 3, 5], [0.2, 0.9, -3, 5]]
SQUARE = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]


def camera() -> CameraConfig:
    """One rule of each kind, on the one zone or line."""
    rules: list[dict[str, Any]] = []
    for kind, rule in kinds().items():
        fields = rule.settings_model.model_fields
        rules.append(
            {"kind": str(kind)}
            | {name: value for name, value in NEEDED.items() if name in fields and fields[name].is_required()}
        )
    return CameraConfig.model_validate(
        {
            "name": "bench",
            "source": "none.mp4",
            "zones": [{"name": "zone", "polygon": SQUARE}],
            "lines": [{"name": "line", "start": [0.5, 0.1], "end": [0.5, 0.9]}],
            "ground": GROUND,
            "rules": rules,
        }
    )


def senses() -> Senses:
    """All that some rule asks for."""
    return Senses.asked_for(sense for rule in kinds().values() for sense in rule.senses)


def picture(boxes: NDArray[np.float32], index: int) -> Picture:
    """A wall with what is in the boxes before it, small: enough for the senses to have something to say."""
    random = np.random.default_rng(2)
    pixels = np.repeat(random.integers(60, 180, (90, 160, 1), np.uint8), 3, axis=2)
    for person, (x1, y1, x2, y2) in enumerate((boxes[:20] * [160, 90, 160, 90]).astype(int)):
        pixels[y1:y2, x1:x2] = (37 * person + index % 3) % 256
    return Picture.of_array(pixels)


def scenes(tracks: int = TRACKS, frames: int = FRAMES) -> Iterator[Scene]:
    """People who wander; the same every time."""
    random, measured = np.random.default_rng(1), senses()
    feet, steps = random.uniform(0.1, 0.9, (tracks, 2)), random.normal(0, 0.01, (tracks, 2))
    for index in range(frames):
        steps = 0.9 * steps + random.normal(0, 0.005, feet.shape)
        feet = np.clip(feet + steps, 0.05, 0.95)
        boxes = (
            np.concatenate([feet - np.array([0.02, 0.15]), feet + np.array([0.02, 0])], axis=1)
            .clip(0, 1)
            .astype(np.float32)
        )
        at, gate = START + timedelta(seconds=index / FPS), Decision(Reason.MOTION)
        seen = Tracks(
            ids=np.arange(1, tracks + 1),
            labels=("person",) * tracks,
            scores=np.full(tracks, 0.9, np.float32),
            boxes=boxes,
            seen=np.ones(tracks, np.bool_),
            ages_s=np.full(tracks, index / FPS, np.float32),
        )
        readings = measured.measure(Frame("bench", index, at, picture(boxes, index)), seen, gate)
        yield Scene("bench", index, at, seen, gate, 0, readings)


def judged(engine: RuleEngine, shown: Iterable[Scene]) -> tuple[list[float], int]:
    """Milliseconds of each scene, and how much was found."""
    spent_ms: list[float] = []
    findings = 0
    for scene in shown:
        start_s = time.thread_time()
        judgement = engine.step(scene)
        spent_ms.append(1000 * (time.thread_time() - start_s))
        findings += len(judgement.findings)
    return spent_ms, findings


def bench() -> Result:
    """Every frame by itself, in processor time of this thread: what others do on the machine does not count."""
    engine = RuleEngine(camera().build_rules(), explain=False)
    names = ", ".join(str(rule.kind) for rule in engine.rules)
    spent_ms, findings = judged(engine, scenes())
    explained_ms, _ = judged(RuleEngine(camera().build_rules(), explain=True), scenes())
    at_once_ms, _ = judged(RuleEngine(camera().build_rules(), explain=False), list(scenes(frames=WARM_FRAMES)))
    row = (*(number(ms) for ms in (statistics.median(spent_ms), *np.percentile(spent_ms, [95, 99]))), str(findings))
    return Result(
        f"The rule stage with {TRACKS} tracks and every kind on",
        f"{FRAMES} synthetic scenes of {TRACKS} people who wander in and out of one zone and over one line; "
        f"{len(engine.rules)} rules: {names}. With nothing between frames: the first {WARM_FRAMES} of them.",
        (
            Figure("mean processor time of a frame", statistics.fmean(spent_ms), "ms", at_most(1)),
            Figure("the same with reasons why not, as for `replay --debug`", statistics.fmean(explained_ms), "ms"),
            Figure("the same with nothing between frames", statistics.fmean(at_once_ms), "ms"),
        ),
        (Table("Times, ms a frame", ("median", "95 %", "99 %", "findings"), (row,)),),
        REMARKS,
    )
