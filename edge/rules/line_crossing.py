"""Line crossing: the path of a foot point crosses the line in a forbidden direction. Begins and ends at once.

With `count` it is raised only when so many have crossed within `within_s`: a queue that runs over, a stairway that
fills. Whoever crosses in that time is told of together.
"""

from collections import deque
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


class LineCrossingSettings(LineSettings):
    """`direction` says which crossings are forbidden, seen from the line's start towards its end."""

    kind: Literal[Kind.LINE_CROSSING] = Kind.LINE_CROSSING
    count: int = Field(default=1, ge=1, description="crossings within within_s that make one alert")
    within_s: float = Field(default=60.0, gt=0, description="seconds over which crossings are counted")


class LineCrossing(LineRule[LineCrossingSettings]):
    """Counts up to `count`, then begins anew."""

    kind = Kind.LINE_CROSSING
    settings_model = LineCrossingSettings

    def __init__(self, settings: LineCrossingSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._counted: deque[tuple[datetime, int]] = deque(maxlen=settings.count)

    @property
    def at_rest(self) -> bool:
        """No track has a side."""
        return self.crossings.empty

    def step(self, scene: Scene) -> Step:
        """A begin and an end for each crossing that fills the count."""
        crossings, traces = self.crossed(scene)
        findings: list[Finding] = []
        for crossing in crossings:
            if self.cooling(scene.at):
                traces.append(held_back(crossing.track, "cooldown"))
                continue
            findings += self._take(crossing, scene.at)
            have = self.settings.count if not self._counted else len(self._counted)
            traces.append(Trace(crossing.track, "count" if self._counted else "raised", have, self.settings.count))
        return Step(tuple(findings), tuple(traces))

    def _take(self, crossing: Crossing, at: datetime) -> list[Finding]:
        self._counted.append((at, crossing.track))
        while (at - self._counted[0][0]).total_seconds() > self.settings.within_s:
            self._counted.popleft()
        if len(self._counted) < self.settings.count:
            return []
        arguments: dict[str, str | float] = {"zone": self.settings.line, "towards": self.crossings.towards(crossing)}
        if self.settings.count > 1:
            seconds = (at - self._counted[0][0]).total_seconds()
            more = {"count": len(self._counted), "limit_s": self.settings.within_s, "lasted_s": round(seconds, 1)}
            reason = Text(id="reason.line_crossing.count.begin", arguments=arguments | more)
        else:
            reason = Text(id="reason.line_crossing.begin", arguments={"label": f"label.{crossing.label}", **arguments})
        objects = tuple(dict.fromkeys(track for _, track in self._counted))
        self._counted.clear()
        self.cool_down(at)
        episode, zone = self.next_episode(), self.settings.line
        return [
            Finding(self.kind, phase, self.name, episode, at, zone, objects, reason)
            for phase in (Phase.BEGIN, Phase.END)
        ]
