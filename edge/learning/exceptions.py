"""What verdicts teach a rule: readable, dated, reversible exceptions, each tried first on what was ever called real.

A thing that stood still while its alert lasted is a place: a statue, a coat on a hook. What moved and was false again
and again raises the least score that counts, within the bound that the installer set. An exception that would have
hidden anything that was called real here is not made, which is told, and goes again when such a thing is called real
later. Pure.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from edge.vision.boxes import iou
from protocol.kinds import Kind
from protocol.messages import MOST_REFUSED, Box, ExceptionKind, Exemption, LearntException, UtcTime

SAME_PLACE = 0.5
"""Overlap (IoU) with a place that is excepted."""
AGAIN = 3
"""So many false alerts of things that moved raise the least score."""
ABOVE = 0.02
"""By how much the least score is above what was false."""
MOST_HEARD = 500
"""Objects of judged alerts that are remembered for each rule; the oldest go first, real ones last."""


class LearningSettings(BaseModel):
    """What verdicts may change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    places: bool = Field(default=True, description="things that stood still and were called false may be excepted")
    most_score: float = Field(default=0.6, ge=0, le=1, description="how far verdicts may raise the least score")
    propose: bool = Field(default=False, description="an exception counts only once somebody has accepted it")


class Witness(BaseModel):
    """An object of an alert of which somebody said whether it was real."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: UtcTime
    alert: UUID
    label: str
    score: float
    box: Box
    still: bool = Field(description="it stood where it was while the alert lasted")
    real: bool


class RuleException(Exemption):
    """Something that a rule no longer counts, since when and why, and what it would have cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def id(self) -> str:
        """The beginning of its hash: the same for as long as it stands, also once it is accepted."""
        lasting = self.model_dump_json(include={"since", "kind", "label", "box", "score", "because"})
        return hashlib.sha256(lasting.encode()).hexdigest()[:12]

    def hides(self, label: str, box: Box, score: float) -> bool:
        """Whether it holds something back, or would once it is accepted."""
        if label != self.label:
            return False
        if self.box is not None:
            here, there = (np.array([corners], np.float32) for corners in (box, self.box))
            return bool(iou(here, there)[0, 0] >= SAME_PLACE)
        return self.score is not None and score < self.score

    def hides_all(self, witnesses: Sequence[Witness]) -> bool:
        """Whether nothing of an alert would be left."""
        return all(self.hides(witness.label, witness.box, witness.score) for witness in witnesses)

    def told(self, camera: str, rule: str, kind: Kind) -> LearntException:
        """As the server hears of it, `rule` and `kind` being its rule's."""
        return LearntException(id=self.id, camera=camera, rule=rule, rule_kind=kind, **self.model_dump())


@dataclass(frozen=True, slots=True)
class Changes:
    """What a verdict did: the exception that it brought about, or would have, and those that it proved wrong."""

    made: RuleException | None = None
    refused: RuleException | None = None
    """Not made, for it would have hidden something that was called real."""
    withdrawn: tuple[RuleException, ...] = ()


