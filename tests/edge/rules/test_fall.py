from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from edge.rules.fall import Fall, FallSettings
from edge.rules.finding import Finding
from edge.vision.scene import Scene
from edge.vision.senses.still import StillThings
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, START, Thing, scene

AT = (0.6, 0.7)
LIES, NARROW = (0.5, 0.58, 0.7, 0.7), (0.6, 0.55, 0.65, 0.7)


def rule(**settings: Any) -> Fall:
    return Fall(FallSettings(**({"after_s": 3} | settings)), PLACE)


def person(start: float, end: float, height: float = 0.4, track: int = 1, at: tuple[float, float] = AT) -> Thing:
    return Thing(track, [(start, at), (end, at)], height=height)


def judged(
    judge: Fall,
    people: list[Thing],
    lies_from: float | None = None,
    *,
    until: float = 20,
    fps: float = 5,
    unseen: tuple[float, float] = (0, 0),
    lies_until: float = 60,
    wide_until: float = 60,
    lies: Sequence[tuple[float, ...]] = (LIES,),
) -> tuple[list[tuple[float, Finding]], str]:
    """`lies_from`: since when something wide and low lies there that no detector calls a person, in one or more pieces;
    `unseen`: from when to when no picture comes; `wide_until`: after that it is half as wide."""
    findings, why = [], ""
    for number in range(int(until * fps)):
        second = number / fps
        if unseen[0] <= second < unseen[1]:
            continue
        there = lies_from is not None and lies_from + 1.5 <= second < lies_until
        reading = StillThings(
            np.arange(1, len(lies) * there + 1),
            np.array([*(lies if second < wide_until else [NARROW])] * there, np.float32).reshape(-1, 4),
            np.full(len(lies) * there, second - (lies_from or 0), np.float32),
            np.ones(len(lies) * there, np.bool_),
        )
        seen = scene(second, people)
        step = judge.step(
            Scene("yard", number, START + timedelta(seconds=second), seen.tracks, seen.gate, 0, (reading,))
        )
        findings += [(second, finding) for finding in step.findings]
        why = step.traces[-1].condition if step.traces else why
    return findings, why


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_who_goes_down_at_once_and_stays_down_has_fallen_and_it_ends_when_he_is_up(fps: float) -> None:
    people = [person(0, 4), person(4.01, 10, 0.1), person(10.01, 20)]
    findings, _ = judged(rule(after_s=3, grace_s=2), people, fps=fps)
    assert [finding.phase for _, finding in findings] == [Phase.BEGIN, Phase.END]
    assert findings[0][0] == pytest.approx(7.1, abs=0.4)
    assert findings[1][0] == pytest.approx(12.1, abs=0.4)


def test_who_is_lost_where_something_low_comes_to_rest_has_fallen() -> None:
    findings, _ = judged(rule(), [person(0, 4)], lies_from=4.2)
    assert [finding.phase for _, finding in findings] == [Phase.BEGIN]
    assert findings[0][1].things[0].box == pytest.approx(LIES)


def test_who_falls_and_is_found_under_another_number_is_the_same() -> None:
    findings, _ = judged(rule(), [person(0, 4), person(4.4, 20, 0.1, track=7)])
    assert [finding.objects for _, finding in findings] == [(7,)]


def test_who_crouches_keeps_too_much_of_his_height() -> None:
    assert judged(rule(), [person(0, 4), person(4.01, 20, 0.27)]) == ([], "low")


def test_who_crouches_is_low_but_not_wide_and_that_is_said() -> None:
    crouches = Thing(1, [(4.01, AT), (20, AT)], height=0.18, width=0.07)
    assert judged(rule(), [person(0, 4), crouches]) == ([], "wide")


@pytest.mark.parametrize("away", [0.1, -0.08])
def test_who_falls_towards_the_camera_or_away_from_it_is_narrow_but_lies_where_he_did_not_stand(away: float) -> None:
    lies = Thing(1, [(4.01, (AT[0], AT[1] + away)), (20, (AT[0], AT[1] + away))], height=0.2, width=0.09)
    assert len(judged(rule(), [person(0, 4), lies])[0]) == 1
    crouches = Thing(1, [(4.01, AT), (20, AT)], height=0.2, width=0.09)
    assert judged(rule(), [person(0, 4), crouches]) == ([], "wide")


def test_who_kneels_a_step_beside_where_he_stood_has_not_fallen() -> None:
    beside = (AT[0] + 0.06, AT[1] + 0.02)
    kneels = Thing(1, [(4.01, beside), (20, beside)], height=0.24, width=0.105)
    assert judged(rule(), [person(0, 4), kneels]) == ([], "wide")


def test_who_crouches_and_looks_wide_for_a_moment_has_not_fallen() -> None:
    moment = Thing(1, [(4.01, AT), (4.4, AT)], height=0.16, width=0.12)
    people = [person(0, 4), moment, Thing(1, [(4.41, AT), (20, AT)], height=0.25, width=0.1)]
    assert judged(rule(), people)[0] == []


