"""Rules over the ways of real people, without a detector: who runs, who crosses, who stays."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.rules.base import Place, Rule
from edge.rules.line_crossing import LineCrossing, LineCrossingSettings
from edge.rules.loitering import Loitering, LoiteringSettings
from edge.rules.running import Running, RunningSettings
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from protocol.kinds import Phase
from protocol.messages import Line, Zone
from tests.edge.scenes import START
from tests.edge.trajectories import read

RUNNERS = {"eth": {189, 318}}
"""The two who run in ETH; everybody else in all scenes walks, the fastest at 2.2 m/s."""
WIDE, HIGH, PETS_FPS = 768, 576, 10.0


@pytest.mark.parametrize("name", ["eth", "hotel", "zara01"])
def test_of_all_who_walk_only_those_who_run_are_raised(shared_data: Path, name: str) -> None:
    walks = read(name, shared_data / "trajectories")
    rule = Running(RunningSettings(zone="everywhere"), walks.place)
    begun = [f.objects for scene in walks.scenes() for f in rule.step(scene).findings if f.phase is Phase.BEGIN]
    assert {track for objects in begun for track in objects} == RUNNERS.get(name, set())


def pets(shared_data: Path) -> list[Scene]:
    """PETS 2009 S2.L1 by its truth."""
    truth = np.loadtxt(shared_data / "tracking/mot15/PETS09-S2L1/gt.txt", delimiter=",")
    scenes = []
    for frame in range(1, int(truth[:, 0].max()) + 1, 2):
        rows = truth[truth[:, 0] == frame]
        rows = rows[np.argsort(rows[:, 1])]
        x, y, wide, high = rows[:, 2:6].T
        boxes = np.stack([x / WIDE, y / HIGH, (x + wide) / WIDE, (y + high) / HIGH], axis=1).clip(0, 1)
        tracks = Tracks(
            ids=rows[:, 1].astype(np.int64),
            labels=("person",) * len(rows),
            scores=np.ones(len(rows), np.float32),
            boxes=boxes.astype(np.float32),
            seen=np.ones(len(rows), np.bool_),
            ages_s=np.zeros(len(rows), np.float32),
        )
        at = START + timedelta(seconds=frame / PETS_FPS)
        scenes.append(Scene("pets", frame, at, tracks, Decision(Reason.MOTION), aspect=WIDE / HIGH))
    return scenes


def place(shared_data: Path) -> Place:
    drawn: dict[str, Any] = json.loads((shared_data / "tracking/pets_geometry.json").read_text())
    size = np.array([WIDE, HIGH])
    zones = {n: Zone(name=n, polygon=tuple(map(tuple, np.array(z) / size))) for n, z in drawn["zones"].items()}
    lines = {n: Line(name=n, start=tuple(a / size), end=tuple(b / size)) for n, (a, b) in drawn["lines"].items()}
    return Place("pets", zones, lines)


def begun(rule: Rule[Any], scenes: list[Scene]) -> list[tuple[float, int]]:
    found = [(f.at, f.objects[0]) for scene in scenes for f in rule.step(scene).findings if f.phase is Phase.BEGIN]
    return [((at - START).total_seconds(), track) for at, track in found]


@pytest.mark.parametrize("line", ["L1", "L2"])
def test_line_crossings_on_pets_are_those_that_were_counted(shared_data: Path, line: str) -> None:
    with (shared_data / "tracking/pets_events.csv").open() as file:
        truth = [(float(r["t_start_s"]), int(r["gt_id"])) for r in csv.DictReader(file) if r["name"] == line]
    found = begun(LineCrossing(LineCrossingSettings(line=line), place(shared_data)), pets(shared_data))
    met = [(t, who) for t, who in truth if any(who == other and abs(t - at) <= 1.5 for at, other in found)]
    assert len(met) >= 0.9 * len(truth)  # one person touches L1 for 0.3 s and turns: two of 34
    assert len(found) <= 1.05 * len(truth) + 1


def test_who_stays_at_the_crossing_of_pets_loiters(shared_data: Path) -> None:
    rule = Loitering(LoiteringSettings(zone="Z3_crossing", after_s=10, forgive_s=1), place(shared_data))
    with (shared_data / "tracking/pets_events.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r["name"] == "Z3_crossing"]
    stays = {int(r["gt_id"]) for r in rows if float(r["t_end_s"]) - float(r["t_start_s"]) > 10}
    assert {who for _, who in begun(rule, pets(shared_data))} == stays
