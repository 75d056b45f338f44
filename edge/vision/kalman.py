"""Constant-velocity Kalman filters for the boxes of many tracks at once.

Noise is relative to the box's size, after SORT (Bewley et al. 2016) and ByteTrack (Zhang et al. 2022), but per second
rather than per frame, so that frame rates may change. Measured in box sizes, all four edges of a box are equally sure,
so one spread serves them all, and edges may be filtered as they are: centre and size would come out the same.

A state is an array (11, N), one column a box: edges x1 y1 x2 y2, their velocities in the same unit per second, and in
box sizes var(edge), covariance, var(velocity).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MEASUREMENT = 0.1
"""Standard deviation of a detected edge, in box sizes."""
ACCELERATION = 0.6
"""Standard deviation of the velocity's change in a second, in box sizes per second.

Both were chosen by MOTA, IDF1 and HOTA over the eleven training sequences of MOT15, at their own rates and at 5 fps.
"""
FIRST_VELOCITY = 1.5
"""Standard deviation of an unknown velocity, in box sizes per second."""

EDGES, VELOCITIES, SPREAD = slice(0, 4), slice(4, 8), slice(8, 11)
ROWS = 11

Array = NDArray[np.float64]

_VARIANCE = MEASUREMENT**2
_UNKNOWN = np.array([[4 * _VARIANCE], [0.0], [FIRST_VELOCITY**2]])


def begin(state: Array, edges: Array) -> None:
    """New boxes (4, N) at rest, of unknown velocity."""
    state[EDGES] = edges
    state[VELOCITIES] = 0
    state[SPREAD] = _UNKNOWN


def predict(state: Array, step_s: float) -> None:
    """Let `step_s` seconds pass; a box never turns inside out."""
    passage, noise = _passage(step_s)
    state[:] = passage.dot(state)
    state[SPREAD] += noise
    np.maximum(state[2:4], state[0:2], out=state[2:4])


def correct(state: Array, edges: Array) -> None:
    """Take detected boxes (4, N) in."""
    spread = state[SPREAD]
    known, drifting = spread[:2], spread[1]
    gains = known / (known[0] + _VARIANCE)
    surprise = edges - state[EDGES]
    state[EDGES] += gains[0] * surprise
    state[VELOCITIES] += gains[1] * surprise
    spread[2] -= gains[1] * drifting
    known *= 1 - gains[0]


@lru_cache(maxsize=64)
def _passage(step_s: float) -> tuple[Array, Array]:
    """What a step of time makes of a state, and the noise that it adds to the spread."""
    passage = np.eye(ROWS)
    passage[EDGES, VELOCITIES] = step_s * np.eye(4)
    passage[SPREAD, SPREAD] = np.array([[1, 2 * step_s, step_s**2], [0, 1, step_s], [0, 0, 1]])
    noise = ACCELERATION**2 * step_s * np.array([[step_s**2 / 3], [step_s / 2], [1]])
    return passage, noise
