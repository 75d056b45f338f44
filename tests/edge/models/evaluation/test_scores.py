"""What the figures of an evaluation must be, on cases small enough to reckon by hand and on random ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge.models.evaluation import Judged, Scores, evaluate

PERSON, CAR = 0, 1
HERE, THERE = [10, 10, 30, 60], [100, 10, 130, 80]


def judged(found: list[tuple[list[int], float]], truth: list[list[int]], **changes: object) -> Judged:
    """A picture of people only."""
    made = Judged(
        boxes=np.array([box for box, _ in found], np.float32).reshape(-1, 4),
        scores=np.array([score for _, score in found], np.float32),
        classes=np.zeros(len(found), np.int64),
        truth=np.array(truth, np.float32).reshape(-1, 4),
        truth_classes=np.zeros(len(truth), np.int64),
        labelled=frozenset({PERSON}),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ap(*pictures: Judged) -> float | None:
    return evaluate(pictures).classes[PERSON].all.ap50


def recall(*pictures: Judged) -> float | None:
    return evaluate(pictures).classes[PERSON].all.recall


def test_a_false_box_above_the_right_one_halves_the_precision() -> None:
    assert ap(judged([(THERE, 0.9), (HERE, 0.8)], [HERE])) == pytest.approx(0.5)


def test_the_area_is_that_under_the_envelope_over_all_points() -> None:
    # Points: recall 1/3 at precision 1, 1/3 at 1/2, 2/3 at 2/3; the third is never found. 1/3 · 1 + 1/3 · 2/3.
    found = [(HERE, 0.9), ([300, 10, 320, 60], 0.8), (THERE, 0.7)]
    assert ap(judged(found, [HERE, THERE, [200, 10, 230, 80]])) == pytest.approx(1 / 3 + 2 / 9)


def test_a_second_box_on_the_same_person_is_false() -> None:
    assert ap(judged([(HERE, 0.9), (HERE, 0.8), (THERE, 0.7)], [HERE, THERE])) == pytest.approx(1 / 2 + 1 / 3)


def test_a_box_takes_the_person_it_overlaps_most_of_those_left() -> None:
    beside = [14, 10, 34, 60]
    assert ap(judged([(HERE, 0.9), ([12, 10, 32, 60], 0.8)], [HERE, beside])) == pytest.approx(1.0)


def test_half_an_overlap_is_enough_and_less_is_not() -> None:
    assert ap(judged([([10, 10, 30, 35], 0.9)], [HERE])) == pytest.approx(1.0)
    assert ap(judged([([10, 10, 30, 34], 0.9)], [HERE])) == pytest.approx(0.0)


def test_what_is_ignored_need_not_be_found_and_takes_any_number_of_boxes() -> None:
    ignored = np.array([False, True])
    assert ap(judged([(HERE, 0.9)], [HERE, THERE], ignored=ignored)) == pytest.approx(1.0)
    twice = judged([(THERE, 0.95), (THERE, 0.94), (HERE, 0.9)], [HERE, THERE], ignored=ignored)
    assert ap(twice) == pytest.approx(1.0)


def test_of_somebody_half_hidden_all_or_what_shows_may_be_drawn() -> None:
    shown = np.array([[10, 10, 30, 30]], np.float32)
    for box in (HERE, [10, 10, 30, 30]):
        assert ap(judged([(box, 0.9)], [HERE], shown=shown)) == pytest.approx(1.0)


def test_boxes_of_a_class_that_the_set_does_not_label_are_no_mistakes() -> None:
    cars = judged([(HERE, 0.9), (THERE, 0.95)], [HERE], classes=np.array([PERSON, CAR]))
    assert ap(cars) == pytest.approx(1.0)
    assert evaluate([cars]).classes.keys() == {PERSON}


def test_where_a_class_is_labelled_in_part_only_what_is_there_counts() -> None:
    partly = judged([(HERE, 0.5), (THERE, 0.9)], [HERE], labelled=frozenset(), partly=frozenset({PERSON}))
    assert (ap(partly), recall(partly)) == (None, 1.0)
    assert evaluate([partly]).ap50 is None
    whole = judged([(HERE, 0.8)], [HERE])
    assert ap(partly, whole) == pytest.approx(1.0), "the false box lies in the picture that is labelled in part"


def test_recall_is_that_at_one_false_box_for_each_picture() -> None:
    two_false = [([300, 10, 320, 60], 0.9), ([200, 10, 220, 60], 0.8)]
    assert recall(judged([*two_false, (HERE, 0.7)], [HERE])) == 0.0
    assert recall(judged([*two_false, (HERE, 0.7)], [HERE]), judged([], [])) == 1.0
    scores = evaluate([judged([(HERE, 0.7), (THERE, 0.6)], [HERE])]).classes[PERSON]
    assert scores.score_at_one == pytest.approx(0.6)


def test_nothing_found_and_nothing_to_find_are_told_apart() -> None:
    assert (ap(judged([], [HERE])), recall(judged([], [HERE]))) == (0.0, 0.0)
    assert (ap(judged([(HERE, 0.9)], [])), recall(judged([], []))) == (None, None)
    assert evaluate([]) == Scores(0, {}, None, None)


def test_heights_are_counted_apart_and_others_do_no_harm() -> None:
    small, large = [10, 10, 20, 30], [100, 10, 160, 150]
    scores = evaluate([judged([(small, 0.9), (large, 0.3), ([300, 10, 360, 150], 0.8)], [small, large])])
    heights = scores.classes[PERSON].by_height
    assert (heights["<32"].wanted, heights["<32"].ap50) == (1, 1.0), "the false one is large"
    assert heights["≥96"].ap50 == pytest.approx(0.5)
    assert heights["32–96"] == type(heights["<32"])(0, None, None)


def test_the_best_score_is_where_precision_and_recall_meet_best() -> None:
    false = [([300, 10, 320, 60], 0.3), ([200, 10, 220, 60], 0.2)]
    scores = evaluate([judged([(HERE, 0.9), (THERE, 0.6), *false], [HERE, THERE])]).classes[PERSON]
    assert scores.best_f1 == 1.0
    assert scores.best_score == pytest.approx(0.6)


def test_means_are_over_the_classes_that_are_there() -> None:
    both = judged(
        [(HERE, 0.9)],
        [HERE, THERE],
        truth_classes=np.array([PERSON, CAR]),
        labelled=frozenset({PERSON, CAR, 2}),
    )
    assert evaluate([both]).ap50 == pytest.approx(0.5)


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match=r"scores must have shape \(1,\), but has \(2,\)"):
        judged([(HERE, 0.9)], [HERE], scores=np.zeros(2))


@st.composite
def pictures(draw: st.DrawFn) -> list[Judged]:
    """A few pictures with random boxes, some of them on something, with scores that repeat."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return [_random_picture(random) for _ in range(draw(st.integers(1, 5)))]


