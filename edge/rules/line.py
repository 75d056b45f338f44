"""What rules about one line share: its name, which of its crossings are meant, and why the others are not."""

from typing import Literal, TypeVar

from pydantic import Field

from edge.rules.base import Place
from edge.rules.crossing import Crossing, Crossings
from edge.rules.finding import Trace, held_back
from edge.rules.selecting import TrackRule, TrackSettings
from edge.vision.scene import Scene

FROM_SIDES = {"left_to_right": (-1,), "right_to_left": (1,), "both": (-1, 1)}


class LineSettings(TrackSettings):
    """`direction` says which crossings are meant, seen from the line's start towards its end."""

    line: str
    direction: Literal["both", "left_to_right", "right_to_left"] = "both"
    margin: float = Field(default=0.05, ge=0, le=1, description="box heights off the line before a side counts")


L = TypeVar("L", bound=LineSettings)


class LineRule(TrackRule[L]):
    """Watches one line."""

    def __init__(self, settings: L, place: Place) -> None:
        super().__init__(settings, place)
        self.crossings = Crossings(place.line(settings.line), settings.margin)

    def crossed(self, scene: Scene) -> tuple[list[Crossing], list[Trace]]:
        """Who has crossed in the direction that is meant while the schedule is open, and why others do not count."""
        rows, traces = self.select(scene)
        crossings, around = self.crossings.step(scene, rows)
        traces += self.why(self.crossings.traces(scene.tracks, rows, crossings, around))
        meant: list[Crossing] = []
        for crossing in crossings:
            if crossing.from_side not in FROM_SIDES[self.settings.direction]:
                traces.append(held_back(crossing.track, "direction"))
            elif not self.schedule.open(scene.at):
                traces.append(held_back(crossing.track, "schedule"))
            else:
                meant.append(crossing)
        return meant, traces
