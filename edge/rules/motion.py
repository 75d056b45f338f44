"""How each track moves: one measure of speed and way for all rules that need it. Pure, bounded, on arrays.

A box is a poor measure of a body. It jitters; it is cut off behind a car, and then its bottom jumps up; it grows when
two people meet; between looks it is a guess; and its owner changes his number. So

- boxes are taken at the times of looks only, and laid by interpolation onto a grid of `GRID_S`, so that neither missed
  frames nor the frame rate matter;
- a velocity is the median of the moves over `LAG` steps of the grid within the last `WINDOW` steps: a jump is in a few
  of them only;
- a body moves when both sides of its box do: their mean counts, but no more than twice the slower, and nothing if they
  disagree (the limiter of van Leer 1977). Its bottom is believed no more than `PERSPECTIVE` times its top, or, on a
  known ground, as many times as feet move faster there than heads;
- a new track that appears where one was just lost goes on with its past;
- of whom the upper edge of the picture shows the legs alone it is not known how tall he is, nor how fast in heights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edge.rules.ground import Ground
from edge.rules.heights import HeightLearner
from edge.vision.scene import Scene, Tracks

Numbers = NDArray[np.float64]

GRID_S = 0.1
WINDOW, LAG = 10, 4
"""In steps of the grid: a second, and what a move is measured over."""
MOVES, LEAST_MOVES = WINDOW - LAG + 1, 4
"""Moves in a window, and how many of them must be known."""
KNOWN_AFTER_S = (LAG + LEAST_MOVES - 1) * GRID_S
"""So long a track must have been seen before its velocity is known."""
LONGEST_GAP_S = 1.0
"""Over a longer absence nothing is interpolated: the track's past is forgotten."""
PERSPECTIVE = 3.0
"""Heads move less than feet in the picture. Three times less: a camera that hangs at 2.5 m."""
LEVEL = 8.0
"""The same at most, where the ground tells: the head of who comes to a camera as high as he is does not move at all."""
HIDDEN_S = 5.0
"""Who is smaller now may be half hidden, or farther away: in so many seconds half of his height before is forgotten,
and after so many without his head all of it."""
CUT_OFF = 0.01
"""Whose head is so near the picture's upper edge, as a share of it, may be taller than he seems."""
SLACK = 0.25
"""Body heights a second."""
REACH = 0.7
"""How far, in heights, a new track may stand from a lost one to go on with its past."""

