from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.rules.errors import RuleError
from edge.rules.intrusion import Intrusion, IntrusionSettings
from protocol.kinds import Phase
from tests.edge.scenes import IN, OUT, PLACE, Thing, play


def rule(**settings: Any) -> Intrusion:
    return Intrusion(IntrusionSettings(zone="shed", **settings), PLACE)


def visit(track: int = 1, enter: float = 2.0, leave: float = 6.0, **more: Any) -> Thing:
    path = [(0, OUT), (enter - 0.01, OUT), (enter, IN), (leave, IN), (leave + 0.01, OUT), (60, OUT)]
    return Thing(track, path, **more)


def test_it_begins_when_somebody_has_been_inside_for_the_limit_and_ends_when_the_zone_stays_empty() -> None:
    run = play(rule(after_s=0.5, grace_s=2), visit(), until=10)
    assert run.begins() == [2.5]
    assert run.ends() == [pytest.approx(8.1)]
    assert {finding.episode for _, finding in run.findings} == {1}


def test_the_reason_says_who_where_how_long_and_the_limit() -> None:
    run = play(rule(after_s=0.5), visit(), until=3)
    arguments = {"label": "label.person", "zone": "shed", "dwell_s": 0.5, "limit_s": 0.5}
    assert run.findings[0][1].reason.arguments == arguments


def test_who_comes_in_later_updates_the_alert_instead_of_making_another() -> None:
    run = play(rule(), visit(1, 2, 8), visit(2, 4, 9), until=15)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.UPDATE, Phase.END]
    assert run.findings[1][1].objects == (1, 2)


def test_a_glance_into_the_zone_is_no_intrusion_and_the_trace_says_why() -> None:
    run = play(rule(after_s=0.5), visit(leave=2.3), until=10)
    assert run.findings == []
    assert run.why(1, 2.2).condition == "time"
    assert run.why(1, 2.2).have == pytest.approx(0.2)
    assert run.why(1, 2.2).need == 0.5
    assert run.why(1, 9).condition == "place"


def test_a_changed_identity_behind_a_pole_is_still_one_alert() -> None:
    first = Thing(1, [(0, OUT), (1.99, OUT), (2, IN), (4, IN)])
    second = Thing(7, [(4.5, IN), (9, IN), (9.01, OUT), (20, OUT)])
    run = play(rule(), first, second, until=15)
    assert len(run.begins()) == 1
    assert run.ends() == [pytest.approx(11.1)]


@pytest.mark.parametrize(
    ("settings", "thing", "condition"),
    [
        ({"classes": ("car",)}, visit(), "class"),
        ({"min_height": 0.5}, visit(), "size"),
        ({"min_score": 0.95}, visit(), "score"),
        ({"schedule": ({"from": "22:00", "to": "06:00"},)}, visit(), "schedule"),
    ],
)
def test_what_a_filter_holds_back_raises_nothing_and_is_named(
    settings: dict[str, Any], thing: Thing, condition: str
) -> None:
    run = play(rule(**settings), thing, until=10)
    assert run.findings == []
    assert run.why(1, 5).condition == condition


def test_the_cooldown_holds_the_next_alert_back_until_it_is_over() -> None:
    path = [(0, OUT), (1.99, OUT), (2, IN), (3, IN), (3.01, OUT), (7.99, OUT), (8, IN), (20, IN)]
    run = play(rule(grace_s=1, cooldown_s=10), Thing(1, path), until=20)
    assert run.begins() == [2.5, pytest.approx(14.1)]