def test_who_goes_down_slowly_lies_down() -> None:
    slow = [person(4.01 + n, 5 + n, 0.3 - 0.03 * n) for n in range(7)]
    findings, why = judged(rule(within_s=1.6), [person(0, 4), *slow, person(11.01, 20, 0.09)])
    assert (findings, why) == ([], "descent")


def test_who_crouches_down_quickly_and_then_lies_down_has_not_fallen() -> None:
    crouches = [Thing(1, [(4.01 + n, AT), (5 + n, AT)], height=0.2 - 0.045 * n, width=0.12) for n in range(3)]
    findings, why = judged(rule(), [person(0, 4), *crouches, Thing(1, [(7.01, AT), (20, AT)], height=0.11, width=0.3)])
    assert (findings, why) == ([], "descent")


def test_who_fell_and_only_stirs_has_fallen() -> None:
    stirs = [Thing(1, [(4.01 + n, AT), (5 + n, AT)], height=0.16 - 0.01 * n, width=0.2) for n in range(8)]
    assert [finding.phase for _, finding in judged(rule(), [person(0, 4), *stirs])[0]][:1] == [Phase.BEGIN]


def test_who_was_never_seen_to_stand_cannot_fall() -> None:
    assert judged(rule(), [person(0, 20, 0.1)]) == ([], "standing")


def test_who_is_up_again_in_time_is_no_alert() -> None:
    assert judged(rule(after_s=3), [person(0, 4), person(4.01, 6, 0.1), person(6.01, 20)])[0] == []


def test_who_leaves_at_the_edge_has_not_fallen_though_something_stays() -> None:
    assert judged(rule(), [person(0, 4, at=(0.05, 0.7))], lies_from=4.2)[0] == []


def test_who_goes_down_at_the_lower_edge_has_not_left_if_something_low_lies_there() -> None:
    stands, sinks = person(0, 4, at=(0.6, 0.99)), person(4.01, 4.4, 0.2, at=(0.6, 0.99))
    lies = [(0.48, 0.84, 0.72, 0.99)]
    assert [finding.phase for _, finding in judged(rule(), [stands, sinks], lies_from=4.6, lies=lies)[0]] == [
        Phase.BEGIN
    ]
    assert judged(rule(), [stands, sinks])[0] == []
    assert judged(rule(), [stands], lies_from=4.6, lies=lies)[0] == [], "he was upright, so he has walked out"


def test_of_two_tracks_upon_one_who_lies_the_second_goes_on_when_the_first_is_lost() -> None:
    lies = [person(0, 4), person(4.01, 6, 0.1)]
    other = person(5.5, 12, 0.12, track=2)
    findings, _ = judged(rule(), [*lies, other], until=12)
    assert [(finding.phase, finding.objects) for _, finding in findings] == [(Phase.BEGIN, (2,))]
    assert findings[0][0] == pytest.approx(7.1, abs=0.4)


def test_but_not_if_the_second_was_seen_to_stand() -> None:
    lies = [person(0, 4), person(4.01, 12, 0.1)]
    kneels = [person(4.5, 8, 0.4, track=2), person(8.01, 20, 0.25, track=2)]
    findings, _ = judged(rule(after_s=1), [*lies, *kneels], until=20)
    assert [(finding.phase, finding.objects) for _, finding in findings] == [(Phase.BEGIN, (1,)), (Phase.END, (1,))]


def test_a_look_that_misses_him_does_not_give_his_fall_to_who_kneels_over_him() -> None:
    lies = [person(0, 4), person(4.01, 20, 0.1), person(20.3, 40, 0.1)]
    helper = [person(10, 25, 0.2, track=2), person(25.01, 40, 0.4, track=2)]
    findings, _ = judged(rule(), [*lies, *helper], until=40)
    assert [(finding.phase, finding.objects) for _, finding in findings] == [(Phase.BEGIN, (1,))]


def test_who_lies_may_be_seen_in_pieces_none_of_which_is_a_body() -> None:
    legs, arm, head = (0.5, 0.62, 0.56, 0.7), (0.59, 0.6, 0.64, 0.64), (0.67, 0.63, 0.7, 0.69)
    (begun,) = judged(rule(), [person(0, 4)], lies_from=4.2, lies=[legs, arm, head])[0]
    assert begun[1].phase is Phase.BEGIN
    assert begun[1].things[0].box == pytest.approx((0.5, 0.6, 0.7, 0.7))
    for some in ([legs], [arm], [head], [legs, head]):
        assert judged(rule(), [person(0, 4)], lies_from=4.2, lies=some)[0] == []


def test_a_bag_beside_somebody_who_is_still_seen_is_no_fall() -> None:
    assert judged(rule(), [person(0, 20)], lies_from=4.2)[0] == []


def test_who_is_too_small_to_be_judged_is_said_to_be() -> None:
    assert judged(rule(min_height=0.5), [person(0, 4), person(4.01, 20, 0.1)]) == ([], "size")


