"""Choosing which frames are analysed."""

import math

ROUNDING = 1e-6
"""Stamps are multiples of a time base: a frame this little (in steps) before its due time is the due one."""


class Pace:
    """So many frames a second of video, by their own stamps: of each step of time, the first frame in it."""

    def __init__(self, fps: float | None) -> None:
        """`fps` None: every frame."""
        self._fps = fps
        self._origin_s: float | None = None
        self._step: int | None = None

    def takes(self, stamp_s: float) -> bool:
        """Whether the frame of this stamp (seconds) is analysed; a stamp that jumps back starts a new rhythm."""
        if self._fps is None:
            return True
        if self._origin_s is None:
            self._origin_s = stamp_s
        step = math.floor((stamp_s - self._origin_s) * self._fps + ROUNDING)
        if self._step is None or step > self._step or step < self._step - 1:
            self._step = step
            return True
        return False
