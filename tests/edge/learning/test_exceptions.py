from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.learning.exceptions import MOST_HEARD, LearningSettings, Lessons, RuleException, Witness
from protocol.messages import MOST_REFUSED, Box, ExceptionKind

AT = datetime(2026, 3, 2, tzinfo=UTC)
STATUE, DOOR = (0.4, 0.4, 0.5, 0.8), (0.7, 0.3, 0.8, 0.7)
BOUNDS = LearningSettings()


def witness(number: int, *, box: Box = STATUE, score: float = 0.5, still: bool = False, real: bool = False) -> Witness:
    return Witness(at=AT, alert=UUID(int=number), label="person", score=score, box=box, still=still, real=real)


def hear(lessons: Lessons, *witnesses: Witness, bounds: LearningSettings = BOUNDS) -> RuleException | None:
    return lessons.hear(witnesses, bounds).made


def test_a_statue_that_was_called_false_no_longer_counts_and_its_cost_is_said() -> None:
    lessons = Lessons()
    for number in range(41):
        lessons.hear([witness(number, box=DOOR, real=True)], BOUNDS)
    made = hear(lessons, witness(99, still=True))
    assert made is not None
    assert (made.kind, made.would_have_hidden, made.of, made.because) == (ExceptionKind.PLACE, 0, 41, UUID(int=99))
    assert lessons.hides("person", (0.41, 0.4, 0.51, 0.8), 0.9)
    assert not lessons.hides("person", DOOR, 0.9)
    assert not lessons.hides("car", STATUE, 0.9)


def test_a_place_where_somebody_real_was_is_never_excepted_and_what_that_would_have_cost_is_told() -> None:
    lessons = Lessons()
    for number, box in enumerate([STATUE, STATUE, DOOR]):
        lessons.hear([witness(number, box=box, real=True)], BOUNDS)
    changes = lessons.hear([witness(9, still=True)], BOUNDS)
    assert changes.made is None
    assert changes.refused is not None
    assert (changes.refused.would_have_hidden, changes.refused.of, changes.refused.because) == (2, 3, UUID(int=9))
    assert lessons.refused == [changes.refused]
    assert lessons.exceptions == []
    assert lessons.fingerprint is None
    assert not lessons.hides("person", STATUE, 0.5)


def test_the_verdict_counts_also_where_no_exception_came_of_it() -> None:
    lessons = Lessons()
    lessons.hear([witness(1, real=True)], BOUNDS)
    lessons.hear([witness(2, still=True)], BOUNDS)
    assert [(heard.alert.int, heard.real) for heard in lessons.heard] == [(1, True), (2, False)]


def test_who_changes_his_mind_about_an_alert_is_not_told_any_more_what_was_refused_because_of_it() -> None:
    lessons = Lessons()
    lessons.hear([witness(1, real=True)], BOUNDS)
    lessons.hear([witness(2, still=True)], BOUNDS)
    assert len(lessons.refused) == 1
    later = witness(2, still=True, real=True).model_copy(update={"at": AT + timedelta(minutes=1)})
    lessons.hear([later], BOUNDS)
    assert lessons.refused == []


def test_only_the_newest_that_were_refused_are_kept() -> None:
    lessons = Lessons()
    lessons.hear([witness(0, real=True)], BOUNDS)
    for number in range(1, MOST_REFUSED + 3):
        lessons.hear([witness(number, still=True)], BOUNDS)
    assert [refused.because.int for refused in lessons.refused] == list(range(3, MOST_REFUSED + 3))


def test_what_moved_and_was_false_three_times_raises_the_least_score_up_to_the_bound() -> None:
    lessons = Lessons()
    made = [hear(lessons, witness(n, score=0.4), bounds=LearningSettings(most_score=0.6)) for n in range(3)]
    assert made[:2] == [None, None]
    assert made[2] is not None
    assert made[2].score == pytest.approx(0.42)
    bounded = Lessons()
    for number in range(6):
        bounded.hear([witness(number, score=0.4)], LearningSettings(most_score=0.3))
    assert bounded.exceptions == []


def test_a_false_alert_of_three_people_is_one_false_alert() -> None:
    lessons = Lessons()
    assert hear(lessons, *(witness(1, score=score) for score in (0.3, 0.4, 0.35))) is None
    assert hear(lessons, witness(2, score=0.4)) is None
    made = hear(lessons, witness(3, score=0.4))
    assert made is not None
    assert made.score == pytest.approx(0.42)


