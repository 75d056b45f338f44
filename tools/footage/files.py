"""Which files belong to a scenario, and whether they are what it would make now."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from tools.footage.stage import Stage
from tools.footage.takes import FIRST, SECOND

ROOT = Path(__file__).resolve().parents[2]
KIT_VERSION = 2
"""Raise it when the kit draws otherwise than before: every clip is then rendered again. Not for mendings that only new
clips shall have, a finer encoding or a place's further camera."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where a scenario's clip, truth and camera file are; each take has folders of its own."""

    root: Path
    name: str
    take: int = FIRST
    folder: Path | None = None
    """Of scenarios that are not kept with their clips; None: those of footage/."""

    @property
    def scenario(self) -> Path:
        """What people write."""
        return (self.folder or self.root / "footage") / f"{self.name}.yaml"

    @property
    def clip(self) -> Path:
        """The video."""
        return self._made / f"{self.name}.mp4"

    @property
    def truth(self) -> Path:
        """What is in it."""
        return self._made / f"{self.name}.truth.json"

    @property
    def camera(self) -> Path:
        """The camera file that goes with it."""
        if not self._kept:
            return self._made / f"{self.name}.yaml"
        folder = self.root / "camera_configs" / "footage"
        return (folder / "second" if self.take == SECOND else folder) / f"{self.name}.yaml"

    @property
    def _kept(self) -> bool:
        """Whether what is made is committed."""
        return self.folder is None and self.take <= SECOND

    @property
    def _made(self) -> Path:
        if self._kept:
            folder = self.root / "footage"
            return folder / "second" if self.take == SECOND else folder
        parts = [self.folder.name] if self.folder else []
        parts += [f"take-{self.take}"] if self.take > FIRST else []
        return self.root / "out" / "footage" / "-".join(parts)

    def made_from(self) -> str | None:
        """What the truth says that the clip was made from; None if one of the files is missing or unreadable."""
        if not (self.clip.is_file() and self.camera.is_file() and self.truth.is_file()):
            return None
        try:
            return str(json.loads(self.truth.read_text("utf-8"))["made_from"])
        except (ValueError, KeyError, TypeError):
            return None


def all_names(folder: Path) -> list[str]:
    """Every scenario of a folder."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def fingerprint(stage: Stage) -> str:
    """A hash of the scenario and the kit: another one, another clip. Rules draw nothing, the camera file has them."""
    fields = stage.scenario.model_dump_json(exclude={"variant", "rules"})
    return hashlib.sha256(f"{KIT_VERSION}\n{stage.name}\n{fields}".encode()).hexdigest()[:16]
