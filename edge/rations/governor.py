"""The governor: how many rungs of the ladder are taken. Down fast, up slowly, slower each time it was too soon. Pure.

What one rung frees is measured when it is taken, as the ratio of the needs before and after; it is given back when that
much more would still leave room. A scene may grow busy in the moment it is given back: then the patience before the
next try doubles, so that levels do not flap, and halves again with each try that holds. What was measured is believed
less and less: the load may have gone in the very period in which it was measured, and then it says far too much.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge.rations.ladder import HALF, Cut, Rung


@dataclass(frozen=True, slots=True)
class Limits:
    """Needs, as shares of the thread's time, between which a rung is neither taken nor given back."""

    too_much: float
    """From it on in two periods in a row the rung is taken."""
    far_too_much: float
    """From it on one period is enough."""
    room: float
    """What must not be passed when it is given back."""


THINNED = Limits(too_much=0.95, far_too_much=1.3, room=0.75)
RESTING = Limits(too_much=1.2, far_too_much=math.inf, room=0.95)
"""A rule that rests sees nothing at all: that mild cameras lose some frames, as they then do, is the lesser evil. Nor
does it rest for one period in which the machine stood still: what that seems to free keeps it resting for minutes."""
PATIENCE_S, LONGEST_PATIENCE_S = 20.0, 640.0
"""Seconds with room before a rung is given back."""
HOLDS_S = 60.0
"""A rung given back was given back too soon if it is taken again within so many seconds."""
MOST_FREED: Mapping[Cut, float] = {Cut.RATE: 1 / HALF, Cut.SIZE: 2.5, Cut.RULES: 4.0}
"""Largest ratio that is believed of one rung."""
FADES = 0.998
"""What is left, period by period, of a belief that alone keeps a rung taken: half of it after twelve minutes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One rung taken or given back."""

    rung: Rung
    taken: bool
    level: int
    """Rungs taken now."""


@dataclass(slots=True)
class Governor:
    """Owned by one thread; fed with the need of each period, in order."""

    rungs: Sequence[Rung]
    level: int = 0
    _freed: list[float] = field(default_factory=list)
    """Of each rung taken: need before over need after, once it is known."""
    _before: float | None = None
    """Need when the last rung was taken, until the period after it is known."""
    _busy: int = 0
    """Periods of too much, in a row."""
    _room_since_s: float | None = None
    _given_back_s: float | None = None
    _patience_s: float = PATIENCE_S

    @property
    def taken(self) -> Sequence[Rung]:
        """The rungs that are taken."""
        return self.rungs[: self.level]

    def step(self, need: float, now_s: float) -> Change | None:
        """The next period's need, as share of the thread's time, and what comes of it."""
        self._learn(need)
        if self._given_back_s is not None and now_s - self._given_back_s > HOLDS_S:
            self._given_back_s, self._patience_s = None, max(PATIENCE_S, self._patience_s / 2)
        if self._must_take(need):
            return self._take(need)
        if not self._has_room(need):
            self._room_since_s = None
            return None
        if self._room_since_s is None:
            self._room_since_s = now_s
        return self._give_back(now_s) if now_s - self._room_since_s >= self._patience_s else None

    def _must_take(self, need: float) -> bool:
        if self.level == len(self.rungs):
            return False
        limits = _limits(self.rungs[self.level])
        self._busy = self._busy + 1 if need > limits.too_much else 0
        return self._busy >= 2 or need > limits.far_too_much

    def _has_room(self, need: float) -> bool:
        """Whether the last rung could be given back; a belief that alone stands against it fades."""
        if self.level == 0:
            return False
        room = _limits(self.rungs[self.level - 1]).room
        if need <= room < need * self._freed[-1]:
            self._freed[-1] = 1 + FADES * (self._freed[-1] - 1)
        return need * self._freed[-1] <= room

    def _learn(self, need: float) -> None:
        if self._before is not None:
            most = MOST_FREED[self.rungs[self.level - 1].cut]
            self._freed[-1] = min(most, max(1.0, self._before / max(need, 1e-6)))
            self._before = None

    def _take(self, need: float) -> Change:
        if self._given_back_s is not None:
            self._given_back_s, self._patience_s = None, min(LONGEST_PATIENCE_S, 2 * self._patience_s)
        rung = self.rungs[self.level]
        self.level += 1
        self._freed.append(1.0)
        self._before, self._busy, self._room_since_s = need, 0, None
        return Change(rung, True, self.level)

    def _give_back(self, now_s: float) -> Change:
        self.level -= 1
        self._freed.pop()
        self._room_since_s, self._given_back_s = None, now_s
        return Change(self.rungs[self.level], False, self.level)


def _limits(rung: Rung) -> Limits:
    return RESTING if rung.cut is Cut.RULES else THINNED
