"""What verdicts teach a rule: readable, dated, reversible exceptions, each tried first on what was ever called real.

A thing that stood still while its alert lasted is a place: a statue, a coat on a hook. What moved and was false again
and again raises the least score that counts, within the bound that the installer set. An exception that would have
hidden anything that was called real here is not made. Pure.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from edge.vision.boxes import iou

Box = tuple[float, float, float, float]

SAME_PLACE = 0.5
"""Overlap (IoU) with a place that is excepted."""
AGAIN = 3
"""So many false alerts of things that moved raise the least score."""
ABOVE = 0.02
"""By how much the least score is above what was false."""
MOST_HEARD = 500
"""Verdicts that are remembered for each rule; the oldest go first, real ones last."""


class LearningSettings(BaseModel):
    """What verdicts may change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    places: bool = Field(default=True, description="things that stood still and were called false may be excepted")
    most_score: float = Field(default=0.6, ge=0, le=1, description="how far verdicts may raise the least score")


class Witness(BaseModel):
    """An object of an alert of which somebody said whether it was real."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    alert: str
    label: str
    score: float
    box: Box
    still: bool = Field(description="it stood where it was while the alert lasted")
    real: bool


class ExceptionKind(StrEnum):
    """What an exception holds back."""

    PLACE = "place"
    SCORE = "score"


class RuleException(BaseModel):
    """Something that a rule no longer counts, since when and why, and what it would have cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: datetime
    kind: ExceptionKind
    label: str
    box: Box | None = Field(default=None, description="of a place")
    score: float | None = Field(default=None, description="below which nothing of the label counts")
    because: str = Field(description="the alert that was called false")
    would_have_hidden: int = Field(ge=0, description="of the alerts that were called real here")
    of: int = Field(ge=0)

    def hides(self, label: str, box: Box, score: float) -> bool:
        """Whether it holds something back."""
        if label != self.label:
            return False
        if self.box is not None:
            here, there = (np.array([corners], np.float32) for corners in (box, self.box))
            return bool(iou(here, there)[0, 0] >= SAME_PLACE)
        return self.score is not None and score < self.score


class Lessons(BaseModel):
    """All that verdicts have taught one rule."""

    model_config = ConfigDict(extra="forbid")

    exceptions: list[RuleException] = []
    heard: list[Witness] = []

    def hides(self, label: str, box: Box, score: float) -> bool:
        """Whether some exception holds something back."""
        return any(exception.hides(label, box, score) for exception in self.exceptions)

    def hear(self, witnesses: Sequence[Witness], bounds: LearningSettings) -> RuleException | None:
        """A verdict on an alert with these objects; the exception that it brought about, if any."""
        self.heard += witnesses
        if len(self.heard) > MOST_HEARD:
            spare = [witness for witness in self.heard if not witness.real] or self.heard
            self.heard.remove(spare[0])
        if not witnesses or any(witness.real for witness in witnesses):
            return None
        exception = self._proposed(witnesses, bounds)
        if exception is None or exception.would_have_hidden:
            return None
        if exception.kind is ExceptionKind.SCORE:
            self.exceptions = [e for e in self.exceptions if (e.kind, e.label) != (exception.kind, exception.label)]
        self.exceptions.append(exception)
        return exception

    def _proposed(self, witnesses: Sequence[Witness], bounds: LearningSettings) -> RuleException | None:
        still = next((witness for witness in witnesses if witness.still), None)
        if still is not None:
            return self._tried(still, box=still.box) if bounds.places else None
        last = witnesses[-1]
        alike = [w.score for w in self.heard if w.label == last.label and not (w.real or w.still)]
        if len(alike) < AGAIN:
            return None
        score = min(bounds.most_score, round(float(np.median(alike[-AGAIN:])) + ABOVE, 3))
        return self._tried(last, score=score) if score > last.score else None

    def _tried(self, witness: Witness, *, box: Box | None = None, score: float | None = None) -> RuleException:
        """An exception with what it would have cost: how many of the alerts called real had no object left."""
        kind = ExceptionKind.SCORE if box is None else ExceptionKind.PLACE
        exception = RuleException(
            since=witness.at, kind=kind, label=witness.label, box=box, score=score, because=witness.alert,
            would_have_hidden=0, of=0,
        )  # fmt: skip
        real: dict[str, list[Witness]] = {}
        for heard in self.heard:
            if heard.real:
                real.setdefault(heard.alert, []).append(heard)
        hidden = sum(all(exception.hides(w.label, w.box, w.score) for w in alert) for alert in real.values())
        return exception.model_copy(update={"would_have_hidden": hidden, "of": len(real)})
