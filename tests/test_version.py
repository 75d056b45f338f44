import tomllib

import pytest
from typer import Typer
from typer.testing import CliRunner

from edge.cli import app as edge
from server.cli import app as server
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(("name", "app"), [("shouwang-edge", edge), ("shouwang-server", server)])
def test_each_command_says_the_version_of_the_package(name: str, app: Typer) -> None:
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output) == (0, f"{name} {version}\n")