def _random_picture(random: np.random.Generator) -> Judged:
    truth = _boxes(random, int(random.integers(0, 5)))
    near = truth[random.random(len(truth)) < 0.7] + random.normal(0, 3, 4)
    found = np.concatenate([near, _boxes(random, int(random.integers(0, 4)))])
    return Judged(
        boxes=found,
        scores=random.integers(1, 10, len(found)) / 10,
        classes=random.integers(0, 2, len(found)),
        truth=truth,
        truth_classes=random.integers(0, 2, len(truth)),
        labelled=frozenset({PERSON, CAR}),
        ignored=random.random(len(truth)) < 0.2,
    )


def _boxes(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    corners = random.uniform(0, 200, (count, 2))
    return np.concatenate([corners, corners + random.uniform(5, 150, (count, 2))], axis=1)


def figures(scores: Scores) -> list[float]:
    """Every figure that a better detector has higher; 0 for none."""
    parts = [found for one in scores.classes.values() for found in (one.all, *one.by_height.values())]
    return [figure or 0.0 for part in parts for figure in (part.ap50, part.recall)]


@given(pictures())
def test_every_figure_lies_between_none_and_all(some: list[Judged]) -> None:
    assert all(0 <= figure <= 1 for figure in figures(evaluate(some)))


@given(pictures())
def test_perfect_boxes_give_one(some: list[Judged]) -> None:
    perfect = [replace(one, boxes=one.truth, classes=one.truth_classes, scores=np.ones(len(one.truth))) for one in some]
    for scores in evaluate(perfect).classes.values():
        for found in (scores.all, *scores.by_height.values()):
            if found.wanted:
                assert (found.ap50, found.recall) == (1.0, 1.0)


@given(pictures(), st.randoms())
def test_the_order_of_pictures_does_not_matter(some: list[Judged], random: object) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert figures(evaluate(shuffled)) == pytest.approx(figures(evaluate(some)))


@given(pictures(), st.floats(0.001, 0.09))
def test_a_false_box_of_the_lowest_score_raises_nothing(some: list[Judged], score: float) -> None:
    first = some[0]
    worse = replace(
        first,
        boxes=np.concatenate([first.boxes, [[900, 900, 950, 950]]]),
        scores=np.append(first.scores, score),
        classes=np.append(first.classes, PERSON),
    )
    before, after = figures(evaluate(some)), figures(evaluate([worse, *some[1:]]))
    assert all(late <= early + 1e-12 for early, late in zip(before, after, strict=True))


@given(pictures())
def test_a_right_box_of_the_highest_score_lowers_nothing(some: list[Judged]) -> None:
    first, alone = some[0], [[900, 900, 950, 950]]
    there = replace(
        first,
        truth=np.concatenate([first.truth, alone]),
        truth_classes=np.append(first.truth_classes, PERSON),
        ignored=np.append(first.ignored, False),  # type: ignore[arg-type]
    )
    better = replace(
        there,
        boxes=np.concatenate([first.boxes, alone]),
        scores=np.append(first.scores, 1.0),
        classes=np.append(first.classes, PERSON),
    )
    before, after = figures(evaluate([there, *some[1:]])), figures(evaluate([better, *some[1:]]))
    assert all(late >= early - 1e-12 for early, late in zip(before, after, strict=True))


@given(pictures(), st.floats(0.5, 3))
def test_other_units_of_scores_change_nothing(some: list[Judged], power: float) -> None:
    bent = [replace(one, scores=one.scores**power) for one in some]
    assert figures(evaluate(bent)) == pytest.approx(figures(evaluate(some)))
