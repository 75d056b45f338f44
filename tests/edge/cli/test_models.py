"""Models on the command line: their hash and their licence."""

from pathlib import Path

import pytest
import yaml

from tests.edge.box import write
from tests.edge.cli.calls import matches, replay
from tests.edge.command import Command
from tests.edge.enrolled import credentials_of


def test_weights_that_are_not_those_of_the_card_are_refused(command: Command, box: Path) -> None:
    with (box / "brightness.onnx").open("ab") as file:
        file.write(b"\0")
    ended, _, complaint = command("models", "verify", box / "brightness.yaml")
    assert ended == 5
    assert matches(r"brightness\.onnx: sha256 is .* expects", complaint)


def test_models_verify_and_list_name_the_licence(command: Command, box: Path) -> None:
    code, said, _ = command("models", "verify", box / "brightness.yaml")
    assert code == 0
    assert "Apache-2.0" in said
    code, said, _ = command("models", "list")
    assert code == 0
    assert "AGPL-3.0" in said


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "NOASSERTION"])
def test_a_licence_that_the_installer_rules_out_is_refused_everywhere(
    command: Command, box: Path, monkeypatch: pytest.MonkeyPatch, licence: str
) -> None:
    stated = "states no licence" if licence == "NOASSERTION" else f"is under {licence}"
    card = yaml.safe_load((box / "brightness.yaml").read_text("utf-8"))
    write(box / "brightness.yaml", card | {"licence": licence})
    arguments = [*replay(box), "--no-video"]
    assert command("check", box / "node.yaml", "--out", box / "views")[0] == 0
    node = yaml.safe_load((box / "node.yaml").read_text("utf-8"))
    write(box / "node.yaml", node | {"licences": "permissive"})
    credentials_of("gatehouse").save(box / "data")
    commands: list[list[object]] = [["check", box / "node.yaml"], ["run", box / "node.yaml"]]
    commands += [[*arguments, "--licences", "permissive"], [*arguments, "--publish", box / "node.yaml"]]
    for line in commands:
        ended, said, complaint = command(*line)
        assert (ended, said) == (5, "")
        assert f"model «brightness» {stated}, and" in complaint
        assert "«licences: permissive» takes only known licences that ask for no more than to be named" in complaint
    monkeypatch.setenv("SHOUWANG_LICENCES", "permissive")
    assert command(*arguments)[0] == 5
    write(box / "node.yaml", node | {"licences": "free"})
    _, _, complaint = command("check", box / "node.yaml")
    assert matches(r"node\.yaml:\d+ licences: input should be 'any' or 'permissive'", complaint)
