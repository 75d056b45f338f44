import pytest

from edge.models.evaluation.words import words_of
from edge.vision.coco import COCO_80

SETS = ("person", "bicycle", "motorcycle", "car", "bus", "truck", "bag", "fire", "smoke", "dog")


def test_a_detectors_words_become_the_sets() -> None:
    words = words_of(COCO_80, SETS)
    assert {label for label, word in words.items() if word == "bag"} == {"backpack", "handbag", "suitcase"}
    assert words["motorcycle"] == "motorcycle"
    assert words.keys() - {"backpack", "handbag", "suitcase"} == {
        "person", "bicycle", "motorcycle", "car", "bus", "truck", "dog",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("label", "known", "word"),
    [
        ("backpack", ("bag", "backpack"), "backpack"),
        ("Traffic light", ("traffic_light",), "traffic_light"),
        ("traffic_light", ("traffic light",), "traffic light"),
        ("e-bike", ("motorcycle",), "motorcycle"),
        ("cat", ("dog",), None),
    ],
)
def test_the_sets_own_word_comes_first(label: str, known: tuple[str, ...], word: str | None) -> None:
    assert words_of([label], known).get(label) == word