MIDDLES = np.array([((n - 1) // 2, n // 2) if n >= LEAST_MOVES else (MOVES - 1, MOVES - 1) for n in range(MOVES + 1)]).T
"""By how many moves are known: the two in the middle of those, sorted; the last one, unknown, where too few are."""

ROOM = 16
X1, Y1, X2, Y2 = range(4)


@dataclass(frozen=True)
class Movement:
    """How the tracks of one scene move; rows as in `Scene.tracks`. NaN where it is not known (yet)."""

    velocities: Numbers
    """(N, 2) a second: metres to the east and north if `metric`, else body heights to the right and down."""
    metric: NDArray[np.bool_]
    """(N,) whether a row is in metres."""

    @cached_property
    def speeds(self) -> Numbers:
        """(N,) in the same unit."""
        speeds: Numbers = np.hypot(self.velocities[:, 0], self.velocities[:, 1])
        return speeds

    def limits(self, metres: float, heights: float) -> Numbers:
        """(N,) the limit that holds for each row, of one in metres and one in body heights."""
        return np.where(self.metric, metres, heights)

    def unit(self, row: int) -> str:
        """Of a row's way, an id of the catalogue."""
        return unit_of(metric=bool(self.metric[row]))

    def speed_unit(self, row: int) -> str:
        """Of a row's speed, an id of the catalogue."""
        return f"{self.unit(row)}_per_s"


def unit_of(*, metric: bool) -> str:
    """What ways are measured in, an id of the catalogue."""
    return "unit.metres" if metric else "unit.heights"


class Motion:
    """The paths of one camera's tracks over the last second; fed with every scene, in order.

    The rules of one camera share one: asked again about the same scene, it says the same again.
    """

    def __init__(self, ground: Ground | HeightLearner | None) -> None:
        self._learner = ground if isinstance(ground, HeightLearner) else None
        self._ground = ground if isinstance(ground, Ground) else None
        self._slots: dict[int, int] = {}
        self._free: list[int] = []
        self._asked: list[int] | None = None
        """Tracks of the last look, and their slots."""
        self._found = np.zeros(0, np.int64)
        self._ring = np.full((0, 4, WINDOW + 1), np.nan)
        """Boxes by slot and step of the grid, the oldest first."""
        self._last = np.zeros((0, 4))
        self._last_s = np.zeros(0)
        self._tall = np.zeros(0)
        """How high each box is when nothing hides it."""
        self._whole_s = np.zeros(0)
        """When each was last seen with its head."""
        self._said: tuple[Scene, Movement] | None = None
        self._start: datetime | None = None
        self._now_s = 0.0
        self._steps = 0

    @property
    def ground(self) -> Ground | None:
        """What metres are taken by at the moment."""
        return self._learner.ground if self._learner else self._ground

    def step(self, scene: Scene) -> Movement:
        """The movement of the next scene's tracks."""
        if self._said is not None and self._said[0] is scene:
            return self._said[1]
        if self._learner:
            self._learner.step(scene)
        if self._start is None:
            self._start = scene.at
        if scene.gate.coast:
            slots = np.array([self._slots.get(track, -1) for track in scene.tracks.numbers], np.int64)
        else:
            slots = self._take((scene.at - self._start).total_seconds(), scene.tracks)
        movement = self._movement(scene, slots)
        self._said = scene, movement
        return movement

    def _take(self, now_s: float, tracks: Tracks) -> NDArray[np.int64]:
        """Lay the boxes of a look onto the grid; the slots of the tracks."""
        boxes = tracks.precise_boxes
        paused = now_s - self._now_s > LONGEST_GAP_S
        self._now_s = now_s
        was_away = len(self._found) < len(self._slots)  # he may come back after too long
        if paused or was_away or self._asked != tracks.numbers:
            self._forget()
            self._asked, self._found = tracks.numbers, self._slots_of(tracks, boxes)
        slots = self._found
        due = int(now_s / GRID_S + 1e-6)
        passed = min(due - self._steps, WINDOW + 1)
        if passed > 0:
            self._ring[..., :-passed] = self._ring[..., passed:]
            self._ring[..., -passed:] = np.nan
            self._steps = due
        last_s = self._last_s[slots]
        self._interpolate(slots, last_s.tolist(), boxes)
        faded = self._tall[slots] * np.exp2((last_s - now_s) / HIDDEN_S)
        self._tall[slots] = np.maximum(boxes[:, Y2] - boxes[:, Y1], faded)
        self._whole_s[slots] = np.where(boxes[:, Y1] >= CUT_OFF, now_s, self._whole_s[slots])
        self._last[slots], self._last_s[slots] = boxes, now_s
        return slots

    def _interpolate(self, slots: NDArray[np.int64], last_s: list[float], boxes: Numbers) -> None:
        """Fill the steps of the grid since each track's last look; most were seen last at the same time."""
        last = self._last[slots]
        moved = boxes - last
        times = set(last_s)
        for before_s in times:
            rows = slice(None) if len(times) == 1 else [row for row, at_s in enumerate(last_s) if at_s == before_s]
            for back, share in self._shares(before_s):
                self._ring[slots[rows], :, WINDOW - back] = last[rows] + share * moved[rows]

    def _shares(self, before_s: float) -> Iterator[tuple[int, float]]:
        """Steps between a look and the present one, counted back from the newest, and the share of the way at each."""
        if before_s == self._now_s:
            yield 0, 1.0
            return
        for back in range(min(WINDOW, self._steps - int(before_s / GRID_S + 1e-6)) or 1):
            share = ((self._steps - back) * GRID_S - before_s) / max(self._now_s - before_s, 1e-9)
            if 1e-6 < share <= 1 + 1e-6:
                yield back, share

    def _slots_of(self, tracks: Tracks, boxes: Numbers) -> NDArray[np.int64]:
        for row, track in enumerate(tracks.numbers):
            if track not in self._slots:
                self._slots[track] = self._heir(tracks.visible, boxes[row]) if self._slots else self._new(boxes[row])
        return np.array([self._slots[track] for track in tracks.numbers], np.int64)

    def _heir(self, visible: frozenset[int], box: Numbers) -> int:
        """The slot of a track that was lost where a new one appears; else a fresh one."""
        lost = [track for track in self._slots.keys() - visible if self._apart(self._slots[track], box) <= REACH]
        if not lost:
            return self._new(box)
        return self._slots.pop(min(lost, key=lambda track: (self._apart(self._slots[track], box), track)))

    def _apart(self, slot: int, box: Numbers) -> float:
        """Distance of feet in heights of the taller."""
        last = self._last[slot]
        across = np.hypot((box[X1] + box[X2] - last[X1] - last[X2]) / 2, box[Y2] - last[Y2])
        return float(across / max(box[Y2] - box[Y1], last[Y2] - last[Y1], 1e-6))

    def _new(self, box: Numbers) -> int:
        if not self._free:
            count = len(self._last)
            self._ring = np.concatenate([self._ring, np.full((ROOM, 4, WINDOW + 1), np.nan)])
            self._last = np.concatenate([self._last, np.zeros((ROOM, 4))])
            self._last_s = np.concatenate([self._last_s, np.zeros(ROOM)])
            self._tall = np.concatenate([self._tall, np.zeros(ROOM)])
            self._whole_s = np.concatenate([self._whole_s, np.zeros(ROOM)])
            self._free = list(range(count + ROOM - 1, count - 1, -1))
        slot = self._free.pop()
        self._ring[slot] = np.nan
        self._last[slot], self._last_s[slot], self._tall[slot] = box, self._now_s, 0.0
        self._whole_s[slot] = -np.inf
        return slot

    def _forget(self) -> None:
        """Free the slots of those who have been away for too long."""
        last_s = self._last_s.tolist()
        for track in [t for t, slot in self._slots.items() if self._now_s - last_s[slot] > LONGEST_GAP_S]:
            self._free.append(self._slots.pop(track))

    def _movement(self, scene: Scene, slots: NDArray[np.int64]) -> Movement:
        known = slots >= 0
        if known.all():
            return Movement(*self._velocities(scene.tracks.feet, slots, scene.aspect))
        velocities, metric = np.full((len(slots), 2), np.nan), np.zeros(len(slots), np.bool_)
        velocities[known], metric[known] = self._velocities(scene.tracks.feet[known], slots[known], scene.aspect)
        return Movement(velocities, metric)

    def _velocities(
        self, feet: NDArray[np.float32], slots: NDArray[np.int64], aspect: float
    ) -> tuple[Numbers, NDArray[np.bool_]]:
        """As in `Movement`, of some slots and where they stand."""
        heights, path = self._tall[slots], self._ring[slots]
        ground = self.ground
        points = np.zeros((0, 2)) if ground is None else _feet_in_the_middle(path, feet)
        on_ground = np.zeros(len(slots), np.bool_) if ground is None else ground.sees(points)
        feet_to_head = np.full(len(slots), PERSPECTIVE)
        if ground is not None:
            feet_to_head[on_ground] = 1 / np.maximum(ground.head_moves(points, heights)[on_ground], 1 / LEVEL)
        picture = _body_velocities(_median_moves(path) / (LAG * GRID_S), SLACK * heights / aspect, feet_to_head)
        if ground is not None and on_ground.all():
            return ground.velocities(points, picture), on_ground
        found = picture * [aspect, 1.0] / np.maximum(heights, 1e-6)[:, None]
        found[self._now_s - self._whole_s[slots] > HIDDEN_S] = np.nan
        if ground is not None:
            found[on_ground] = ground.velocities(points[on_ground], picture[on_ground])
        return found, on_ground


def _feet_in_the_middle(path: Numbers, feet: NDArray[np.float32]) -> Numbers:
    """Where each stood (N, 2) in the middle of the second over which his moves are measured.

    A pace in the picture is another one on the ground where it is nearer: by where he stands now, who goes away would
    be a fifth too fast, and who comes a fifth too slow. Where it is not known (yet), where he stands now.
    """
    middle = path[..., WINDOW // 2]
    points = np.empty((len(path), 2))
    points[:, 0], points[:, 1] = (middle[:, X1] + middle[:, X2]) / 2, middle[:, Y2]
    unknown = np.isnan(points[:, 0])
    if unknown.any():
        points[unknown] = feet[unknown]
    return points


def _median_moves(path: Numbers) -> Numbers:
    """The median of each edge's moves over `LAG` steps (N, 4), of paths (N, 4, steps); NaN where too few are known."""
    moves = path[..., LAG:] - path[..., :-LAG]
    moves.sort()  # what is not known comes last
    if not np.isnan(moves[:, 0, -1]).any():
        return moves[:, :, MOVES // 2]
    low, high = MIDDLES[:, (moves[:, 0] == moves[:, 0]).sum(axis=1)]
    rows = np.arange(len(moves))
    median: Numbers = (moves[rows, :, low] + moves[rows, :, high]) / 2
    return median


def _body_velocities(edges: Numbers, slack: Numbers, feet_to_head: Numbers) -> Numbers:
    """Velocities of bodies (N, 2) from those of their boxes' edges (N, 4).

    `slack` (N,): across, so much is believed in any case, for legs and arms move one side or the other. `feet_to_head`
    (N,): how many times the top's move its bottom is believed.
    """
    left, _, right, bottom = edges.T
    fast_left, fast_top, fast_right, fast_bottom = np.abs(edges).T
    beside_agree, above_agree = (edges[:, :2] * edges[:, 2:] > 0).T
    agreed = np.where(beside_agree, 2 * np.minimum(fast_left, fast_right), 0.0)
    mean = (left + right) / 2
    found = np.empty((len(edges), 2))
    found[:, 0] = np.sign(mean) * np.minimum(np.abs(mean), np.maximum(agreed, slack))
    found[:, 1] = np.where(above_agree, np.sign(bottom) * np.minimum(fast_bottom, feet_to_head * fast_top), 0.0)
    found[np.isnan(left)] = np.nan
    return found