def test_a_higher_least_score_that_would_have_hidden_something_real_is_not_made() -> None:
    lessons = Lessons()
    lessons.hear([witness(0, box=DOOR, score=0.35, real=True)], BOUNDS)
    assert [hear(lessons, witness(n, score=0.4)) for n in range(1, 6)] == [None] * 5
    told = [(refused.score, refused.would_have_hidden, refused.of) for refused in lessons.refused]
    assert told == [(0.42, 1, 1)] * 3  # from the third false alert on


def test_an_installer_may_forbid_places() -> None:
    lessons = Lessons()
    assert hear(lessons, witness(1, still=True), bounds=LearningSettings(places=False)) is None


def test_the_same_verdict_said_again_is_no_news() -> None:
    lessons = Lessons()
    assert [hear(lessons, witness(1, score=0.4)) for _ in range(5)] == [None] * 5
    made = hear(lessons, witness(2, still=True))
    assert made is not None
    lessons.take_back(made.id)
    assert hear(lessons, witness(2, still=True)) is None
    assert lessons.exceptions == []


def test_a_change_of_mind_takes_the_exception_back() -> None:
    lessons = Lessons()
    made = hear(lessons, witness(1, still=True))
    later = witness(1, still=True, real=True).model_copy(update={"at": AT + timedelta(minutes=1)})
    assert lessons.hear([later], BOUNDS).withdrawn == (made,)
    assert lessons.exceptions == []


def test_an_exception_goes_when_something_that_it_would_have_hidden_is_called_real() -> None:
    lessons = Lessons()
    made = hear(lessons, witness(1, still=True))
    assert lessons.hear([witness(2, box=DOOR, real=True)], BOUNDS).withdrawn == ()
    assert lessons.hear([witness(3, real=True)], BOUNDS).withdrawn == (made,)


def test_what_is_proposed_hides_nothing_until_it_is_accepted() -> None:
    lessons = Lessons()
    made = hear(lessons, witness(1, still=True), bounds=LearningSettings(propose=True))
    assert made is not None
    assert not lessons.hides("person", STATUE, 0.9)
    accepted = lessons.accept(made.id)
    assert accepted is not None
    assert accepted.id == made.id
    assert lessons.hides("person", STATUE, 0.9)
    assert lessons.accept(made.id) is None


def test_a_place_is_excepted_once() -> None:
    lessons = Lessons()
    assert hear(lessons, witness(1, still=True)) is not None
    assert hear(lessons, witness(2, still=True)) is None


def test_a_proposed_score_replaces_the_one_that_counts_only_when_it_is_accepted() -> None:
    lessons, asking = Lessons(), LearningSettings(propose=True)
    for number in range(3):
        hear(lessons, witness(number, score=0.3))
    for number in range(3, 9):
        made = hear(lessons, witness(number, score=0.4), bounds=asking)
    assert made is not None
    assert [(e.score, e.proposed) for e in lessons.exceptions] == [(0.32, False), (0.42, True)]
    lessons.accept(made.id)
    assert [(e.score, e.proposed) for e in lessons.exceptions] == [(0.42, False)]


def test_the_fingerprint_tells_apart_what_is_held_back_and_not_when_it_was_learnt() -> None:
    one, other, proposing = Lessons(), Lessons(), Lessons()
    assert one.fingerprint is None
    hear(one, witness(1, still=True))
    hear(other, witness(2, still=True).model_copy(update={"at": AT + timedelta(days=1)}))
    hear(proposing, witness(1, still=True), bounds=LearningSettings(propose=True))
    assert one.fingerprint == other.fingerprint is not None
    assert proposing.fingerprint is None
    hear(other, witness(3, box=DOOR, still=True))
    assert one.fingerprint != other.fingerprint


def test_a_mind_that_is_full_forgets_false_ones_first() -> None:
    lessons = Lessons()
    for number in range(MOST_HEARD):
        lessons.hear([witness(number, box=DOOR, real=number < 5)], BOUNDS)
    lessons.hear([witness(MOST_HEARD + 1, box=DOOR), witness(MOST_HEARD + 1)], BOUNDS)
    assert len(lessons.heard) == MOST_HEARD
    assert [heard.alert.int for heard in lessons.heard[:6]] == [0, 1, 2, 3, 4, 7]


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
        made = hear(lessons, one)
        real += [one] if is_real else []
        if made is not None:
            assert not any(made.hides(w.label, w.box, w.score) for w in real)
            assert made.would_have_hidden == 0
            assert made.of == len(real)
