"""People cut out of pictures and laid into others."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.train.augment import Labelled, Targets
from tools.train.cutouts import CutOut, cut_outs, laid_over, peopled, with_decoy
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


MEADOW_AND_PATH = np.repeat(np.arange(0, 208, dtype=np.uint8)[None, :, None], 128, axis=0).repeat(3, axis=2)


@given(st.integers(0, 1 << 30))
@settings(max_examples=60)
def test_a_decoy_changes_the_paper_and_is_nobody(seed: int) -> None:
    paper = MEADOW_AND_PATH.copy()
    there: Targets = np.array([(0, 0, 4, 4, PERSON, 0), (0, 0, 208, 128, BAG, 0)], np.float32)
    assert with_decoy(paper, there, np.random.default_rng(seed)).tolist() == there.tolist()
    assert 0 < (paper != MEADOW_AND_PATH).any(2).mean() < 0.4


def test_no_decoy_is_a_piece_of_something_labelled_or_of_which_nothing_is_known() -> None:
    for wanted in (1, 0):
        paper = MEADOW_AND_PATH // 2
        paper[:, :100] = 200, 30, 40
        before = paper.copy()
        rows: Targets = np.array([(0, 0, 100, 128, PERSON, wanted)], np.float32)
        for seed in range(60):
            with_decoy(paper, rows, np.random.default_rng(seed))
        assert not red(paper[:, 100:]).any()
        assert (paper[:, :100] != before[:, :100]).any()


def test_a_piece_of_bare_paper_is_no_decoy() -> None:
    paper = np.full((128, 208, 3), 114, np.uint8)
    with_decoy(paper, NOBODY, np.random.default_rng(1))
    assert (paper == 114).all()


def test_where_everything_may_be_there_is_no_decoy() -> None:
    paper = MEADOW_AND_PATH.copy()
    silent: Targets = np.array([(0, 0, 208, 128, PERSON, 0)], np.float32)
    with_decoy(paper, silent, np.random.default_rng(1))
    assert (paper == MEADOW_AND_PATH).all()


def test_who_is_hidden_behind_a_decoy_is_not_asked_for_any_more() -> None:
    tiny: Targets = np.array([(100, 60, 104, 64, PERSON, 1)], np.float32)
    asked = set()
    for seed in range(200):
        paper = MEADOW_AND_PATH.copy()
        after = with_decoy(paper, tiny, np.random.default_rng(seed))
        hidden = (paper != MEADOW_AND_PATH)[60:64, 100:104].any(2).mean()
        asked.add((hidden == 1, after[0, 5]))
    assert (True, 0) in asked
    assert (True, 1) not in asked


def test_decoys_come_with_people_and_people_are_all_that_is_asked_for() -> None:
    seen = []
    for seed in range(100):
        paper = MEADOW_AND_PATH.copy()
        rows = peopled(paper, NOBODY, [A_BODY], np.random.default_rng(seed))
        somebody = rows[rows[:, 5] > 0, :4].astype(int).tolist()
        for x1, y1, x2, y2 in somebody:
            paper[y1:y2, x1:x2] = MEADOW_AND_PATH[y1:y2, x1:x2]
        seen.append((bool(somebody), bool((paper != MEADOW_AND_PATH).any())))
    assert (True, True) in seen
    assert (False, True) not in seen
