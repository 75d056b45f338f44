from typing import Any

import numpy as np
import pytest

from tests.tools.footage.standin import YARD, stride_m
from tools.footage.choreography import Choreography
from tools.footage.scenario import Scenario
from tools.footage.stage import Stage
from tools.footage.world import Action, Thing

WALKER = {"asset": "person", "at": [0, 0], "path": [{"to": [4, 0], "until": 4}, {"action": "reach", "until": 6}]}


def choreography(**fields: Any) -> Choreography:
    scenario = Scenario.model_validate({"title": "t", "place": "yard", "view": "high", "seconds": 12, **fields})
    return Choreography(Stage("scene", scenario, YARD), stride_m)


def there(play: Choreography, time_s: float) -> dict[int, Thing]:
    return {thing.id: thing for thing in play.instant(time_s).things}


def test_there_is_an_instant_for_each_picture() -> None:
    instants = list(choreography(actors={"a": WALKER}).instants())
    assert [instant.time_s for instant in instants[:3]] == [0.0, 0.1, 0.2]
    assert len(instants) == 120


def test_what_is_put_down_is_a_load_before_and_lies_in_front_of_its_bringer_after() -> None:
    play = choreography(
        actors={"a": WALKER, "bag": {"asset": "bag"}},
        happenings=[{"what": "puts_down", "at": 5, "who": "a", "thing": "bag"}],
    )
    assert 2 not in there(play, 4.9)
    assert there(play, 4.9)[1].traits["load"] == "bag"
    bag = there(play, 5.1)[2]
    assert bag.position == pytest.approx((4.45, 0, 0), abs=0.05)
    assert there(play, 5.1)[1].traits["load"] == ""
    assert there(play, 11.9)[2] == bag


def test_what_is_picked_up_is_gone_and_carried() -> None:
    play = choreography(
        actors={"a": WALKER, "bag": {"asset": "bag", "at": [4.5, 0], "traits": {"colour": "red"}}},
        happenings=[{"what": "picks_up", "at": 5, "who": "a", "thing": "bag"}],
    )
    assert there(play, 0)[2].position == (4.5, 0, 0)
    assert there(play, 0)[1].traits["load"] == ""
    assert 2 not in there(play, 5.0)
    assert there(play, 5.0)[1].traits == {"load": "bag", "load_colour": "red"}


def test_a_rider_is_where_the_bicycle_is_and_says_so() -> None:
    play = choreography(
        actors={
            "bike": {"asset": "bicycle", "at": [0, 0], "path": [{"to": [12, 0], "until": 4}]},
            "rider": {"asset": "person", "rides": "bike"},
        }
    )
    things = there(play, 2)
    assert things[2].position == things[1].position
    assert things[2].rider_of == 1
    assert things[2].action is Action.RIDE
    assert things[1].phase == things[2].phase > 0


def test_a_pushed_bicycle_goes_beside_its_pusher() -> None:
    play = choreography(
        actors={
            "owner": {"asset": "person", "at": [0, 0], "pushes": "bike", "path": [{"to": [6, 0], "until": 6}]},
            "bike": {"asset": "e_bike"},
        }
    )
    things = there(play, 3)
    assert things[1].action is Action.PUSH
    assert np.hypot(*np.subtract(things[2].position, things[1].position)[:2]) < 0.8
    assert things[2].heading == things[1].heading


def test_who_comes_later_is_not_there_before_and_who_leaves_is_gone() -> None:
    path = [{"to": [4, 0], "until": 8}]
    play = choreography(actors={"a": {"asset": "person", "at": [0, 0], "starts": 3, "leaves": True, "path": path}})
    assert not there(play, 2.9)
    assert there(play, 3.0)
    assert not there(play, 8.0)


def test_a_thrown_thing_falls_as_things_fall_and_comes_to_rest() -> None:
    throw = {"what": "throws", "at": 2, "thing": "bottle", "start": [0, 0, 10], "velocity": [1, 0, 0]}
    play = choreography(actors={"bottle": {"asset": "bottle"}}, happenings=[throw])
    assert not there(play, 1.9)
    assert there(play, 3)[1].position == pytest.approx((1, 0, 10 - 9.81 / 2), abs=0.01)
    assert there(play, 11)[1].position[2] == 0.0
    assert there(play, 11)[1] == there(play, 11.9)[1]


def test_a_variant_can_mirror_turn_and_shift_the_whole_play() -> None:
    moved = {"mirror": True, "turn_deg": 90, "shift": [10, 0]}
    play = choreography(actors={"a": WALKER}, moved=moved)
    assert there(play, 0)[1].position == pytest.approx((10, 0, 0), abs=0.1)
    assert there(play, 5)[1].position == pytest.approx((10, -4, 0), abs=0.1)


def test_names_of_spots_are_places_and_the_same_scenario_is_the_same_play() -> None:
    actors = {"a": {"asset": "person", "at": "gate", "path": [{"to": "bin", "until": 7}]}}
    first, second = choreography(actors=actors), choreography(actors=actors)
    assert there(first, 0)[1].position == pytest.approx((-3, 0, 0), abs=0.1)
    assert there(first, 9)[1].position == pytest.approx((3, 3, 0))
    assert list(first.instants()) == list(second.instants())
