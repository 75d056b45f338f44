"""What rules about tracks share: which of them count, and why the others do not."""

from typing import TypeVar

from pydantic import Field

from edge.learning.exceptions import Lessons
from edge.rules.base import Rule, RuleSettings
from edge.rules.boxes import box_of
from edge.rules.finding import Trace, held_back
from edge.vision.scene import Scene, Tracks


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

    lessons: Lessons | None = None
    """What verdicts have taught it: things that no longer count."""

    @property
    def known_as(self) -> str:
        """Under what its lessons are kept: two rules of one camera may have the same zone's name."""
        return f"{self.kind} {self.name}"

    @property
    def lessons_fingerprint(self) -> str | None:
        """Of its lessons."""
        return self.lessons.fingerprint if self.lessons else None

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
        return self._excused(tracks, rows, traces) if self.lessons and self.lessons.exceptions else (rows, traces)

    def _excused(self, tracks: Tracks, rows: list[int], traces: list[Trace]) -> tuple[list[int], list[Trace]]:
        """Without what verdicts have excepted."""
        kept: list[int] = []
        for row in rows:
            box = box_of(tracks.boxes[row].tolist())
            if self.lessons and self.lessons.hides(tracks.labels[row], box, float(tracks.scores[row])):
                traces.append(held_back(int(tracks.ids[row]), "exception"))
            else:
                kept.append(row)
        return kept, traces
