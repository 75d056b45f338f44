"""What rules about tracks share: which of them count, and why the others do not."""

from typing import TypeVar

from pydantic import Field

from edge.rules.base import Rule, RuleSettings
from edge.rules.finding import Trace, held_back
from edge.vision.scene import Scene


class TrackSettings(RuleSettings):
    """A rule about things that are detected."""

    classes: tuple[str, ...] = Field(default=("person",), min_length=1, description="labels of the model's card")
    min_height: float = Field(default=0.0, ge=0, le=1, description="least box height, share of the picture's height")
    min_score: float = Field(default=0.0, ge=0, le=1, description="least score of the object's last detection")

    @property
    def looks_for(self) -> tuple[str, ...]:
        """Its classes."""
        return self.classes


T = TypeVar("T", bound=TrackSettings)


class TrackRule(Rule[T]):
    """Looks at tracks one by one."""

    def select(self, scene: Scene) -> tuple[list[int], list[Trace]]:
        """Rows of the tracks that class, size and score let pass, and for the others why they do not."""
        tracks, limits = scene.tracks, self.settings
        rows: list[int] = []
        traces: list[Trace] = []
        few = limits.min_height == limits.min_score == 0
        for row, (track, label) in enumerate(zip(tracks.ids.tolist(), tracks.labels, strict=True)):
            if label not in limits.classes:
                traces.append(held_back(track, "class"))
            elif few:
                rows.append(row)
            elif (height := float(tracks.heights[row])) < limits.min_height:
                traces.append(Trace(track, "size", height, limits.min_height))
            elif (score := float(tracks.scores[row])) < limits.min_score:
                traces.append(Trace(track, "score", score, limits.min_score))
            else:
                rows.append(row)
        return rows, traces
