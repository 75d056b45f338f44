"""What is normal, learnt from filmed paths of pedestrians; how well injected anomalies stand out from the rest.

The first six tenths of each scene's people are learnt, by time; the others are judged as they are, and changed: three
times as fast, standing still for ten seconds on the way, on a way turned by a quarter, or moved to where hardly anybody
is. Scenes in which people stand about have nothing unusual in somebody who stands.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from edge.learning.normality import COLUMNS, ROWS, Normality, Sample
from edge.rules.unusual import BODY_M, GLIDE, UnusualSettings
from tools.bench.footage import DATA, need
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_least, at_most

PATHS = DATA / "trajectories"
LEARNT = 0.6
STEP_S = 0.4
REMARK = (
    "The one alert in 18 minutes: somebody stands still for ten seconds where nobody had been in the seven minutes "
    "that were learnt. On a node a camera learns for a day before it says anything."
)
Path3 = NDArray[np.float64]
"""(N, 3): seconds, metres, metres."""


def paths(file: Path) -> list[Path3]:
    """Everybody of a scene who is seen for two seconds, in the order in which they come."""
    found = defaultdict(list)
    with file.open(encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            found[int(row["ped"])].append((float(row["t_s"]), float(row["x_m"]), float(row["y_m"])))
    people = [np.array(sorted(points)) for points in found.values() if len(points) >= 6]
    return sorted(people, key=lambda path: float(path[0, 0]))


def samples(path: Path3, low: NDArray[np.float64], high: NDArray[np.float64]) -> list[Sample]:
    """A path as the rule would sample it; velocities over two steps."""
    found = []
    for index, (second, x, y) in enumerate(path.tolist()):
        before = path[max(0, index - 2)]
        passed_s = second - before[0]
        across, down = ((x - before[1]) / passed_s, (y - before[2]) / passed_s) if passed_s else (math.nan, math.nan)
        place = (np.array([x, y]) - low) / (high - low)
        found.append(Sample(float(place[0]), float(place[1]), across / BODY_M, down / BODY_M, "person"))
    return found


def glided(normality: Normality, seen: list[Sample]) -> NDArray[np.float64]:
    """Surprise of each sample, as the rule lets it glide."""
    glide: NDArray[np.float64] | None = None
    found = []
    moments = np.array([sample[:4] for sample in seen])
    for nats in normality.surprises(moments[:, :2], moments[:, 2:], [sample.label for sample in seen]):
        before = nats if glide is None else glide
        known = np.where(np.isnan(before), nats, before + GLIDE * (nats - before))
        glide = np.where(np.isnan(nats), before, known)
        found.append(glide)
    return np.array(found)


def greatest(normality: Normality, seen: list[Sample]) -> float:
    """How rare the rarest moment of a path is: log10 of one in so many samples."""
    return float(normality.rarity(glided(normality, seen)).max())


def raises(normality: Normality, seen: list[Sample], limit: float) -> bool:
    """Whether the rule would tell of a path: somewhere on it is so rare for as long as the rule wants to see."""
    longest = lasts = 0
    for rare in (normality.rarity(glided(normality, seen)).max(axis=1) >= limit).tolist():
        lasts = lasts + 1 if rare else 0
        longest = max(longest, lasts)
    return longest > 0 and (longest - 1) * STEP_S >= UnusualSettings().after_s


def faster(path: Path3, _: Callable[[], NDArray[np.float64]]) -> Path3:
    """Three times as fast."""
    changed = path.copy()
    changed[:, 0] = path[0, 0] + (path[:, 0] - path[0, 0]) / 3
    return changed


def stopped(path: Path3, _: Callable[[], NDArray[np.float64]]) -> Path3:
    """Ten seconds of standing in the middle of the way."""
    middle, count = len(path) // 2, round(10 / STEP_S)
    hold = np.repeat(path[middle : middle + 1], count, axis=0)
    hold[:, 0] += STEP_S * np.arange(1, count + 1)
    rest = path[middle + 1 :].copy()
    rest[:, 0] += 10
    return np.concatenate([path[: middle + 1], hold, rest])


def turned(path: Path3, _: Callable[[], NDArray[np.float64]]) -> Path3:
    """The same way, a quarter turned about its middle."""
    changed, centre = path.copy(), path[:, 1:].mean(axis=0)
    across, down = (path[:, 1:] - centre).T
    changed[:, 1:] = centre + np.stack([-down, across], axis=1)
    return changed


def moved(path: Path3, somewhere: Callable[[], NDArray[np.float64]]) -> Path3:
    """Through a place where hardly anybody goes."""
    changed = path.copy()
    changed[:, 1:] += somewhere() - path[len(path) // 2, 1:]
    return changed


ANOMALIES: Mapping[str, Callable[[Path3, Callable[[], NDArray[np.float64]]], Path3]] = {
    "speed": faster,
    "stop": stopped,
    "wrong way": turned,
    "new place": moved,
}


def area_under_curve(normal: NDArray[np.float64], odd: NDArray[np.float64]) -> float:
    """The chance that something odd is rarer than something normal; equals count half (Mann and Whitney 1947)."""
    return float((odd[:, None] > normal[None]).mean() + (odd[:, None] == normal[None]).mean() / 2)


def judged(people: list[Path3], seed: int = 0) -> tuple[Mapping[str, float], float]:
    """The area under the curve of each anomaly in a scene, and how many alerts an hour normal people raise.

    Alerts are the rule's at its defaults: so rare that it is seen once in eight hours, for a second.
    """
    everywhere = np.concatenate(people)[:, 1:]
    low, high = everywhere.min(axis=0) - 0.5, everywhere.max(axis=0) + 0.5
    learnt, rest = people[: int(LEARNT * len(people))], people[int(LEARNT * len(people)) :]
    normality, chance = Normality(), np.random.default_rng(seed)
    for path in learnt:
        seen = samples(path, low, high)
        normality.come(12)
        normality.learn(seen, glided(normality, seen))

    def somewhere() -> NDArray[np.float64]:
        empty = np.argwhere(normality.places == 0)
        row, column = empty[chance.integers(len(empty))]
        place: NDArray[np.float64] = low + (high - low) * np.array([(column + 0.5) / COLUMNS, (row + 0.5) / ROWS])
        return place

    as_they_are = [samples(path, low, high) for path in rest]
    normal = np.array([greatest(normality, seen) for seen in as_they_are])
    areas = {
        name: area_under_curve(
            normal, np.array([greatest(normality, samples(change(path, somewhere), low, high)) for path in rest])
        )
        for name, change in ANOMALIES.items()
    }
    hours = (learnt[-1][-1, 0] - learnt[0][0, 0]) / 3600
    limit = math.log10(normality.seen / hours * 8 * 5)
    watched = (rest[-1][-1, 0] - rest[0][0, 0]) / 3600
    return areas, sum(raises(normality, seen, limit) for seen in as_they_are) / watched


def bench() -> Result:
    """Every scene."""
    need(PATHS)
    rows, areas, alerts = [], [], []
    for file in sorted(PATHS.glob("*.csv")):
        people = paths(file)
        found, an_hour = judged(people)
        areas += list(found.values())
        alerts.append(an_hour)
        rows.append((file.stem, str(len(people)), *(number(area) for area in found.values()), number(an_hour)))
    figures = (
        Figure("mean area under the curve, injected anomalies", fmean(areas), "", at_least(0.9)),
        Figure("alerts an hour from people as they are, mean of scenes", fmean(alerts), "", at_most(1)),
    )
    given = (
        "ETH and UCY paths in metres. The first 60 % of each scene's people are learnt, minutes and not days; the "
        "others are judged as they are and with something injected. Alerts: at the rule's defaults, once in eight "
        "hours and for a second."
    )
    head = ("scene", "people", *ANOMALIES, "alerts an hour")
    return Result("What is unusual", given, figures, (Table("Area under the curve", head, tuple(rows)),), (REMARK,))
