"""What is normal, learnt from filmed paths of pedestrians; how well injected anomalies stand out from the rest.

Each scene's people, in the order in which they come, are parted in five; each fifth is judged by what the other four
have taught, so that everybody is judged once. Besides, the last four tenths are judged by the first six, as on a camera
that has watched for some minutes only. Judged are people as they are, and changed: three times as fast, standing still
for ten seconds on the way, on a way turned by a quarter, or moved to where hardly anybody is. Scenes in which people
stand about have nothing unusual in somebody who stands.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
Part = tuple[float, float]
"""From where to where in the row of a scene's people they are judged; all others are learnt."""
FIFTHS: Sequence[Part] = [(fifth / 5, (fifth + 1) / 5) for fifth in range(5)]
LATEST: Sequence[Part] = [(0.6, 1.0)]
STEP_S = 0.4
REMARKS = (
    "No alert in so many hours says, with 95 % certainty, no more than that there are fewer than three in as many.",
    "What is learnt in minutes is too little to call anything once in eight hours but a pace: of what was injected the "
    "rule tells as little as the columns say. On a node a camera learns for a day before it says anything; no set here "
    "is so long.",
    "The one alert of the last four tenths: somebody stands still for ten seconds where nobody had been in the seven "
    "minutes that were learnt.",
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


def rarities(normality: Normality, seen: list[Sample]) -> NDArray[np.float64]:
    """How rare each moment of a path is (N,): log10 of one in so many samples."""
    rare: NDArray[np.float64] = normality.rarity(glided(normality, seen)).max(axis=1)
    return rare


def raises(moments: NDArray[np.float64], limit: float) -> bool:
    """Whether the rule would tell of a path: somewhere on it is so rare for as long as the rule wants to see."""
    longest = lasts = 0
    for rare in (moments >= limit).tolist():
        lasts = lasts + 1 if rare else 0
        longest = max(longest, lasts)
    return longest > 0 and (longest - 1) * STEP_S >= UnusualSettings().after_s


def faster(path: Path3, _: Callable[[], NDArray[np.float64]]) -> Path3:
    """Three times as fast, and so seen a third as often: a camera samples as seldom as before."""
    changed = path[::3].copy()
    changed[:, 0] = path[0, 0] + (changed[:, 0] - path[0, 0]) / 3
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


@dataclass(frozen=True, slots=True)
class Judged:
    """A part of a scene's people, judged by what the others have taught."""

    areas: Mapping[str, float]
    """Under the curve, of each anomaly."""
    raised: Mapping[str, float]
    """Share of those changed that the rule would tell of."""
    alerts: int
    """Raised by people as they are, with the rule at its defaults: so rare as is seen once in eight hours, and a second
    long."""
    hours: float
    """From the first who was judged to the last."""


def judged(people: list[Path3], part: Part, seed: int = 0) -> Judged:
    """How well anomalies injected into some of a scene's people stand out from them as they are."""
    everywhere = np.concatenate(people)[:, 1:]
    low, high = everywhere.min(axis=0) - 0.5, everywhere.max(axis=0) + 0.5
    first, last = (int(share * len(people)) for share in part)
    learnt, rest = people[:first] + people[last:], people[first:last]
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

    as_they_are = [rarities(normality, samples(path, low, high)) for path in rest]
    odd = {
        name: [rarities(normality, samples(change(path, somewhere), low, high)) for path in rest]
        for name, change in ANOMALIES.items()
    }
    areas = {name: area_under_curve(_greatest(as_they_are), _greatest(changed)) for name, changed in odd.items()}
    hours = _hours(rest)
    limit = math.log10(normality.seen / (_hours(people) - hours) * 8 * 5)
    raised = {name: fmean(raises(moments, limit) for moments in changed) for name, changed in odd.items()}
    return Judged(areas, raised, sum(raises(moments, limit) for moments in as_they_are), hours)


def _greatest(each: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """How rare the rarest moment of each path is."""
    return np.array([moments.max() for moments in each])


def _hours(people: list[Path3]) -> float:
    """From when the first comes to when the last goes."""
    return float(people[-1][-1, 0] - people[0][0, 0]) / 3600


def bench() -> Result:
    """Every scene."""
    need(PATHS)
    scenes = {file.stem: paths(file) for file in sorted(PATHS.glob("*.csv"))}
    each, latest = (
        {name: [judged(people, part) for part in parts] for name, people in scenes.items()}
        for parts in (FIFTHS, LATEST)
    )
    figures = (
        Figure(
            "mean area under the curve, injected anomalies, each fifth by the others", _area(each), "", at_least(0.9)
        ),
        Figure(
            "alerts an hour from people as they are, each fifth by the others", _alerts_an_hour(each), "", at_most(1)
        ),
        Figure("hours judged so", sum(part.hours for parts in each.values() for part in parts), "h"),
        Figure("mean area under the curve, the last four tenths by the first six", _area(latest), "", at_least(0.9)),
        Figure("alerts an hour, the last four tenths by the first six", _alerts_an_hour(latest), "", at_most(1)),
    )
    given = (
        "ETH and UCY paths in metres. Of each scene's people, each fifth is judged by what the other four have taught: "
        "minutes and not days. They are judged as they are and with something injected. Alerts: at the rule's "
        "defaults, once in eight hours and for a second. Besides, the last four tenths are judged by the first six."
    )
    tables = [
        table
        for title, scenes_of in (("each fifth by the others", each), ("the last four tenths by the first six", latest))
        for table in _tables(title, scenes_of)
    ]
    return Result("What is unusual", given, figures, tuple(tables), REMARKS)


Scenes = Mapping[str, list[Judged]]
"""The parts of each scene, by its name."""


def _area(scenes: Scenes) -> float:
    """The mean of all anomalies and scenes."""
    return fmean(area for parts in scenes.values() for part in parts for area in part.areas.values())


def _alerts_an_hour(scenes: Scenes) -> float:
    """All alerts in all hours: in a scene of minutes a single one would make tens an hour."""
    parts = [part for of_scene in scenes.values() for part in of_scene]
    return sum(part.alerts for part in parts) / sum(part.hours for part in parts)


def _tables(title: str, scenes: Scenes) -> tuple[Table, Table]:
    """How well anomalies stand out, scene by scene, and how many of them the rule would tell of."""

    def rows(of: Callable[[Judged, str], float], *more: Callable[[Judged], float]) -> tuple[tuple[str, ...], ...]:
        return tuple(
            (
                name,
                *(number(fmean(of(part, anomaly) for part in parts)) for anomaly in ANOMALIES),
                *(number(sum(one(part) for part in parts)) for one in more),
            )
            for name, parts in scenes.items()
        )

    return (
        Table(f"Area under the curve, {title}", ("scene", *ANOMALIES), rows(lambda part, name: part.areas[name])),
        Table(
            f"Share of anomalies that the rule tells of, and alerts from people as they are, {title}",
            ("scene", *ANOMALIES, "alerts", "hours judged"),
            rows(lambda part, name: part.raised[name], lambda part: part.alerts, lambda part: part.hours),
        ),
    )