@given(st.sampled_from([5, 8, 12, 25]), st.floats(0.2, 3), st.floats(2, 6))
def test_the_frame_rate_moves_the_beginning_by_less_than_a_frame(fps: float, after_s: float, stay: float) -> None:
    run = play(rule(after_s=after_s), visit(enter=2, leave=2 + after_s + stay), until=2 + after_s + stay, fps=fps)
    assert len(run.begins()) == 1
    assert -1e-6 <= run.begins()[0] - (2 + after_s) <= 2 / fps + 1e-6


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 8)), max_size=4), st.floats(0.1, 2), st.floats(0.1, 3))
def test_every_alert_begins_once_and_ends_once_before_the_next(
    visits: list[tuple[float, float]], after_s: float, grace_s: float
) -> None:
    things = [visit(number + 1, enter + 0.1, enter + 0.1 + stay) for number, (enter, stay) in enumerate(visits)]
    phases = [f.phase for _, f in play(rule(after_s=after_s, grace_s=grace_s), *things, until=40).findings]
    alone = [phase for phase in phases if phase is not Phase.UPDATE]
    assert alone == [Phase.BEGIN, Phase.END] * (len(alone) // 2)


def test_three_who_climb_one_fence_are_one_alert_with_three_objects() -> None:
    run = play(rule(), *(visit(track, 2 + track / 5, 8) for track in (1, 2, 3)), until=15)
    assert len(run.begins()) == 1
    assert run.findings[-1][1].objects == (1, 2, 3)


def test_a_class_may_have_a_limit_of_its_own() -> None:
    settings: dict[str, Any] = {"classes": ("person", "dog"), "after_s_of": {"dog": 3.0}}
    dog = Thing(1, [(0, OUT), (3, IN), (9, IN)], label="dog")
    run = play(rule(**settings), dog, until=4)
    assert (run.begins(), run.why(1, 4).need) == ([], 3.0)
    enters = 3 * (0.4 - 0.1) / (0.6 - 0.1)
    assert play(rule(**settings), dog, until=10).begins() == [pytest.approx(enters + 3, abs=0.11)]
    with pytest.raises(RuleError, match="add it to classes"):
        rule(after_s_of={"cat": 1.0})


def test_a_share_of_the_box_counts_instead_of_the_foot_point() -> None:
    beside = Thing(1, [(0, (0.38, 0.6)), (6, (0.38, 0.6))])  # its right half is within
    assert play(rule(), beside, until=6).begins() == []
    assert play(rule(share=0.2), beside, until=6).begins() == [0.5]
    assert play(rule(share=0.5), beside, until=6).begins() == []


RIDERS: dict[str, Any] = {"classes": ("person", "motorcycle")}


def scooter(path: Sequence[tuple[float, tuple[float, float]]], track: int = 7, **more: Any) -> Thing:
    return Thing(track, path, label="motorcycle", height=0.15, **more)


def test_a_scooter_that_has_stood_there_from_the_beginning_has_not_come_in() -> None:
    parked = scooter([(3, IN), (30, IN)], jitter=0.05)
    run = play(rule(**RIDERS), parked, until=30)
    assert run.begins() == []
    assert run.why(7, 20).condition == "way"
    assert run.why(7, 20).need == 0.5
    assert play(rule(**RIDERS, least_way=0), parked, until=30).begins() == [3.5]


def test_one_that_drives_in_has_and_its_time_counts_from_when_it_came_in() -> None:
    run = play(rule(**RIDERS), scooter([(0, OUT), (2, OUT), (5, IN), (20, IN)]), until=20)
    enters = 2 + 3 * (0.4 - 0.1) / (0.6 - 0.1)
    assert run.begins() == [pytest.approx(enters + 0.5, abs=0.11)]
    assert run.ends() == []


def test_one_that_stood_there_and_drives_off_has_by_then() -> None:
    run = play(rule(**RIDERS), scooter([(0, IN), (10, IN), (13, (0.75, 0.6)), (20, (0.75, 0.6))]), until=20)
    (begins,) = run.begins()
    assert 11 < begins < 13
    assert run.findings[0][1].reason.arguments["dwell_s"] == 0.5, "what it stood there before does not count"


def test_a_person_who_comes_to_a_parked_scooter_is_an_intrusion_that_ends_when_he_goes() -> None:
    alone = play(rule(**RIDERS), visit(1, 2, 6), until=15)
    beside = play(rule(**RIDERS), visit(1, 2, 6), scooter([(0, (0.7, 0.7)), (15, (0.7, 0.7))]), until=15)
    assert (beside.begins(), beside.ends()) == (alone.begins(), alone.ends())
    assert len(alone.ends()) == 1


def test_who_has_come_in_stays_in_when_a_passer_by_hides_him_and_he_gets_another_id() -> None:
    arrives = scooter([(0, OUT), (2, OUT), (4, IN), (8, IN)])
    found_again = scooter([(9, IN), (20, IN)], track=8)
    run = play(rule(**RIDERS), arrives, found_again, until=20)
    assert len(run.begins()) == 1
    assert run.ends() == []


@pytest.mark.parametrize("gap", [(4.2, 4.3), (4.5, 4.6), (3.0, 4.5)])
def test_a_look_that_misses_it_does_not_make_it_one_that_has_not_come(gap: tuple[float, float]) -> None:
    path: list[tuple[float, tuple[float, float]]] = [(0, OUT), (5, (0.45, 0.6)), (20, (0.45, 0.6))]
    whole = play(rule(**RIDERS), scooter(path), until=20)
    missed = play(rule(**RIDERS), scooter(path, gaps=[gap]), until=20)
    assert missed.begins() == [pytest.approx(whole.begins()[0], abs=0.3)]


def test_a_parked_scooter_does_not_go_on_for_a_person_who_is_lost_beside_it() -> None:
    somebody = Thing(1, [(0, OUT), (1.99, OUT), (2, IN), (6, IN)])
    parked = scooter([(6.5, (0.65, 0.62)), (40, (0.65, 0.62))])
    run = play(rule(**RIDERS), somebody, parked, until=40)
    assert run.begins() == [2.5]
    assert run.ends() == [pytest.approx(8.1)]


@pytest.mark.parametrize("hidden", [(20, 22, 0.5), (20, 25, 0.5), (20, 30, 0.3)])
def test_a_parked_scooter_whose_wheels_are_hidden_for_a_while_has_not_come(hidden: tuple[float, float, float]) -> None:
    assert play(rule(**RIDERS), scooter([(0, IN), (40, IN)], cut=[hidden]), until=40).begins() == []


@pytest.mark.parametrize(("heights", "told"), [(0.4, 0), (0.7, 1)])
@pytest.mark.parametrize("direction", [(9 / 16, 0.0), (0.0, 1.0)])
def test_half_a_height_is_as_far_sideways_as_up_and_down(
    direction: tuple[float, float], heights: float, told: int
) -> None:
    there = 0.5 + direction[0] * heights * 0.15, 0.5 + direction[1] * heights * 0.15
    moves = scooter([(0, (0.5, 0.5)), (5, (0.5, 0.5)), (8, there), (20, there)])
    assert len(play(rule(**RIDERS), moves, until=20).begins()) == told


def test_a_person_need_not_be_seen_to_come() -> None:
    assert play(rule(**RIDERS), Thing(1, [(3, IN), (9, IN)]), until=9).begins() == [3.5]


def test_scooters_side_by_side_whose_boxes_wander_from_one_to_the_other_have_not_come() -> None:
    wander = [(3 * n, ((0.56, 0.6), (0.62, 0.6))[n % 2]) for n in range(11)]
    assert play(rule(**RIDERS), scooter(wander), scooter([(0, IN), (30, IN)], track=8), until=30).findings == []
    # Alone nobody would know better.
    assert play(rule(**RIDERS), scooter(wander), until=30).findings != []


def test_a_scooter_that_is_parked_among_others_has_come() -> None:
    comes, parked = scooter([(0, OUT), (6, (0.55, 0.6)), (30, (0.55, 0.6))]), scooter([(0, IN), (30, IN)], track=8)
    run = play(rule(**RIDERS), comes, parked, until=20)
    assert run.findings[0][1].objects == (7,)


def test_two_scooters_that_ride_in_abreast_have_come() -> None:
    left, right = (
        scooter([(0, (0.1 + n, 0.6)), (5, (0.6 + n, 0.6)), (20, (0.6 + n, 0.6))], 7 + (n > 0)) for n in (0, 0.04)
    )
    assert len(play(rule(**RIDERS), left, right, until=20).begins()) == 1


def test_a_car_that_is_seen_as_a_lorry_too_has_come() -> None:
    way = [(0, (0.1, 0.6)), (5, (0.6, 0.6)), (20, (0.6, 0.6))]
    seen = [Thing(1, way, label="car", width=0.2, height=0.2), Thing(2, way, label="truck", width=0.2, height=0.24)]
    assert len(play(rule(classes=("car", "truck")), *seen, until=20).begins()) == 1
