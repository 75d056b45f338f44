"""How long one inference takes here."""

import statistics
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.clock import monotonic_s
from edge.complaints import tell
from edge.vision.sessions import Sessions
from protocol.sentences import ENGLISH

WARM_UP, ROUNDS = 3, 30
THREADS = (1, 2)

TIMED_PICTURES = 8
"""Pictures that inference is timed on, in turn."""

Speed = dict[int, float]
"""Milliseconds by threads."""


def threads_text(threads: int, language: str = ENGLISH) -> str:
    """«1 thread», «2 threads»."""
    if threads == 1:
        return tell("models.thread", language, threads=threads)
    return tell("models.threads", language, threads=threads)


def inference_ms(weights: Path, inputs: Sequence[tuple[str, NDArray[np.float32]]], rounds: int = ROUNDS) -> Speed:
    """Median time of the network alone, in ms, with one thread and with two, over the inputs in turn.

    `inputs`: as `OnnxDetector.prepared` gives them, at least one. Preparation of the picture and decoding of boxes come
    on top: 1 to 4 ms.
    """
    return {threads: _median_ms(weights, inputs, threads, rounds) for threads in THREADS}


def _median_ms(weights: Path, inputs: Sequence[tuple[str, NDArray[np.float32]]], threads: int, rounds: int) -> float:
    sessions = Sessions(weights, threads=threads)
    took = []
    for number in range(WARM_UP + rounds):
        _, values = inputs[number % len(inputs)]
        start = monotonic_s()
        sessions.run(values)
        took.append(monotonic_s() - start)
    return statistics.median(took[WARM_UP:]) * 1000