class Lessons(BaseModel):
    """All that verdicts have taught one rule."""

    model_config = ConfigDict(extra="forbid")

    exceptions: list[RuleException] = []
    refused: list[RuleException] = []
    """Those not made, the newest MOST_REFUSED, one at most for an alert: they hold nothing back."""
    heard: list[Witness] = []

    @property
    def taught(self) -> bool:
        """Whether there is anything to be kept."""
        return bool(self.heard or self.exceptions)

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of what no longer counts, whenever and why ever it was learnt; None: everything counts."""
        held_back = {"kind", "label", "box", "score"}
        parts = sorted(e.model_dump_json(include=held_back) for e in self.exceptions if not e.proposed)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else None

    def hides(self, label: str, box: Box, score: float) -> bool:
        """Whether some exception that counts holds something back."""
        return any(not exception.proposed and exception.hides(label, box, score) for exception in self.exceptions)

    def hear(self, witnesses: Sequence[Witness], bounds: LearningSettings) -> Changes:
        """A verdict on an alert with these objects. It takes the place of an earlier one; the same again is no news."""
        if not witnesses:
            return Changes()
        alert, at = witnesses[0].alert, witnesses[0].at
        if any((heard.alert, heard.at) == (alert, at) for heard in self.heard):
            return Changes()
        self.heard = [heard for heard in self.heard if heard.alert != alert] + list(witnesses)
        self._forget_oldest()
        self.refused = [refused for refused in self.refused if refused.because != alert]
        if any(witness.real for witness in witnesses):
            return Changes(withdrawn=self._withdraw(witnesses))
        exception = self._proposed(witnesses, bounds)
        if exception is None:
            return Changes()
        if exception.would_have_hidden:
            self.refused = [*self.refused, exception][-MOST_REFUSED:]
            return Changes(refused=exception)
        self._add(exception)
        return Changes(made=exception)

    def take_back(self, exception_id: str) -> RuleException | None:
        """Without this exception; the one that is gone, None if there is none of that id."""
        gone = next((exception for exception in self.exceptions if exception.id == exception_id), None)
        self.exceptions = [exception for exception in self.exceptions if exception is not gone]
        return gone

    def accept(self, exception_id: str) -> RuleException | None:
        """From now on a proposed exception counts; None if none of that id is proposed."""
        proposed = next((e for e in self.exceptions if e.proposed and e.id == exception_id), None)
        if proposed is None:
            return None
        self.exceptions.remove(proposed)
        accepted = proposed.model_copy(update={"proposed": False})
        self._add(accepted)
        return accepted

    def _add(self, exception: RuleException) -> None:
        """A new least score takes the place of the last one of its label; a proposal only that of a proposal."""
        if exception.kind is ExceptionKind.SCORE:
            same = (exception.kind, exception.label, exception.proposed)
            self.exceptions = [e for e in self.exceptions if (e.kind, e.label, e.proposed) != same]
        self.exceptions.append(exception)

    def _forget_oldest(self) -> None:
        while len(self.heard) > MOST_HEARD:
            self.heard.remove(next((witness for witness in self.heard if not witness.real), self.heard[0]))

    def _withdraw(self, real: Sequence[Witness]) -> tuple[RuleException, ...]:
        wrong = [e for e in self.exceptions if e.because == real[0].alert or e.hides_all(real)]
        self.exceptions = [exception for exception in self.exceptions if exception not in wrong]
        return tuple(wrong)

    def _proposed(self, witnesses: Sequence[Witness], bounds: LearningSettings) -> RuleException | None:
        still = next((witness for witness in witnesses if witness.still), None)
        if still is not None:
            known = any(e.box is not None and e.hides(still.label, still.box, still.score) for e in self.exceptions)
            return self._tried(still, bounds, box=still.box) if bounds.places and not known else None
        last = witnesses[-1]
        alike: dict[UUID, float] = {}  # the surest of each alert: whoever hides that one hides the alert
        for one in self.heard:
            if one.label == last.label and not (one.real or one.still):
                alike[one.alert] = max(one.score, alike.get(one.alert, 0.0))
        if len(alike) < AGAIN:
            return None
        score = min(bounds.most_score, round(float(np.median(list(alike.values())[-AGAIN:])) + ABOVE, 3))
        return self._tried(last, bounds, score=score) if score > alike[last.alert] else None

    def _tried(
        self, witness: Witness, bounds: LearningSettings, *, box: Box | None = None, score: float | None = None
    ) -> RuleException:
        """An exception with what it would have cost: how many of the alerts called real had no object left."""
        exception = RuleException(
            since=witness.at,
            kind=ExceptionKind.SCORE if box is None else ExceptionKind.PLACE,
            label=witness.label,
            box=box,
            score=score,
            because=witness.alert,
            would_have_hidden=0,
            of=0,
            proposed=bounds.propose,
        )
        real: dict[UUID, list[Witness]] = {}
        for heard in self.heard:
            if heard.real:
                real.setdefault(heard.alert, []).append(heard)
        hidden = sum(exception.hides_all(alert) for alert in real.values())
        return exception.model_copy(update={"would_have_hidden": hidden, "of": len(real)})
