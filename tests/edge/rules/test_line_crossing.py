from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.rules.base import Place
from edge.rules.geometry import Point
from edge.rules.line_crossing import LineCrossing, LineCrossingSettings
from protocol.kinds import Phase
from protocol.messages import Line
from tests.edge.scenes import PLACE, Thing, play

WEST, EAST = (0.2, 0.6), (0.8, 0.6)
"""The line runs from top to bottom, so west is on its right and east on its left."""


def rule(**settings: Any) -> LineCrossing:
    return LineCrossing(LineCrossingSettings(line="gate", **settings), PLACE)


def walk(track: int = 1, start: tuple[float, float] = WEST, end: tuple[float, float] = EAST, **more: Any) -> Thing:
    return Thing(track, [(0, start), (6, end)], **more)


def test_a_crossing_begins_and_ends_at_once() -> None:
    run = play(rule(), walk(), until=6)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.END]
    assert run.begins() == run.ends() == [pytest.approx(3.2, abs=0.11)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("start", "end", "line", "towards"),
    [
        (WEST, EAST, ((0.5, 0.3), (0.5, 0.9)), "right"),
        (EAST, WEST, ((0.5, 0.3), (0.5, 0.9)), "left"),
        ((0.5, 0.4), (0.5, 0.9), ((0.2, 0.6), (0.8, 0.65)), "bottom"),
        ((0.5, 0.9), (0.5, 0.4), ((0.2, 0.6), (0.8, 0.65)), "top"),
    ],
)
def test_the_sentence_says_where_to_as_seen_in_the_picture_however_the_line_was_drawn(
    start: Point, end: Point, line: tuple[Point, Point], towards: str, turned: bool
) -> None:
    drawn = Line(name="gate", start=line[turned], end=line[not turned])
    crossing = LineCrossing(LineCrossingSettings(line="gate"), Place("yard", {}, {"gate": drawn}))
    run = play(crossing, walk(start=start, end=end), until=6)
    assert [f.reason.arguments["towards"] for _, f in run.findings] == [f"towards.{towards}"] * 2


@pytest.mark.parametrize(
    ("direction", "start", "end", "crossings"),
    [
        ("right_to_left", WEST, EAST, 1),
        ("left_to_right", WEST, EAST, 0),
        ("right_to_left", EAST, WEST, 0),
        ("left_to_right", EAST, WEST, 1),
        ("both", EAST, WEST, 1),
    ],
)
def test_only_the_forbidden_direction_raises(
    direction: str, start: tuple[float, float], end: tuple[float, float], crossings: int
) -> None:
    run = play(rule(direction=direction), walk(start=start, end=end), until=6)
    assert len(run.begins()) == crossings


def test_walking_around_the_end_of_the_line_is_no_crossing() -> None:
    around = Thing(1, [(0, WEST), (2, (0.2, 0.97)), (4, (0.8, 0.97)), (6, EAST)])
    assert play(rule(), around, until=6).findings == []


def test_jitter_on_the_line_is_no_crossing() -> None:
    path = [(t / 10, (0.5 + (0.01 if t % 2 else -0.01), 0.6)) for t in range(60)]
    assert play(rule(), Thing(1, [(0, WEST), *[(t + 0.5, p) for t, p in path]]), until=6).findings == []


def test_a_crossing_during_missed_frames_or_under_a_new_id_is_seen() -> None:
    assert len(play(rule(), walk(gaps=[(2.0, 4.0)]), until=6).begins()) == 1
    before, after = Thing(1, [(0, WEST), (2.9, (0.48, 0.6))]), Thing(9, [(3.3, (0.53, 0.6)), (6, EAST)])
    assert len(play(rule(), before, after, until=6).begins()) == 1


def test_there_and_back_are_two_crossings() -> None:
    assert len(play(rule(), Thing(1, [(0, WEST), (3, EAST), (6, WEST)]), until=6).begins()) == 2


@given(st.floats(0.25, 0.85), st.floats(0.25, 0.85), st.sampled_from([5, 10, 25]), st.integers(0, 50))
def test_a_straight_walk_through_the_line_crosses_exactly_once(y1: float, y2: float, fps: float, track: int) -> None:
    assert len(play(rule(), walk(track, (0.1, y1), (0.9, y2)), until=6, fps=fps).begins()) == 1


def test_memory_does_not_grow_with_the_tracks_that_have_gone() -> None:
    crossing = rule()
    things = [Thing(number, [(number * 0.1, WEST), (number * 0.1 + 0.3, WEST)]) for number in range(1, 500)]
    play(crossing, *things, until=60)
    assert len(crossing.crossings._standing) < 100


def test_so_many_within_the_time_make_one_alert_and_then_the_count_begins_anew() -> None:
    people = [walk(track, (0.2, 0.3 + track / 20), (0.8, 0.3 + track / 20)) for track in (1, 2, 3, 4)]
    run = play(rule(count=3), *people, until=6)
    assert [finding.objects for _, finding in run.findings] == [(1, 2, 3)] * 2
    assert run.why(4, 3.3).condition in ("count", "place")
    late = Thing(3, [(0, WEST), (20, WEST), (26, EAST)])
    assert play(rule(count=3, within_s=10), *people[:2], late, until=30).findings == []
