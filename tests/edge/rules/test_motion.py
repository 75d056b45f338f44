import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules.ground import Ground
from edge.rules.motion import Motion
from edge.vision.gate import Decision, Reason
from tests.edge.pinhole import Pinhole
from tests.edge.scenes import Thing, scene

ASPECT = 16 / 9
PACE = 0.3 / ASPECT
"""A body height a second to the right, for somebody 0.3 high: shares of the width."""


def speeds(*things: Thing, until: float, fps: float = 10, coasts: Sequence[tuple[float, float]] = ()) -> dict[int, Any]:
    """Speeds of each track by time, in body heights a second."""
    motion = Motion(None)
    found: dict[int, dict[float, float]] = {}
    for number in range(round(until * fps) + 1):
        t = number / fps
        now = scene(t, things)
        if any(a <= t < b for a, b in coasts):
            now = replace(now, gate=Decision(Reason.KNOWN))
        moves = motion.step(now)
        for track, speed in zip(now.tracks.ids.tolist(), moves.speeds.tolist(), strict=True):
            found.setdefault(track, {})[round(t, 3)] = speed
    return found


def walk(track: int = 1, pace: float = 1.0, start: float = 0.1, seconds: float = 4.0, **more: Any) -> Thing:
    return Thing(track, [(0, (start, 0.8)), (seconds, (start + pace * PACE * seconds, 0.8))], **more)


@pytest.mark.parametrize("fps", [5, 10, 12.5, 25])
def test_a_steady_walk_has_its_speed_at_any_frame_rate_once_it_is_known(fps: float) -> None:
    found = speeds(walk(), until=4, fps=fps)[1]
    assert np.isnan(found[0.4])
    assert [speed for t, speed in found.items() if t >= 1] == pytest.approx(
        [1.0] * sum(t >= 1 for t in found), abs=0.02
    )


def test_jitter_adds_little() -> None:
    standing = speeds(Thing(1, [(0, (0.5, 0.8)), (20, (0.5, 0.8))], jitter=0.03), until=20)[1]
    assert max(speed for t, speed in standing.items() if t > 1) < 0.3
    walking = speeds(walk(pace=1, seconds=4, jitter=0.03), until=4)[1]
    assert np.median([speed for t, speed in walking.items() if t > 1]) == pytest.approx(1, abs=0.12)


def test_missed_frames_and_guesses_between_looks_do_not_matter() -> None:
    gone = speeds(walk(gaps=[(1.5, 2.2)]), until=4)[1]
    assert [gone[t] for t in (2.3, 3.0, 4.0)] == pytest.approx([1.0] * 3, abs=0.05)
    coasting = speeds(walk(), until=4, coasts=[(1.1, 1.5), (1.6, 2.0), (2.1, 2.5)])[1]
    assert [coasting[t] for t in (1.5, 2.0, 2.5, 4.0)] == pytest.approx([1.0] * 4, abs=0.05)


def test_a_changed_number_keeps_the_past() -> None:
    first = Thing(1, [(0, (0.1, 0.8)), (2, (0.1 + 2 * PACE, 0.8))])
    second = Thing(9, [(2.2, (0.1 + 2.2 * PACE, 0.8)), (4, (0.1 + 4 * PACE, 0.8))])
    assert speeds(first, second, until=4)[9][2.2] == pytest.approx(1.0, abs=0.05)


def test_a_long_absence_forgets_the_past() -> None:
    assert np.isnan(speeds(walk(gaps=[(1.5, 3.0)]), until=4)[1][3.1])


def test_an_absence_just_over_the_longest_is_not_filled_in_by_the_scene_that_ends_it() -> None:
    back = speeds(walk(gaps=[(1.5, 2.5)]), until=4, fps=5)[1]
    assert np.isnan(back[2.6])


@pytest.mark.parametrize(
    "thing",
    [
        Thing(1, [(0, (0.5, 0.8)), (6, (0.5, 0.8))], cut=[(2, 4, 0.5)]),
        Thing(1, [(0, (0.5, 0.8)), (6, (0.5, 0.8))], grown=[(2, 4, 0.1)]),
        Thing(1, [(0, (0.5, 0.8)), (6, (0.5, 0.8))], cut=[(2, 2.2, 0.5), (2.5, 2.7, 0.5), (3, 3.2, 0.4)]),
    ],
    ids=["who crouches behind a car", "whom somebody joins", "whose legs come and go"],
)
@pytest.mark.parametrize("fps", [5, 10])
def test_a_box_that_changes_is_no_body_that_moves(thing: Thing, fps: float) -> None:
    found = speeds(thing, until=6, fps=fps)[1]
    assert max(speed for t, speed in found.items() if t > 1) < 0.3


