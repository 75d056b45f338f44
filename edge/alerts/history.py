"""The last seconds of scenes, kept so that boxes and paths can be drawn over a clip."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from edge.vision.scene import Scene


class SceneHistory:
    """Owned by the analysis of one camera; bounded by `seconds` of scene time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = timedelta(seconds=seconds)
        self._scenes: deque[Scene] = deque()

    def add(self, scene: Scene) -> None:
        """The newest scene; what is older than the bound goes."""
        self._scenes.append(scene)
        while scene.at - self._scenes[0].at > self._seconds:
            self._scenes.popleft()

    def clear(self) -> None:
        """Forget all."""
        self._scenes.clear()

    def between(self, start: datetime, end: datetime) -> Iterable[Scene]:
        """Scenes with start <= at <= end, oldest first."""
        return (scene for scene in self._scenes if start <= scene.at <= end)
