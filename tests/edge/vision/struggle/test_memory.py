"""The movement of the last seconds."""

from datetime import timedelta

import numpy as np

from edge.vision.struggle.memory import LEAST_FLOWS, LONGEST_STEP_S, Memory
from tests.edge.scenes import START

PEOPLE = np.array([[0.4, 0.2, 0.6, 0.9]], np.float32)
TEXTURE = np.random.default_rng(2).integers(0, 255, (180, 320), np.uint8)


def add(memory: Memory, seconds: float) -> None:
    memory.add(START + timedelta(seconds=seconds), TEXTURE, PEOPLE)


def test_it_says_nothing_until_it_has_seen_enough() -> None:
    memory = Memory(2.0)
    for number in range(LEAST_FLOWS):
        add(memory, number / 10)
        assert memory.measured() is None
    add(memory, LEAST_FLOWS / 10)
    assert memory.measured() is not None


def test_after_a_gap_it_begins_anew() -> None:
    memory = Memory(2.0)
    for number in range(20):
        add(memory, number / 10)
    add(memory, 1.9 + LONGEST_STEP_S + 0.1)
    assert memory.measured() is None


def test_pictures_of_another_shape_and_times_that_stand_still_do_no_harm() -> None:
    memory = Memory(2.0)
    for number in range(20):
        add(memory, number / 10)
    memory.add(START + timedelta(seconds=2), TEXTURE[:90], PEOPLE)
    assert memory.measured() is None
    memory.add(START + timedelta(seconds=2), TEXTURE[:90], PEOPLE)
    assert memory.measured() is None


def test_what_is_older_than_the_window_no_longer_counts() -> None:
    memory, crowd = Memory(1.0), np.repeat(PEOPLE, 5, axis=0)
    for number in range(10):
        memory.add(START + timedelta(seconds=number / 10), TEXTURE, crowd)
    for number in range(10, 21):
        add(memory, number / 10)
    found = memory.measured()
    assert found is not None
    assert found.people == 1


def test_at_half_the_usual_rate_as_on_short_rations_it_still_says_something() -> None:
    memory = Memory(2.0)
    for number in range(12):
        add(memory, number / 2.5)
    assert memory.measured() is not None