@settings(max_examples=30)
@given(st.floats(0.2, 3), st.sampled_from([5, 10, 25]), st.floats(0.05, 0.4))
def test_the_mirrored_walk_has_the_mirrored_velocity(pace: float, fps: float, start: float) -> None:
    right, left = Motion(None), Motion(None)
    thing = walk(pace=pace, start=start, seconds=3)
    mirrored = Thing(1, [(t, (1 - x, y)) for t, (x, y) in thing.path])
    for number in range(int(2 * fps)):
        one, other = (motion.step(scene(number / fps, [it])) for motion, it in ((right, thing), (left, mirrored)))
        assert one.velocities * [-1, 1] == pytest.approx(other.velocities, abs=1e-3, nan_ok=True)


def test_memory_does_not_grow_with_the_tracks_that_have_gone() -> None:
    motion = Motion(None)
    things = [Thing(n, [(n * 0.1, (n % 9 / 10, 0.8)), (n * 0.1 + 0.3, (n % 9 / 10, 0.8))]) for n in range(1, 400)]
    for number in range(400):
        motion.step(scene(number / 10, [thing for thing in things if abs(thing.track - number) < 10]))
    assert motion._ring.shape[1] <= 64


def test_who_shows_his_legs_alone_has_no_speed_in_heights_until_his_head_is_seen() -> None:
    comes_down = Thing(1, [(0, (0.1, 0.3)), (3, (0.1 + 3 * PACE, 0.3)), (6, (0.1 + 3 * PACE, 0.6))])
    found = speeds(comes_down, until=6)[1]
    assert all(np.isnan(speed) for t, speed in found.items() if t <= 3)
    assert found[6.0] == pytest.approx(0.3 / 3 / 0.3, abs=0.05)


def test_whose_head_was_seen_a_moment_ago_is_still_known_in_heights() -> None:
    goes_up = Thing(1, [(0, (0.1, 0.6)), (3, (0.1, 0.3)), (10, (0.1 + 7 * PACE, 0.3))])
    found = speeds(goes_up, until=10)[1]
    assert found[6.0] == pytest.approx(1.0, abs=0.05)
    assert np.isnan(found[10.0])


GROUND = Ground.measured([(0.2, 0.3, -8, 24), (0.8, 0.3, 8, 24), (0.8, 0.95, 2, 4), (0.2, 0.95, -2, 4)])
TALL = 0.55
"""A body's height, as a share of the picture's, where the ground is nearest."""


def standing_at(east: float, north: float) -> Thing:
    """Somebody there on the ground, as tall in the picture as he is near."""
    x, y, scale = np.linalg.inv(GROUND.matrix) @ (east, north, 1)
    height = TALL / scale
    return Thing(1, [(0, (x / scale, y / scale)), (9, (x / scale, y / scale))], height=height, width=height / 3)


@pytest.mark.parametrize("way", [(0.0, 2.0), (0.0, -2.0), (1.5, 1.5), (-1.5, -1.5), (2.0, 0.0)])
def test_who_goes_away_is_as_fast_on_the_ground_as_who_comes_and_who_passes(way: tuple[float, float]) -> None:
    motion, found = Motion(GROUND), []
    for number in range(41):
        t = number / 10
        east, north = np.array([0, 10]) + np.array(way) * (t - 2)
        moves = motion.step(scene(t, [standing_at(east, north)]))
        assert moves.metric.all()
        found.append(float(moves.speeds[0]))
    assert found[10:] == pytest.approx([np.hypot(*way)] * len(found[10:]), rel=0.05)


@pytest.mark.parametrize("height_m", [2.0, 2.2, 3.0, 5.0])
@pytest.mark.parametrize("pace", [1.4, 3.4])
def test_who_comes_to_a_low_camera_is_as_fast_as_who_comes_to_a_high_one(height_m: float, pace: float) -> None:
    camera = Pinhole(height_m=height_m, tilt_deg=math.degrees(math.atan2(height_m - 0.9, 12)), field_deg=50)
    corners = [(-4.0, 30.0), (4.0, 30.0), (2.0, 8.0), (-2.0, 8.0)]
    motion, found = Motion(Ground.measured([(*camera.share(spot), *spot) for spot in corners])), []
    for number in range(16):
        spot = (0.5, 8 + pace * (1.5 - number / 10))
        (_, head), (x, feet) = camera.share(spot, up_m=1.75), camera.share(spot)
        body = Thing(1, [(0, (x, feet)), (9, (x, feet))], height=feet - head, width=(feet - head) / 4)
        found.append(float(motion.step(scene(number / 10, [body])).speeds[0]))
    assert found[11:] == pytest.approx([pace] * len(found[11:]), rel=0.1)
