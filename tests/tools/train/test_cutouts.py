"""People cut out of pictures and laid into others."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.train.augment import Labelled, Targets
from tools.train.cutouts import CutOut, cut_outs, laid_over, peopled
from tools.train.labels import BAG, PERSON

BOX = (0.3, 0.2, 0.5, 0.9)
NOBODY: Targets = np.zeros((0, 6), np.float32)


def somebody_on_a_meadow(*more: tuple[float, ...]) -> Labelled:
    """A red ellipse on green grain, labelled as a person; `more` rows of targets."""
    rgb = np.random.default_rng(1).integers((20, 120, 20), (60, 180, 60), (200, 300, 3)).astype(np.uint8)
    cv2.ellipse(rgb, (120, 110), (30, 70), 0, 0, 360, (200, 30, 40), -1)
    return Labelled(rgb, np.array([(*BOX, PERSON, 1), *more], np.float32))


def red(rgb: np.ndarray) -> np.ndarray:
    return (rgb[..., 0] > 120) & (rgb[..., 1] < 90)


def test_who_stands_alone_is_cut_out_without_what_is_behind_him() -> None:
    (found,) = cut_outs(somebody_on_a_meadow())
    assert found.cover.shape == pytest.approx((141, 61), abs=4)
    assert red(found.rgb)[found.cover > 200].mean() > 0.95
    assert found.cover[0, 0] == 0


@pytest.mark.parametrize(
    "other",
    [(0.35, 0.3, 0.6, 0.9, PERSON, 1), (0.35, 0.3, 0.6, 0.9, PERSON, 0), (0.2, 0.5, 0.6, 1, 2, 1)],
    ids=["somebody", "perhaps somebody", "a motorcycle"],
)
def test_who_stands_before_or_behind_something_is_not(other: tuple[float, ...]) -> None:
    assert not list(cut_outs(somebody_on_a_meadow(other)))


def test_but_of_bags_and_fires_nothing_need_be_known() -> None:
    assert list(cut_outs(somebody_on_a_meadow((0, 0, 1, 1, BAG, 0))))


def test_who_cannot_be_told_from_the_background_is_not_cut_out() -> None:
    picture = somebody_on_a_meadow()
    assert not list(cut_outs(Labelled(np.full_like(picture.rgb, 90), picture.targets)))


def test_who_is_cut_off_by_the_edge_or_tiny_is_not_cut_out() -> None:
    picture = somebody_on_a_meadow()
    for box in ((0.0, 0.2, 0.2, 0.9), (0.3, 0.2, 0.35, 0.35)):
        assert not list(cut_outs(Labelled(picture.rgb, np.array([(*box, PERSON, 1)], np.float32))))


A_BODY = CutOut(np.full((80, 30, 3), (200, 30, 40), np.uint8), np.full((80, 30), 255, np.uint8))


@given(st.integers(0, 1 << 30))
@settings(max_examples=60)
def test_wherever_somebody_is_laid_his_box_is_about_him(seed: int) -> None:
    paper = np.zeros((128, 208, 3), np.uint8)
    targets = laid_over(paper, NOBODY, A_BODY, np.random.default_rng(seed))
    rows, columns = np.nonzero(red(paper))
    assert targets[0].tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, PERSON, 1]
    assert targets[1, 4:].tolist() == [BAG, 0]


def test_who_is_hidden_behind_somebody_is_not_asked_for_any_more() -> None:
    tiny: Targets = np.array([(100, 60, 104, 64, PERSON, 1), (0, 0, 4, 4, PERSON, 1)], np.float32)
    seen = [
        (laid_over(paper, tiny, A_BODY, np.random.default_rng(seed)), red(paper)[60:64, 100:104].mean())
        for seed in range(60)
        for paper in [np.zeros((128, 208, 3), np.uint8)]
    ]
    assert {row[0, 5] for row, hidden in seen if hidden == 1} == {0}
    assert {row[0, 5] for row, hidden in seen if hidden < 0.3} == {1}


def test_most_pictures_stay_as_they_are_and_without_people_all() -> None:
    chance = np.random.default_rng(2)
    counts = [len(peopled(np.zeros((128, 208, 3), np.uint8), NOBODY, [A_BODY], chance)) for _ in range(300)]
    assert 0.5 < counts.count(0) / 300 < 0.8
    assert max(counts) == 6
    assert not len(peopled(np.zeros((128, 208, 3), np.uint8), NOBODY, [], chance))
