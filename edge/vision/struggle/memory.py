"""The movement of the last seconds, and who was where."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.vision.boxes import Boxes
from edge.vision.struggle.flow import Flow, FlowFinder, Plane, small
from edge.vision.struggle.measures import Measured, measured

LEAST_FLOWS = 5
"""With fewer it is not known how movement changes: two seconds at 2.5 pictures a second."""
LONGEST_STEP_S = 0.5
"""Two pictures farther apart than this are not held against each other."""


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    flow: Flow
    people: Boxes


class Memory:
    """Of one camera; used by one thread."""

    def __init__(self, window_s: float) -> None:
        """Seconds that are remembered."""
        self._window = timedelta(seconds=window_s)
        self._finder = FlowFinder()
        self._moments: deque[_Moment] = deque()
        self._before: tuple[datetime, Plane] | None = None

    def add(self, at: datetime, luma: Plane, people: Boxes) -> None:
        """The next picture, and the people's boxes in it (N, 4), shares of the picture."""
        now, before = small(luma), self._before
        self._before = (at, now)
        step_s = (at - before[0]).total_seconds() if before else 0.0
        if before is None or before[1].shape != now.shape or not 0 < step_s <= LONGEST_STEP_S:
            self._moments.clear()
            return
        self._moments.append(_Moment(at, self._finder.between(before[1], now, step_s), people))
        while at - self._moments[0].at >= self._window:
            self._moments.popleft()

    def forget(self) -> None:
        """All of it."""
        self._moments.clear()
        self._before = None

    def measured(self) -> Measured | None:
        """What the last seconds measure; None: too short, or nobody was there."""
        if len(self._moments) < LEAST_FLOWS:
            return None
        return measured([one.flow for one in self._moments], [one.people for one in self._moments])
