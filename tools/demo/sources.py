"""What a demonstration plays: our own scenes, a user's clip, or Debian's clip of a real plaza; and the node for it."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from edge.alone import alone
from edge.config import load_camera
from edge.video.file import FileSource
from tools import ROOT

CAMERAS = ROOT / "camera_configs"
FOOTAGE = ROOT / "footage"
SCENES = ("night-intrusion", "line-both-ways", "loitering-shed")
"""Scenes of our own that show what the first rules see."""
DATA = "edge"
"""The node's own folder in that of a demonstration."""
VTEST = "vtest"
VTEST_PACKAGE = "opencv-doc"


class NothingToPlay(Exception):
    """There is no clip for a demonstration; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Played:
    """A clip, and the camera file whose zones and rules go with it."""

    clip: Path
    camera: Path


def sources(clip: str | None, camera: Path | None) -> list[Played]:
    """What to play for what a user asked. Raises NothingToPlay."""
    if clip is None:
        if camera is not None:
            raise NothingToPlay(f"{camera} stays unused without a clip: pass one with CLIP=video.mp4")
        return scenes()
    path = vtest() if clip == VTEST else Path(clip).resolve()
    return [Played(path, camera or camera_for(path))]


def scenes() -> list[Played]:
    """Three scenes of our own. Raises NothingToPlay if they are not here."""
    played = [Played(FOOTAGE / f"{name}.mp4", CAMERAS / "footage" / f"{name}.yaml") for name in SCENES]
    missing = [file for scene in played for file in (scene.clip, scene.camera) if not file.is_file()]
    if missing:
        raise NothingToPlay(f"{missing[0].relative_to(ROOT)} is missing: pass a clip with CLIP=video.mp4")
    return played


def vtest() -> Path:
    """Debian's recording of a plaza; its package is installed if need be. Raises NothingToPlay if it cannot be had."""
    if shutil.which("dpkg-query") is None:
        raise NothingToPlay("CLIP=vtest is a clip of Debian's package opencv-doc; this is no Debian or Ubuntu")
    subprocess.run(["bash", str(ROOT / "deploy" / "system-packages"), VTEST_PACKAGE], check=False)
    listed = subprocess.run(["dpkg-query", "-L", VTEST_PACKAGE], text=True, capture_output=True, check=False).stdout
    found = [Path(line) for line in listed.splitlines() if line.endswith("/vtest.avi")]
    if not found or not found[0].is_file():
        raise NothingToPlay(
            f"the package {VTEST_PACKAGE} did not bring vtest.avi: the system may leave documents out of packages "
            "(path-exclude in /etc/dpkg/dpkg.cfg.d); pass another clip with CLIP=video.mp4"
        )
    return found[0]


def camera_for(clip: Path) -> Path:
    """The example camera made for a clip of this name, or the one that fits any clip."""
    for path in sorted(CAMERAS.glob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        if Path(str(document.get("source", ""))).name == clip.name:
            return path
    return CAMERAS / "whole-view.yaml"


def camera_file(number: int) -> str:
    """The name of the file of a demonstration's camera, from 0."""
    return f"camera-{number}.yaml"


def remove(folder: Path) -> None:
    """An earlier demonstration. Raises NothingToPlay if there is something else, OutboxError if it still runs."""
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / camera_file(0)).is_file()):
        raise NothingToPlay(f"{folder} holds something else than a demonstration: name another folder")
    if (folder / DATA).is_dir():
        with alone(folder / DATA):
            pass
    shutil.rmtree(folder)


def write_node(folder: Path, played: Sequence[Played], model: Path | None) -> Path:
    """Fresh data, camera files that loop their clips, and the node's file, whose path is returned.

    Raises SourceError if a clip cannot be opened, and NothingToPlay or OutboxError rather than remove what is not an
    earlier demonstration's, or still in use.
    """
    if folder.exists():
        remove(folder)
    folder.mkdir(parents=True)
    for number, source in enumerate(played):
        load_camera(source.camera)
        document: dict[str, Any] = yaml.safe_load(source.camera.read_text("utf-8"))
        document |= {"source": str(source.clip), "looping": True}
        path = folder / camera_file(number)
        path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        camera = load_camera(path)
        FileSource(source.clip, camera.name, camera.video, datetime.now(UTC))
    node = {
        "name": "demo-box",
        "title": "Demo box",
        "data_dir": DATA,
        **({"model": str(model)} if model else {}),
        "cameras": [camera_file(number) for number in range(len(played))],
    }
    (folder / "node.yaml").write_text(yaml.safe_dump(node, allow_unicode=True), "utf-8")
    return folder / "node.yaml"
