"""Choosing which frames are analysed, and which packets need not be decoded for it."""

import math

ROUNDING = 1e-6
"""Stamps are multiples of a time base: a frame this little (in steps) before its due time is the due one."""


class Pace:
    """So many frames a second of video, by their own stamps: of each step of time, the first frame in it."""

    def __init__(self, fps: float | None) -> None:
        """`fps` None: every frame."""
        self._fps = fps
        self._origin_s: float | None = None
        self._taken: int | None = None
        self._earliest_s: dict[int, float] = {}

    def change(self, fps: float | None) -> None:
        """Another rate from the next frame on, which is taken."""
        if fps != self._fps:
            self._fps, self._origin_s, self._taken = fps, None, None
            self._earliest_s = {}

    def takes(self, stamp_s: float) -> bool:
        """Whether the frame of this stamp (seconds) is analysed; a stamp that jumps back starts a new rhythm.

        Asked once for each frame, in the order they are shown.
        """
        if self._fps is None:
            return True
        if self._origin_s is None:
            self._origin_s = stamp_s
        step = self._step(stamp_s)
        if self._taken is not None and self._taken - 1 <= step <= self._taken:
            return False
        self._taken = step
        self._earliest_s = {later: first_s for later, first_s in self._earliest_s.items() if later > step}
        return True

    def may_take(self, stamp_s: float) -> bool:
        """Whether a packet's picture may yet be taken; asked for each packet in decoding order, before it is decoded.

        A picture is out once another of the same step that is shown before it has been seen.
        """
        if self._fps is None or self._origin_s is None:
            return True
        step = self._step(stamp_s)
        if self._taken is not None and self._taken - 1 <= step <= self._taken:
            return False
        earliest_s = self._earliest_s.get(step)
        if earliest_s is not None and earliest_s < stamp_s:
            return False
        self._earliest_s[step] = stamp_s
        return True

    def _step(self, stamp_s: float) -> int:
        return math.floor((stamp_s - (self._origin_s or 0.0)) * (self._fps or 0.0) + ROUNDING)
