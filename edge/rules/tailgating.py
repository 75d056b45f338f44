"""Tailgating: more people pass the gate's line than its opening was for.

What can be known: a picture shows who passes and when, not who held a card to the reader. So an opening is taken from
the passages: the first person through a gate that nobody passed for `window_s` had it opened; who comes after him
within `window_s` of the last passage slips through it. Two who each hold their own card but walk close are told of too;
so set `window_s` to what the gate needs to close, or `per_opening` to how many one opening is for. Who passes the
other way meets the gate open as well, but is not counted unless `direction` is both.

One alert for an opening: whoever follows still while it stands open is an update, and it ends when the gate must
have closed.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place
from edge.rules.crossing import Crossing
from edge.rules.finding import Finding, Step, Trace, held_back
from edge.rules.line import LineRule, LineSettings
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase
from protocol.messages import Text


class TailgatingSettings(LineSettings):
    """`direction` says which way through the gate is watched, seen from the line's start towards its end."""

    kind: Literal[Kind.TAILGATING] = Kind.TAILGATING
    window_s: float = Field(default=3.0, gt=0, le=60, description="seconds after a passage for which the gate is open")
    per_opening: int = Field(default=1, ge=1, description="people that one opening is for")


class Tailgating(LineRule[TailgatingSettings]):
    """Remembers the present opening: who passed, and when the last did."""

    kind = Kind.TAILGATING
    settings_model = TailgatingSettings
    measures_ways = True

    def __init__(self, settings: TailgatingSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._passed: list[int] = []
        self._last: datetime | None = None
        self._episode: int | None = None

    def step(self, scene: Scene) -> Step:
        """A finding for each passage too many, and one when the opening is over."""
        findings: list[Finding] = []
        if self._last is not None and (scene.at - self._last).total_seconds() > self.settings.window_s:
            findings += self._close(scene.at)
        crossings, traces = self.crossed(scene)
        for crossing in crossings:
            finding, trace = self._pass(crossing, scene.at)
            findings += [finding] if finding else []
            traces.append(trace)
        return Step(tuple(findings), tuple(traces))

    def _pass(self, crossing: Crossing, at: datetime) -> tuple[Finding | None, Trace]:
        track = crossing.track
        after_s = (at - self._last).total_seconds() if self._last else 0.0
        if track in self._passed:  # who turns round in the gate and comes again is no second person
            return None, held_back(track, "opening")
        self._passed.append(track)
        self._last = at
        if len(self._passed) <= self.settings.per_opening:
            return None, Trace(track, "opening", len(self._passed), self.settings.per_opening)
        if self._episode is None:
            if self.cooling(at):
                return None, held_back(track, "cooldown")
            self._episode = self.next_episode()
            return self._finding(Phase.BEGIN, at, after_s), Trace(track, "raised")
        return self._finding(Phase.UPDATE, at, after_s), Trace(track, "raised")

    def _close(self, at: datetime) -> list[Finding]:
        ended = [] if self._episode is None else [self._finding(Phase.END, at, 0.0)]
        if ended:
            self.cool_down(at)
        self._passed, self._last, self._episode = [], None, None
        return ended

    def _finding(self, phase: Phase, at: datetime, after_s: float) -> Finding:
        zone = self.settings.line
        arguments: dict[str, str | float] = {
            "zone": zone,
            "count": len(self._passed),
            "need": self.settings.per_opening,
        }
        if phase is not Phase.END:
            arguments |= {"after_s": round(after_s, 1), "limit_s": self.settings.window_s}
        reason = Text(id=f"reason.tailgating.{phase}", arguments=dict(arguments))
        return Finding(self.kind, phase, self.name, self._episode or 0, at, zone, tuple(self._passed), reason)
