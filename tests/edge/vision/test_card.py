from pathlib import Path
from typing import Any

import pytest
import yaml

from edge.models.making import card_text
from edge.vision.card import (
    MODELS,
    InputCard,
    Licences,
    Measurement,
    ModelCard,
    cards_in,
    check_licence,
    find_card,
    load_card,
    verify_weights,
)
from edge.vision.errors import CardError, LicenceError, ModelFileError

CARD: dict[str, Any] = {
    "name": "mine",
    "title": "Mine",
    "licence": "MIT",
    "source": "ours",
    "file": "mine.onnx",
    "sha256": "0" * 64,
    "input": {"width": 64, "height": 64},
    "format": "yolo",
    "labels": ["person"],
    "threshold": 0.5,
}


def of(licence: str) -> ModelCard:
    return ModelCard.model_validate(CARD | {"licence": licence})


@pytest.mark.parametrize(
    "licence",
    [
        "Apache-2.0",
        "MIT",
        "CC0-1.0",
        "AGPL-3.0-only OR MIT",
        "(MIT AND Apache-2.0)",
        "MIT AND (Apache-2.0 OR GPL-3.0-only)",
        "BSD-3-Clause",
    ],
)
def test_licences_that_ask_for_a_name_only_are_permissive(licence: str) -> None:
    assert of(licence).permissive
    check_licence(of(licence), Licences.PERMISSIVE)


@pytest.mark.parametrize(
    "licence",
    [
        "AGPL-3.0-only",
        "GPL-3.0-or-later",
        "NOASSERTION",
        "CC-BY-NC-4.0",
        "LicenseRef-ours",
        "MIT AND AGPL-3.0-only",
        "(MIT OR Apache-2.0) AND GPL-3.0-only",
        "",
    ],
)
def test_others_are_refused_where_the_installer_says_so_and_only_there(licence: str) -> None:
    check_licence(of(licence), Licences.ANY)
    with pytest.raises(LicenceError, match=r"model «mine» .*«licences: permissive» takes only known licences"):
        check_licence(of(licence), Licences.PERMISSIVE)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"address": "http://example.org/m.onnx"}, "address: .*must begin with https://"),
        ({"address": "ftp://example.org/m.onnx"}, "address: .*must begin with https://"),
        ({"file": "../m.onnx"}, "file: .*must be the name of a file beside the card, without a folder"),
        ({"file": "/etc/m.onnx"}, "file: .*without a folder"),
        ({"file": ".."}, "file: .*without a folder"),
        ({"input": CARD["input"] | {"std": [0, 1, 1]}}, "input.std.0: input should be greater than 0"),
        ({"input": CARD["input"] | {"scale": float("inf")}}, "input.scale: input should be a finite number"),
        ({"strides": []}, "strides: has 0 items, expected at least 1"),
        ({"strides": [8, 0]}, "strides.1: input should be greater than or equal to 1"),
        ({"sha256": "abc"}, "sha256: "),
        ({"measured": [{"set": "a", "metric": "AP50", "value": 89.6}]}, "measured.0.value: "),
    ],
)
def test_a_card_that_cannot_be_is_named_with_its_field(tmp_path: Path, changes: dict[str, object], text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(CARD | changes), "utf-8")
    with pytest.raises(CardError, match=text):
        load_card(path)


def test_a_date_that_cannot_be_is_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(CARD) + "trained_on: 2024-02-30\n", "utf-8")
    with pytest.raises(CardError, match=r"mine\.yaml: not YAML: day is out of range for month"):
        load_card(path)


def test_weights_of_pytorch_are_answered_with_the_next_command(tmp_path: Path) -> None:
    (tmp_path / "mine.pt").write_bytes(b"weights")
    with pytest.raises(CardError, match=r"mine\.pt: is PyTorch weights; make ONNX of it: shouwang-edge models export"):
        find_card(tmp_path / "mine.pt", MODELS)


def test_weights_whose_hash_nobody_knows_are_not_run(tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"weights")
    card = ModelCard.model_validate(CARD | {"sha256": ""})
    with pytest.raises(ModelFileError, match=r"has no sha256 to compare it with; fetch it with .*models pull mine"):
        verify_weights(card, tmp_path / "mine.onnx")


@pytest.mark.parametrize("path", cards_in(MODELS), ids=lambda path: path.stem)
def test_a_card_that_is_written_reads_back_the_same(path: Path, tmp_path: Path) -> None:
    card = load_card(path)
    (tmp_path / "again.yaml").write_text(card_text(card), "utf-8")
    assert load_card(tmp_path / "again.yaml") == card


def test_what_is_not_coco_is_written_out(tmp_path: Path) -> None:
    card = ModelCard.model_validate(CARD | {"labels": ["person", "fire"]}).model_copy(
        update={
            "input": InputCard(width=64, height=32, mean=(1, 2, 3)),
            "measured": (Measurement(set="yard", metric="AP50", value=0.5),),
        }
    )
    (tmp_path / "again.yaml").write_text(card_text(card), "utf-8")
    assert load_card(tmp_path / "again.yaml") == card
