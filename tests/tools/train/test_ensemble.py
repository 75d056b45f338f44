import numpy as np
import pytest

from tools.train.ensemble import Opinion, Votes, _turned, opinion_of, with_lying
from tools.train.labels import LABELS, PERSON

CAR, TRUCK = LABELS.index("car"), LABELS.index("truck")
BOX = (0.1, 0.1, 0.3, 0.5)
LOOKS = 8


def votes(*rows: tuple[tuple[float, ...], int, float, int]) -> Votes:
    return Votes(
        np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float32),
        np.array([row[3] for row in rows], np.int64),
    )


def test_what_half_of_the_looks_see_is_there() -> None:
    opinion = opinion_of(votes(*((BOX, PERSON, 1.0, look) for look in range(4))), LOOKS)
    ((box, kind),) = opinion.sure
    assert kind == PERSON
    assert box == pytest.approx(BOX, abs=1e-6)
    assert opinion.unsure == ()


def test_what_two_looks_see_may_be_there_and_what_one_half_sees_is_nothing() -> None:
    opinion = opinion_of(votes((BOX, PERSON, 1.0, 0), (BOX, PERSON, 0.9, 1)), LOOKS)
    assert opinion.sure == ()
    assert [kind for _, kind in opinion.unsure] == [PERSON]
    assert opinion_of(votes((BOX, PERSON, 0.5, 0)), LOOKS).unsure == ()


def test_one_look_cannot_vote_many_times_for_one_thing() -> None:
    assert opinion_of(votes(*((BOX, PERSON, 1.0, 0) for _ in range(8))), LOOKS).sure == ()


def test_a_lorry_that_half_of_them_call_a_car_is_one_vehicle_of_the_heavier_kind() -> None:
    rows = [(BOX, TRUCK, 1.0, look) for look in range(3)] + [(BOX, CAR, 0.8, look) for look in range(3, 6)]
    ((_, kind),) = opinion_of(votes(*rows), LOOKS).sure
    assert kind == TRUCK


def test_two_people_apart_are_two() -> None:
    there = (0.6, 0.1, 0.8, 0.5)
    rows = [(box, PERSON, 1.0, look) for look in range(5) for box in (BOX, there)]
    assert len(opinion_of(votes(*rows), LOOKS).sure) == 2


def test_an_empty_picture_gives_no_opinion() -> None:
    opinion = opinion_of(votes(), LOOKS)
    assert opinion.sure == opinion.unsure == ()


@pytest.mark.parametrize("turns", [1, 3])
def test_boxes_of_a_turned_picture_come_back_to_where_they_are(turns: int) -> None:
    upright = np.zeros((40, 80, 3), np.uint8)
    upright[10:20, 40:72] = 255
    picture, back = _turned(upright, turns)
    rows, columns = np.flatnonzero(picture.any((1, 2))), np.flatnonzero(picture.any((0, 2)))
    high, wide = picture.shape[:2]
    box = [columns[0] / wide, rows[0] / high, (columns[-1] + 1) / wide, (rows[-1] + 1) / high]
    assert back(np.array([box], np.float32))[0] == pytest.approx([0.5, 0.25, 0.9, 0.5])


def test_somebody_seen_only_in_a_turned_picture_is_added_and_nobody_twice() -> None:
    lying = (0.5, 0.7, 0.9, 0.9)
    seen = Opinion(sure=((BOX, PERSON),), unsure=())
    turned = Opinion(sure=((BOX, PERSON), (lying, PERSON), (lying, CAR)), unsure=((lying, CAR),))
    assert with_lying(seen, turned) == Opinion(sure=((BOX, PERSON), (lying, PERSON)), unsure=())
