"""Joining a server, with the real command and a real server: what either says of it, in the installer's language."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.box import CAMERA, write
from tests.server.live import Live, running
from tests.server.parts import settings_in
from tests.system.processes import BIN


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Live]:
    with running(settings_in(tmp_path / "server")) as live:
        yield live


@pytest.mark.parametrize(
    ("language", "refusal"),
    [("en", "The code is wrong, used or older than an hour"), ("zh", "登记码")],
)
def test_a_server_refuses_in_the_language_of_the_command(
    site: Live, tmp_path: Path, language: str, refusal: str
) -> None:
    write(tmp_path / "camera.yaml", CAMERA)
    config = write(tmp_path / "node.yaml", {"name": "gatehouse", "cameras": ["camera.yaml"]})
    address = site.settings.address
    command = [str(BIN / "shouwang-edge"), "enrol", address, "AAAA-2222", "--config", str(config)]
    ended = subprocess.run(
        [*command, "--language", language], capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
    )
    assert ended.returncode == 8
    colon = "：" if language == "zh" else ": "
    assert ended.stderr.startswith(f"{address}{colon}{refusal}"), ended.stderr
