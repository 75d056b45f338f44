"""How sure the figures are: percentile bootstrap over clips. Pure: the chance in it has a fixed seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge.bench.events.scores import NAMES, RECALL_BIAS, Tally, figures, total

DRAWS = 1000
SEED = 20260101
LOW, HIGH = 2.5, 97.5
"""Percent: between them lie 95 in 100 draws."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure may well lie."""

    low: float
    high: float


def intervals(counted: Sequence[Tally], recall_bias: float = RECALL_BIAS) -> Mapping[str, Interval | None]:
    """A 95 % interval for each figure by its name; None where too little is known: fewer than two clips.

    Clips are drawn with replacement (Efron and Tibshirani 1993, percentile method), never single events: what happens
    in one scene is alike. Draws in which a figure cannot be had are left out. It says what another choice of scenes of
    this kind would give, not what other kinds of scenes would.
    """
    if len(counted) < 2:
        return dict.fromkeys(NAMES)
    chosen = np.random.default_rng(SEED).integers(0, len(counted), (DRAWS, len(counted))).tolist()
    drawn = [figures(total([counted[number] for number in numbers]), recall_bias) for numbers in chosen]
    found: dict[str, Interval | None] = {}
    for name in NAMES:
        known = [value for value in (getattr(one, name) for one in drawn) if value is not None]
        ends = np.percentile(known, (LOW, HIGH)).round(6).tolist() if known else None
        found[name] = None if ends is None else Interval(*ends)
    return found
