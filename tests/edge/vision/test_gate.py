from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.vision.boxes import Boxes
from edge.vision.gate import Decision, Gate, Reason
from edge.vision.settings import GateSettings

START = datetime(2026, 1, 1, tzinfo=UTC)
RANDOM = np.random.default_rng(7)
GROUND = RANDOM.integers(60, 160, (45, 80), dtype=np.uint8).repeat(4, 0).repeat(4, 1)

NOBODY = np.zeros((0, 4), np.float32)

Paint = Callable[[int, NDArray[np.float64]], None]


def watch(
    paint: Paint, frames: int, gate: Gate | None = None, fps: float = 5, known: Callable[[int], Boxes] | None = None
) -> list[Decision]:
    """What the gate says of noisy pictures of textured ground, each changed by `paint(number, picture)`."""
    gate = gate or Gate(GateSettings())
    said = []
    for number in range(frames):
        picture = GROUND + RANDOM.normal(0, 3, GROUND.shape)
        paint(number, picture)
        grey = np.clip(picture, 0, 255).astype(np.uint8)
        bgr = np.repeat(grey[:, :, None], 3, axis=2)
        frame = Frame("c", number, START + timedelta(seconds=number / fps), Picture.of_array(bgr))
        said.append(gate.decide(frame, lambda _: NOBODY if known is None else known(number)))  # noqa: B023
    return said


def nothing(_: int, __: NDArray[np.float64]) -> None:
    """An empty scene."""


def test_a_quiet_noisy_scene_is_looked_at_only_to_refresh() -> None:
    reasons = [decision.reason for decision in watch(nothing, 150)]
    assert reasons[0] is Reason.LEARNING
    assert set(reasons[1:]) == {Reason.QUIET, Reason.REFRESH}
    assert reasons.count(Reason.REFRESH) == pytest.approx(30 / 10, abs=1)


def test_somebody_who_walks_through_is_looked_at_in_every_frame() -> None:
    def person(number: int, picture: NDArray[np.float64]) -> None:
        if 20 <= number < 60:
            picture[60:100, 4 * number : 4 * number + 12] += 45

    said = watch(person, 90)
    assert all(decision.reason is Reason.MOTION for decision in said[20:60])
    assert {decision.reason for decision in said[75:]} <= {Reason.QUIET, Reason.REFRESH}


@pytest.mark.parametrize("step", [-50, -25, 25, 50])
def test_a_light_that_is_switched_is_no_motion_for_long(step: int) -> None:
    def lamp(number: int, picture: NDArray[np.float64]) -> None:
        if number >= 20:
            picture += step

    said = watch(lamp, 60)
    assert sum(decision.look for decision in said[20:]) <= 8


def test_slow_dusk_is_no_motion() -> None:
    def dusk(number: int, picture: NDArray[np.float64]) -> None:
        picture *= 1 - number / 400

    assert {decision.reason for decision in watch(dusk, 200)[1:]} <= {Reason.QUIET, Reason.REFRESH}


def test_a_car_that_parks_and_the_ground_it_leaves_become_background() -> None:
    def car(number: int, picture: NDArray[np.float64]) -> None:
        if 20 <= number < 80:
            picture[80:140, 100:200] = 220

    said = watch(car, 140)
    assert said[20].reason is Reason.MOTION
    assert not any(decision.reason is Reason.MOTION for decision in said[45:80])
    assert said[80].reason is Reason.MOTION
    assert not any(decision.reason is Reason.MOTION for decision in said[105:])


def test_motion_outside_every_rules_region_needs_no_look() -> None:
    def person(number: int, picture: NDArray[np.float64]) -> None:
        if number >= 20:
            picture[60:100, 4 * number : 4 * number + 12] += 45

    left_edge = Gate(GateSettings(linger_s=0), [[(0, 0), (0.1, 0), (0.1, 1), (0, 1)]])
    assert {decision.reason for decision in watch(person, 60, left_edge)[25:]} <= {Reason.ELSEWHERE, Reason.REFRESH}


def test_regions_that_change_hold_from_the_next_frame_on_and_nothing_is_learnt_anew() -> None:
    settings = GateSettings(linger_s=0)
    gate = Gate(settings)

    def person(number: int, picture: NDArray[np.float64]) -> None:
        if number >= 20:
            picture[60:100, 4 * number : 4 * number + 12] += 45
        if number == 30:
            gate.watch(settings, [[(0, 0), (0.1, 0), (0.1, 1), (0, 1)]])
        if number == 40:
            gate.watch(settings, None)

    reasons = [decision.reason for decision in watch(person, 50, gate)]
    assert set(reasons[25:30]) == {Reason.MOTION}
    assert set(reasons[30:40]) <= {Reason.ELSEWHERE, Reason.REFRESH}
    assert set(reasons[40:]) == {Reason.MOTION}


def test_a_gate_that_is_off_looks_at_everything() -> None:
    assert all(decision.look for decision in watch(nothing, 20, Gate(GateSettings(enabled=False))))


def test_who_is_known_is_looked_at_less_often_and_a_stranger_at_once() -> None:
    def two_people(number: int, picture: NDArray[np.float64]) -> None:
        picture[60:100, 4 * number : 4 * number + 12] += 45
        if number == 38:
            picture[120:160, 200:220] += 45

    def where_the_first_is(number: int) -> Boxes:
        return np.array([[4 * number / 320, 60 / 180, (4 * number + 12) / 320, 100 / 180]], np.float32)

    said = [decision.reason for decision in watch(two_people, 60, known=where_the_first_is)]
    assert said[20:38].count(Reason.KNOWN) == pytest.approx(18 * 2 / 3, abs=2)
    assert said[38] is Reason.MOTION
