"""What the guides tell people to write is sound, and what they point at is there."""

import re
from pathlib import Path

import pytest
from typer.main import get_group

from edge.cli import app
from edge.config import load_camera, load_node
from edge.errors import EXIT_CODES
from edge.models.cli import models
from edge.rules import kinds
from edge.teaching.cli import lessons
from tests.conftest import REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])


def test_the_files_of_the_first_box_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (REPOSITORY / "docs/guides/first-box.md").read_text("utf-8")
    node, camera = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "node.yaml").write_text(node, "utf-8")
    (tmp_path / "car-park.yaml").write_text(camera, "utf-8")
    monkeypatch.setenv("CAR_PARK_PASSWORD", "sesame")
    loaded = load_node(tmp_path / "node.yaml")
    assert loaded.cameras[0].source.get_secret_value() == "rtsp://viewer:sesame@192.168.1.20/stream2"


def test_the_guide_to_the_first_box_tells_how_every_command_may_end() -> None:
    guide = (REPOSITORY / "docs/guides/first-box.md").read_text("utf-8")
    told = [int(number) for number in re.findall(r"^\| (\d+) \|", guide, re.MULTILINE)]
    assert told == sorted({1, 2, *EXIT_CODES.values()})


def test_the_guide_to_models_tells_of_every_command_and_option() -> None:
    guide = (REPOSITORY / "docs/guides/models.md").read_text("utf-8")
    for name, command in get_group(models).commands.items():
        assert f"shouwang-edge models {name}" in guide
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert any(option in guide for option in parameter.opts), (name, parameter.opts)


def test_the_guide_to_rules_tells_of_every_command_about_lessons() -> None:
    guide = (REPOSITORY / "docs/guides/rules.md").read_text("utf-8")
    for name, command in get_group(lessons).commands.items():
        assert f"shouwang-edge lessons {name}" in guide
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert any(option in guide for option in parameter.opts), (name, parameter.opts)


@pytest.mark.parametrize("command", ["eval", "label"])
def test_the_guide_to_evaluation_tells_of_every_option(command: str) -> None:
    guide = (REPOSITORY / "docs/guides/evaluation.md").read_text("utf-8")
    for parameter in get_group(app).commands[command].params:
        if parameter.param_type_name == "option":
            assert any(f"`{option}" in guide or f" {option} " in guide for option in parameter.opts), parameter.opts


@pytest.mark.parametrize(("command", "page"), [("whatif", "what-if"), ("explain", "replay"), ("replay", "replay")])
def test_the_guides_of_the_testers_bench_tell_of_every_option(command: str, page: str) -> None:
    guide = (REPOSITORY / f"docs/guides/{page}.md").read_text("utf-8")
    for parameter in get_group(app).commands[command].params:
        if parameter.param_type_name == "option":
            options = [*parameter.opts, *parameter.secondary_opts]
            assert any(option in guide for option in options), options


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_guide_to_rules_tells_of_every_kind_and_setting() -> None:
    guide = (REPOSITORY / "docs/guides/rules.md").read_text("utf-8")
    for kind, rule in kinds().items():
        assert f"| `{kind}` |" in guide
        for name in rule.settings_model.model_fields.keys() - {"kind"}:
            assert f"`{name}`" in guide, (kind, name)


def test_the_example_of_the_guide_to_rules_is_sound(tmp_path: Path) -> None:
    guide = (REPOSITORY / "docs/guides/rules.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "gate-yard.yaml").write_text(example, "utf-8")
    assert len(load_camera(tmp_path / "gate-yard.yaml").build_rules()) > 8
