"""What rules about tracks share: which of them count, and why the others do not."""

from typing import TypeVar

from pydantic import Field

from edge.learning.exceptions import Lessons
from edge.rules.base import Rule, RuleSettings
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
        rows = tracks.rows_of(limits.classes)
        traces: list[Trace] = []
        if self.explains and len(rows) < len(tracks):
            columns = zip(tracks.numbers, tracks.labels, strict=True)
            traces = [held_back(track, "class") for track, label in columns if label not in limits.classes]
        if limits.min_height > 0 or limits.min_score > 0:
            rows = self._sized(tracks, rows, traces)
        if self.lessons and self.lessons.exceptions:
            rows = self._excused(tracks, rows, traces)
        return rows, traces

    def _sized(self, tracks: Tracks, rows: list[int], traces: list[Trace]) -> list[int]:
        """Those that are tall and sure enough."""
        ids, tall, least, sure = tracks.numbers, tracks.tall, self.settings.min_height, self.settings.min_score
        scores: list[float] = tracks.scores.tolist()
        low = [row for row in rows if tall[row] < least]
        unsure = [row for row in rows if tall[row] >= least and scores[row] < sure]
        traces += self.why(Trace(ids[row], "size", tall[row], least) for row in low)
        traces += self.why(Trace(ids[row], "score", scores[row], sure) for row in unsure)
        return [row for row in rows if tall[row] >= least and scores[row] >= sure]

    def _excused(self, tracks: Tracks, rows: list[int], traces: list[Trace]) -> list[int]:
        """Without what verdicts have excepted."""
        hides = self.lessons.hides if self.lessons else None
        scores: list[float] = tracks.scores.tolist()
        excused = {row for row in rows if hides and hides(tracks.labels[row], tracks.boxes_at[row], scores[row])}
        traces += self.why(held_back(tracks.numbers[row], "exception") for row in rows if row in excused)
        return [row for row in rows if row not in excused]
