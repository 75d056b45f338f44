from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.learning.exceptions import Box, ExceptionKind, LearningSettings, Lessons, Witness

AT = datetime(2026, 3, 2, tzinfo=UTC)
STATUE, DOOR = (0.4, 0.4, 0.5, 0.8), (0.7, 0.3, 0.8, 0.7)
BOUNDS = LearningSettings()


def witness(number: int, *, box: Box = STATUE, score: float = 0.5, still: bool = False, real: bool = False) -> Witness:
    return Witness(at=AT, alert=f"alert-{number}", label="person", score=score, box=box, still=still, real=real)


def test_a_statue_that_was_called_false_no_longer_counts_and_its_cost_is_said() -> None:
    lessons = Lessons()
    for number in range(41):
        lessons.hear([witness(number, box=DOOR, real=True)], BOUNDS)
    made = lessons.hear([witness(99, still=True)], BOUNDS)
    assert made is not None
    assert (made.kind, made.would_have_hidden, made.of, made.because) == (ExceptionKind.PLACE, 0, 41, "alert-99")
    assert lessons.hides("person", (0.41, 0.4, 0.51, 0.8), 0.9)
    assert not lessons.hides("person", DOOR, 0.9)
    assert not lessons.hides("car", STATUE, 0.9)


def test_a_place_where_somebody_real_was_is_never_excepted() -> None:
    lessons = Lessons()
    lessons.hear([witness(1, real=True)], BOUNDS)
    assert lessons.hear([witness(2, still=True)], BOUNDS) is None
    assert not lessons.hides("person", STATUE, 0.5)


def test_what_moved_and_was_false_three_times_raises_the_least_score_up_to_the_bound() -> None:
    lessons = Lessons()
    made = [lessons.hear([witness(n, score=0.4)], LearningSettings(most_score=0.6)) for n in range(3)]
    assert made[:2] == [None, None]
    assert made[2] is not None
    assert made[2].score == pytest.approx(0.42)
    bounded = Lessons()
    for number in range(6):
        bounded.hear([witness(number, score=0.4)], LearningSettings(most_score=0.3))
    assert bounded.exceptions == []


def test_a_higher_least_score_that_would_have_hidden_something_real_is_not_made() -> None:
    lessons = Lessons()
    lessons.hear([witness(0, box=DOOR, score=0.35, real=True)], BOUNDS)
    assert [lessons.hear([witness(n, score=0.4)], BOUNDS) for n in range(1, 6)] == [None] * 5


def test_an_installer_may_forbid_places() -> None:
    lessons = Lessons()
    assert lessons.hear([witness(1, still=True)], LearningSettings(places=False)) is None


VERDICTS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.floats(0.1, 0.95), st.sampled_from([STATUE, DOOR])), max_size=40
)


@given(VERDICTS)
def test_no_exception_ever_hides_what_was_called_real_before_it(
    verdicts: list[tuple[bool, bool, float, Box]],
) -> None:
    lessons = Lessons()
    real: list[Witness] = []
    for number, (is_real, still, score, box) in enumerate(verdicts):
        one = witness(number, box=box, score=score, still=still, real=is_real)
        made = lessons.hear([one], BOUNDS)
        real += [one] if is_real else []
        if made is not None:
            assert not any(made.hides(w.label, w.box, w.score) for w in real)
            assert made.would_have_hidden == 0
            assert made.of == len(real)