def test_it_counts_only_in_its_zone() -> None:
    people = [person(0, 4), person(4.01, 20, 0.1)]
    assert len(judged(rule(zone="shed"), people)[0]) == 1
    away = (0.2, 0.7)
    assert judged(rule(zone="shed"), [person(0, 4, at=away), person(4.01, 20, 0.1, at=away)])[0] == []


def test_who_goes_down_in_many_small_steps_is_still_held_against_how_tall_he_stood() -> None:
    steps = [Thing(1, [(4 + 0.1 * n, AT), (4.09 + 0.1 * n, AT)], height=0.4 * 0.85**n) for n in range(1, 5)]
    findings, _ = judged(rule(), [person(0, 4.05), *steps, person(4.51, 20, 0.1)], fps=10)
    assert [finding.phase for _, finding in findings] == [Phase.BEGIN]


def test_who_lies_near_the_camera_may_keep_more_of_his_height_if_he_is_very_wide() -> None:
    wide = Thing(1, [(4.01, AT), (20, AT)], height=0.28, width=0.25)
    assert [finding.phase for _, finding in judged(rule(), [person(0, 4), wide])[0]] == [Phase.BEGIN]


def test_the_time_in_which_he_was_not_seen_is_not_his_descent() -> None:
    findings, _ = judged(rule(within_s=0.6), [person(0, 4), person(5.5, 20, 0.1)])
    assert [finding.phase for _, finding in findings] == [Phase.BEGIN]


def test_who_walks_out_at_the_top_is_cut_off_and_has_not_fallen() -> None:
    leaves = [person(0, 4, at=(0.6, 0.45)), person(4.01, 20, 0.1, at=(0.6, 0.1))]
    assert judged(rule(), leaves) == ([], "whole")


def test_legs_of_people_who_stand_together_are_not_somebody_who_lies() -> None:
    group = [person(0, 20, track=2, at=(0.545, 0.64)), person(0, 20, track=3, at=(0.655, 0.64))]
    assert judged(rule(), [person(0, 4), *group], lies_from=4.2)[0] == []


def test_who_is_lost_behind_others_is_hidden_and_has_not_fallen() -> None:
    passes = Thing(2, [(3, (0.5, 0.7)), (4, (0.6, 0.71)), (6, (0.97, 0.71))], height=0.4)
    assert judged(rule(), [person(0, 4), passes], lies_from=4.6)[0] == []
    assert len(judged(rule(), [person(0, 4)], lies_from=4.6)[0]) == 1


def test_who_is_far_above_where_the_feet_were_is_somebody_else() -> None:
    farther = [person(0, 4), person(4.01, 20, 0.1, at=(0.6, 0.55))]
    assert judged(rule(), farther) == ([], "feet")


def test_what_came_while_somebody_stood_in_it_is_his_legs_also_when_he_is_lost() -> None:
    behind = person(0, 9, track=2, at=(0.6, 0.71))
    assert judged(rule(), [person(0, 4), behind], lies_from=4.2)[0] == []
    before = person(0, 4.5, track=2, at=(0.6, 0.71))
    assert len(judged(rule(), [person(0, 4), before], lies_from=4.2)[0]) == 1


def test_what_lies_there_after_a_pause_says_nothing_of_who_stood_there_before_it() -> None:
    findings, _ = judged(rule(), [person(0, 4)], lies_from=5, unseen=(4, 10))
    assert findings == []


def test_a_thing_that_is_there_for_a_moment_is_nobody_who_lies() -> None:
    assert judged(rule(after_s=1), [person(0, 4)], lies_from=4.2, lies_until=5.9, fps=10)[0] == []
    assert judged(rule(after_s=1), [person(0, 4)], lies_from=4.2, fps=10)[0] != []


def test_a_thing_that_is_wide_for_a_moment_only_is_nobody_who_lies() -> None:
    assert judged(rule(), [person(0, 4)], lies_from=4.2, wide_until=6.2)[0] == []


def test_something_still_in_the_group_in_which_he_is_lost_is_not_he_if_it_is_above_his_feet() -> None:
    backpack = (0.52, 0.5, 0.66, 0.58)
    assert judged(rule(), [person(0, 4)], lies_from=4.2, lies=[backpack])[0] == []
    on_the_ground = (0.52, 0.62, 0.66, 0.7)
    assert len(judged(rule(), [person(0, 4)], lies_from=4.2, lies=[on_the_ground])[0]) == 1


def test_a_box_that_was_far_too_high_for_a_moment_is_no_measure_of_how_he_stands() -> None:
    people = [person(0, 1, 0.4), person(1.01, 2, 0.75), person(2.01, 8, 0.4), person(8.01, 20, 0.1)]
    (begin, *_), _ = judged(rule(after_s=3), people)
    assert begin[0] == pytest.approx(11.1, abs=0.4)


def test_who_lay_for_a_moment_only_is_said_to_have() -> None:
    assert judged(rule(), [person(0, 4)], lies_from=4, lies_until=20, wide_until=6, until=9) == ([], "flat")
