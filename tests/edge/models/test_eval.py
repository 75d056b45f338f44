"""`shouwang-edge models eval` as a person meets it."""

import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from edge.models import cli
from edge.models.measuring import measure, read_set
from edge.vision.card import MODELS, find_card
from tests.edge.command import Command
from tests.edge.models.sets import LABEL, save_set
from tests.edge.vision.networks import save_brightness_network


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return save_brightness_network(tmp_path)


def test_a_model_is_measured_by_class_and_by_height(command: Command, model: Path, tmp_path: Path) -> None:
    there = save_set(tmp_path / "right", source={"exhaustive": ["person", "bag"]})
    code, said, _ = command("models", "eval", model, there, "--json", tmp_path / "out" / "figures.json")
    assert code == 0
    assert "licence Apache-2.0" in said
    assert "labelled there, unknown to this model: bag" in said
    assert "ms with 2 threads" in said
    figures = json.loads((tmp_path / "out" / "figures.json").read_text("utf-8"))
    (measured,) = figures["sets"]
    assert measured["mean"] == {"ap50": 1.0, "recall_at_one_false_box": 1.0}
    assert measured["classes"]["person"]["by_height"]["≥96"]["wanted"] == 2
    assert set(measured["classes"]) == {"person"}
    assert [timing["threads"] for timing in figures["inference"]] == [1, 2]


def test_the_figures_are_told_in_chinese_too(command: Command, model: Path, tmp_path: Path) -> None:
    there = save_set(tmp_path / "right", source={"exhaustive": ["person", "bag"], "partly": ["car"]})
    figures = tmp_path / "figures.json"
    code, said, _ = command("models", "eval", model, there, "--json", figures, "--language", "zh")
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == "「Test」，许可证 Apache-2.0"
    assert "right：2 张图片" in lines[1]
    for text in ("目标数", "召回率", "（每图误检 1 个）", "最佳 F1", "高 ≥96 px", "car（部分标注）", "│ 平均"):
        assert text in said
    assert "1.000，得分 0.90" in said
    assert lines[-3] == "标注集中有而此模型不认识的类别：bag"
    assert re.fullmatch(r"推理用时：1 个线程 [\d.]+ ms、2 个线程 [\d.]+ ms（本机 session.run 的中位数）", lines[-2])
    assert lines[-1] == f"已写入：{figures}"


def test_names_of_files_and_folders_are_shown_as_they_are(
    command: Command, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "err", Console(stderr=True, force_terminal=True))  # bars are drawn on terminals only
    there = save_set(tmp_path / "{v} [night]")
    code, said, complaint = command("models", "eval", model, there)
    assert (code, "Traceback" in complaint) == (0, False)
    assert "/{v} [night]: 2 pictures" in said


def test_a_model_that_looks_elsewhere_scores_nothing(model: Path, tmp_path: Path) -> None:
    card, weights = find_card(model, MODELS)
    elsewhere = save_set(tmp_path / "set", {"a": "0 0.9 0.9 0.1 0.1\n", "b": LABEL})
    scores = measure(card, weights, read_set(elsewhere)).scores
    assert scores.ap50 == pytest.approx(0.25), "half of them found, at a precision of a half"


def test_a_set_with_labels_outside_the_picture_is_refused_before_anything_runs(
    command: Command, model: Path, tmp_path: Path
) -> None:
    bad = save_set(tmp_path / "bad", {"a": "0 110 130 60 140\n"})
    code, said, complaint = command("models", "eval", model, bad, "--json", tmp_path / "figures.json")
    assert (code, said) == (3, "")
    assert complaint.startswith(f"{bad}/labels/a.txt:1 x: 110 lies outside 0..1")
    assert "Traceback" not in complaint
    assert not (tmp_path / "figures.json").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [("nowhere", "is not here; name a folder"), ("brightness.yaml", "has no truth beside it")],
)
def test_what_is_no_set_is_named(command: Command, model: Path, tmp_path: Path, name: str, text: str) -> None:
    code, _, complaint = command("models", "eval", model, tmp_path / name)
    assert code == 3
    assert text in complaint


def test_a_set_of_which_the_model_knows_no_word_is_refused(command: Command, model: Path, tmp_path: Path) -> None:
    fire = save_set(tmp_path / "set", source={"exhaustive": ["bag"]})
    code, _, complaint = command("models", "eval", model, fire)
    assert code == 3
    assert "labels bag, of which model «brightness» knows none" in complaint


@pytest.mark.parametrize(
    ("model", "ap50", "recall"), [("yolox_nano_416", 0.896, 0.897), ("picodet_s_416", 0.896, 0.897)]
)
def test_figures_on_real_pictures_are_those_of_the_reference(
    shared_data: Path, model: str, ap50: float, recall: float
) -> None:
    card, weights = find_card(shared_data / f"weights/{model}.onnx", MODELS)
    person = measure(card, weights, read_set(shared_data / "detection/pets09/test"), threads=2).by_word()["person"]
    assert person.all.ap50 == pytest.approx(ap50, abs=0.015)
    assert person.all.recall == pytest.approx(recall, abs=0.015)
