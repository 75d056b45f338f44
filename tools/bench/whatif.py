"""How long "what if" takes over a day of one camera, as `shouwang-edge whatif` does it after it has started."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.bench.whatif.dials import parse_dial
from edge.bench.whatif.trying import Tried, try_out, undisturbed
from edge.config import CameraConfig
from edge.scenelog.header import Header
from edge.scenelog.reading import read_runs
from edge.scenelog.writing import LogFile
from edge.vision.card import MODELS, find_card
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from tools.bench.measure import in_turn, median_cpu_s, median_wall_s
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_most

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY_S, FPS, ROUNDS = 86_400, 5, 5
VALUES = "shed.after_s=60,70,90"
DAYS = {"quiet": 0.04, "busy": 1 / 3}
"""Of what share of the day somebody is in the zone."""
STAY_S, WAY_S = (20.0, 120.0), 12.0
"""How long somebody stays in the zone, and how long he walks to it and from it."""
REMARK = (
    "The machine of the figures is another every day: the same three values of the quiet day took 0.73 to 1.4 s on a "
    "slower one, then still with Python's collection of garbage."
)
BODY = np.array([0.05, 0.3])
"""Half the width of a box, and its height."""
OUT, IN = np.array([0.05, 0.7]), np.array([0.6, 0.6])
QUIET, MOVING = Decision(Reason.QUIET), Decision(Reason.MOTION)


def camera() -> CameraConfig:
    """One zone, in which nobody may stay for long."""
    return CameraConfig.model_validate(
        {
            "name": "yard",
            "source": "none.mp4",
            "zones": [{"name": "shed", "polygon": [[0.4, 0.4], [0.8, 0.4], [0.8, 0.8], [0.4, 0.8]]}],
            "rules": [{"kind": "loitering", "zone": "shed"}],
        }
    )


def visits(share: float) -> list[tuple[float, float]]:
    """When people enter the zone and leave it, seconds: one after another, at times of chance."""
    found: list[tuple[float, float]] = []
    chance, free_s, mean_s = np.random.default_rng(1), WAY_S, sum(STAY_S) / 2
    while True:
        enters_s = free_s + float(chance.exponential(mean_s * (1 - share) / share))
        leaves_s = enters_s + float(chance.uniform(*STAY_S))
        if leaves_s + WAY_S >= DAY_S:
            return found
        found.append((enters_s, leaves_s))
        free_s = leaves_s


def foot(at_s: float, enters_s: float, leaves_s: float) -> NDArray[np.float64]:
    """Where a visitor stands: on the way, or strolling about in the zone."""
    away = min(1.0, max(0.0, (enters_s - at_s) / WAY_S, (at_s - leaves_s) / WAY_S))
    stroll = 0.05 * np.array([np.sin(at_s / 7), np.cos(at_s / 5)])
    return (1 - away) * (IN + stroll) + away * OUT


def scenes(share: float) -> Iterator[Scene]:
    """A whole day."""
    coming = list(enumerate(visits(share), 1))
    here: list[tuple[int, tuple[float, float]]] = []
    for index in range(DAY_S * FPS):
        at_s = index / FPS
        while coming and coming[0][1][0] - WAY_S <= at_s:
            here.append(coming.pop(0))
        here = [visit for visit in here if at_s <= visit[1][1] + WAY_S]
        at, gate = START + timedelta(seconds=at_s), MOVING if here else QUIET
        yield Scene("yard", index, at, tracks(at_s, here) if here else Tracks.none(), gate)


def tracks(at_s: float, here: list[tuple[int, tuple[float, float]]]) -> Tracks:
    """Those who are in view."""
    feet = np.array([foot(at_s, *visit) for _, visit in here])
    return Tracks(
        ids=np.array([who for who, _ in here]),
        labels=("person",) * len(here),
        scores=np.full(len(here), 0.9, np.float32),
        boxes=np.concatenate([feet - BODY, feet + BODY * (1, 0)], axis=1).astype(np.float32),
        seen=np.ones(len(here), np.bool_),
        ages_s=np.array([at_s - visit[0] + WAY_S for _, visit in here], np.float32),
    )


def write(path: Path, share: float) -> Path:
    """The log of such a day."""
    card, _ = find_card(MODELS / "shouwang_416.yaml", MODELS)
    with LogFile(path, Header.of(camera(), card, node="gatehouse", run="run", model="none")) as log:
        for scene in scenes(share):
            log.add(scene)
    return path


def tried(path: Path) -> Tried:
    """Three limits over a log."""
    config = camera()
    with undisturbed():
        return try_out(read_runs(path), [config], [parse_dial(VALUES, config)], 1.0)


def bench() -> Result:
    """Both days, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [write(Path(folder) / f"{name}.scenes", share) for name, share in DAYS.items()]
        quiet, busy = in_turn(*(lambda path=path: tried(path) for path in paths), rounds=ROUNDS)
        rows = tuple(row(name, path) for name, path in zip(DAYS, paths, strict=True))
    return Result(
        "What if: a day of one camera at other limits",
        f"`--set {VALUES}` over made-up days of one loitering zone at {FPS} pictures a second, after the program has "
        f"started; the median of {ROUNDS} rounds.",
        (
            Figure("time for three values, quiet day", median_wall_s(quiet), "s", at_most(1)),
            Figure("the same, busy day", median_wall_s(busy), "s"),
            Figure("processor time, quiet day", median_cpu_s(quiet), "s"),
            Figure("processor time, busy day", median_cpu_s(busy), "s"),
        ),
        (Table("Days", ("day", "zone in use, %", "MB", "visits", "alerts at 60, 70, 90 s"), rows),),
        (REMARK,),
    )


def row(name: str, path: Path) -> tuple[str, ...]:
    """What a day is like."""
    share = DAYS[name]
    begun = ", ".join(str(one.alerts) for one in tried(path).rows)
    return name, number(100 * share), number(path.stat().st_size / 1e6), str(len(visits(share))), begun
