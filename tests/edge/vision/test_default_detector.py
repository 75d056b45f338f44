"""The detector that comes with Shouwang, on pictures of our own."""

import numpy as np
import pytest

from edge.models.measuring import measure, read_set
from edge.video.picture import Picture
from edge.vision.card import MODELS, ModelCard, find_card
from edge.vision.detector import OnnxDetector

LARGEST_MB = 8


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return find_card(None, MODELS)[0]


@pytest.fixture(scope="module")
def detector() -> OnnxDetector:
    return OnnxDetector(*find_card(None, MODELS))


def test_it_may_be_used_by_anybody_and_is_small(card: ModelCard) -> None:
    assert card.licence == "Apache-2.0"
    assert (MODELS / card.file).stat().st_size < LARGEST_MB * 1e6
    assert max(card.input.width, card.input.height) <= 416


def test_its_card_says_what_it_was_trained_on_how_good_it_is_and_what_it_is_bad_at(card: ModelCard) -> None:
    assert card.trained_on
    assert card.weaknesses
    assert {one.set for one in card.measured} >= {"pets09/test", "coco/test", "fire_indoor/test"}
    assert {one.threads for one in card.speed} == {1, 2}


def test_it_finds_most_of_the_people_and_cars_of_the_known_pictures(card: ModelCard) -> None:
    found = measure(card, MODELS / card.file, read_set(MODELS / "probe")).by_word()
    assert found["person"].all.recall >= 0.7
    assert found["car"].all.recall >= 0.6


@pytest.mark.parametrize("size", [(640, 360), (640, 480), (360, 640)])
def test_it_sees_nothing_in_a_grey_picture_of_any_shape(detector: OnnxDetector, size: tuple[int, int]) -> None:
    grey = Picture.of_array(np.full((size[1], size[0], 3), 110, np.uint8))
    assert not (detector.detect(grey).scores >= detector.card.threshold).any()
