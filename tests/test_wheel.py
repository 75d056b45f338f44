"""What a wheel installs, as in the containers, is whole: cards, catalogues, pages, built front end, migrations."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PARTS = ("edge", "protocol", "server", "models", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Files of the wheel, built from a copy so that nothing is left in the checkout."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheels")
    for part in PARTS:
        path = REPOSITORY / part
        if path.is_dir():
            shutil.copytree(path, source / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy(path, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(target), str(source)], check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize(
    "pattern",
    [
        "edge/**/*.py",
        "edge/bench/labelling/label.*",
        "edge/bench/labelling/*.js",
        "models/*.yaml",
        "models/probe/*.yaml",
        "models/probe/*/*",
        "protocol/texts/*.yaml",
        "server/**/*.py",
        "server/texts/*.yaml",
        "server/console/texts/*.yaml",
        "server/console/templates/**/*.html",
        "server/console/static/dist/[!.]*",
    ],
)
def test_the_wheel_holds(names: set[str], pattern: str) -> None:
    here = {
        str(path.relative_to(REPOSITORY))
        for path in REPOSITORY.glob(pattern)
        if not {"__pycache__", "frontend", "node_modules"} & set(path.relative_to(REPOSITORY).parts)
    }
    assert here
    assert here <= names


def test_the_wheel_holds_no_tests_tools_or_front_end_sources(names: set[str]) -> None:
    tops = {Path(name).parts[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"edge", "protocol", "server", "models"}
    assert not any("node_modules" in name or "console/frontend" in name for name in names)
