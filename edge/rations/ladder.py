"""The ladder of short rations: in which order a node leaves out what, so that graver rules keep what they need.

First rate, then the size of the detector's picture, then the mildest rules; within each, milder cameras before graver
ones. The cameras with the node's gravest rules keep their size, keep those rules, and lose rate last of all. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from protocol.kinds import Severity

HALF = 0.5
"""What a camera's rate is cut to."""


class Cut(StrEnum):
    """What a rung leaves out."""

    RATE = "rate"
    SIZE = "size"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step down: rate or size of the cameras whose gravest rules are of a severity, or all rules of it."""

    cut: Cut
    severity: Severity


@dataclass(frozen=True, slots=True)
class Ration:
    """What one camera is given."""

    share: float = 1.0
    """Of its rate of analysed frames."""
    smaller: bool = False
    """The detector is shown a smaller picture."""
    paused: Severity | None = None
    """Rules of up to this severity rest; None: no rule does."""

    @property
    def full(self) -> bool:
        """Whether nothing is left out."""
        return self == FULL


FULL = Ration()

Watching = Mapping[str, frozenset[Severity]]
"""Severities of each camera's rules, by its name."""


def ladder(cameras: Watching, *, smaller: bool) -> tuple[Rung, ...]:
    """The rungs in the order in which they are taken, without those that would touch nothing.

    `smaller`: whether the detector takes smaller pictures. A rule rests only for the sake of graver ones.
    """
    gravest = {max(severities, key=_rank) for severities in cameras.values() if severities}
    if not gravest:
        return ()
    top = max(gravest, key=_rank)
    below = [severity for severity in Severity if severity.rank < top.rank]
    present = {severity for severities in cameras.values() for severity in severities}
    return (
        *(Rung(Cut.RATE, severity) for severity in below if severity in gravest),
        *(Rung(Cut.SIZE, severity) for severity in below if severity in gravest and smaller),
        *(Rung(Cut.RULES, severity) for severity in below if severity in present),
        Rung(Cut.RATE, top),
    )


def ration_of(severities: frozenset[Severity], taken: Sequence[Rung]) -> Ration:
    """What a camera with rules of some severities is given when so many rungs are taken."""
    ration = FULL
    for rung in taken:
        match rung.cut:
            case Cut.RULES if severities:
                ration = replace(ration, paused=rung.severity)
            case Cut.RATE if _gravest(severities) is rung.severity:
                ration = replace(ration, share=HALF)
            case Cut.SIZE if _gravest(severities) is rung.severity:
                ration = replace(ration, smaller=True)
    paused = ration.paused
    if paused is not None and all(severity.rank > paused.rank for severity in severities):
        return replace(ration, paused=None)
    return ration


def rests(severity: Severity, paused: Severity | None) -> bool:
    """Whether rules of a severity rest when those up to `paused` do."""
    return paused is not None and severity.rank <= paused.rank


def _gravest(severities: frozenset[Severity]) -> Severity | None:
    return max(severities, key=_rank, default=None)


def _rank(severity: Severity) -> int:
    return severity.rank
