"""Fixtures of the edge's tests."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from edge.cli import main
from tests.edge.box import CAMERA, write
from tests.edge.clips import draw_clip
from tests.edge.command import Command, Ended
from tests.edge.vision.networks import save_brightness_network


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs shouwang-edge with arguments; exit status, output, errors."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["shouwang-edge", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    yield run
    structlog.reset_defaults()  # the command logs to a standard error that is gone after the test


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn clip and a small real network."""
    folder = tmp_path_factory.mktemp("parts")
    save_brightness_network(folder)
    draw_clip(folder / "drawn.mp4")
    return folder


@pytest.fixture
def box(parts: Path, tmp_path: Path) -> Path:
    """A folder with everything a node needs: node.yaml, camera.yaml, model, clip."""
    shutil.copytree(parts, tmp_path, dirs_exist_ok=True)
    write(tmp_path / "camera.yaml", CAMERA | {"source": str(tmp_path / "drawn.mp4")})
    write(tmp_path / "node.yaml", {"name": "gatehouse", "model": "brightness.yaml", "cameras": ["camera.yaml"]})
    return tmp_path
