from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from edge.rules.abandoned_object import AbandonedObject, AbandonedObjectSettings
from edge.rules.finding import Finding, Trace
from edge.vision.scene import Scene
from edge.vision.senses.still import StillThings
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, START, Thing, scene

FAR, AT_BAG = (0.05, 0.6), (0.55, 0.6)
BAG = (0.54, 0.52, 0.6, 0.6)
OWNER = Thing(1, [(0, FAR), (4, AT_BAG), (8, AT_BAG), (12, FAR), (60, FAR)])


def rule(**settings: Any) -> AbandonedObject:
    return AbandonedObject(AbandonedObjectSettings(**({"after_s": 10} | settings)), PLACE)


def things(second: float, *stand: tuple[float, float, tuple[float, ...]]) -> StillThings:
    """Things by when they come to rest, when they are taken, and their box."""
    here = [
        (number, since, box) for number, (since, until, box) in enumerate(stand, 1) if since + 1.5 <= second < until
    ]
    return StillThings(
        np.array([number for number, _, _ in here], np.int64),
        np.array([box for _, _, box in here], np.float32).reshape(-1, 4),
        np.array([second - since for _, since, _ in here], np.float32),
        np.ones(len(here), np.bool_),
    )


def watched(
    judge: AbandonedObject,
    people: list[Thing],
    *stand: tuple[float, float, tuple[float, ...]],
    until: float = 50,
    away: tuple[float, float] = (0, 0),
) -> tuple[list[tuple[float, Finding]], list[tuple[float, Trace]]]:
    findings, traces = [], []
    for number in range(int(until * 5)):
        second = number / 5
        if away[0] < second < away[1]:
            continue
        seen = scene(second, people)
        step = judge.step(
            Scene(
                seen.camera,
                seen.index,
                START + timedelta(seconds=second),
                seen.tracks,
                seen.gate,
                0,
                (things(second, *stand),),
            )
        )
        findings += [(second, finding) for finding in step.findings]
        traces += [(second, trace) for trace in step.traces]
    return findings, traces


def test_it_begins_when_the_owner_has_been_away_for_the_limit_and_shows_the_thing() -> None:
    findings, _ = watched(rule(distance=2), [OWNER], (6, 99, BAG))
    ((second, begin),) = findings
    assert begin.phase is Phase.BEGIN
    assert 18 < second < 22
    assert begin.objects == (1,)
    assert begin.things[0].box == pytest.approx(BAG)


def test_it_is_over_when_the_thing_is_taken_away() -> None:
    findings, _ = watched(rule(), [OWNER], (6, 40, BAG))
    assert [finding.phase for _, finding in findings] == [Phase.BEGIN, Phase.END]
    assert findings[1][0] == 40
    assert findings[1][1].reason.arguments["why"] == "abandoned.taken"


def test_it_is_over_when_the_owner_is_back_for_a_while() -> None:
    back = Thing(1, [*OWNER.path[:-1], (30, FAR), (33, AT_BAG), (60, AT_BAG)])
    findings, _ = watched(rule(back_s=2), [back], (6, 99, BAG))
    assert [finding.reason.arguments.get("why") for _, finding in findings] == [None, "abandoned.back"]


def test_an_owner_who_stays_near_has_left_nothing() -> None:
    beside = Thing(1, [(0, FAR), (4, AT_BAG), (60, (0.5, 0.6))])
    findings, traces = watched(rule(), [beside], (6, 99, BAG))
    assert findings == []
    assert traces[-1][1].condition == "company"


def test_who_walks_past_does_not_look_after_it_but_who_stays_does() -> None:
    passer = Thing(2, [(14, (0.9, 0.6)), (20, (0.1, 0.6))])
    stays = Thing(2, [(14, (0.9, 0.6)), (15, AT_BAG), (50, AT_BAG)])
    assert len(watched(rule(), [OWNER, passer], (6, 99, BAG))[0]) == 1
    assert watched(rule(), [OWNER, stays], (6, 99, BAG))[0] == []


def test_what_nobody_brought_is_left_alone() -> None:
    findings, traces = watched(rule(), [Thing(1, [(0, FAR), (60, FAR)])], (6, 99, BAG))
    assert findings == []
    assert traces[-1][1].condition == "owner"
    assert traces[-1][1].box == pytest.approx(BAG), "explain draws it all the same"


def test_what_stands_there_after_a_pause_was_brought_by_nobody_who_stands_near_then() -> None:
    passer_by = Thing(1, [(0, AT_BAG), (20, AT_BAG), (24, FAR), (60, FAR)])
    assert not watched(rule(), [passer_by], (16.1, 99, BAG), until=60, away=(4, 16))[0]


def test_but_what_is_brought_soon_after_a_pause_was_brought_by_whoever_stood_there() -> None:
    passer_by = Thing(1, [(0, AT_BAG), (20, AT_BAG), (24, FAR), (60, FAR)])
    assert watched(rule(), [passer_by], (18.5, 99, BAG), until=60, away=(4, 16))[0]


def test_something_as_tall_as_its_owner_is_no_object() -> None:
    findings, _ = watched(rule(), [OWNER], (6, 99, (0.54, 0.31, 0.6, 0.6)))
    assert findings == []


def test_a_parked_vehicle_is_no_object() -> None:
    bicycle = Thing(3, [(6, (0.57, 0.6)), (60, (0.57, 0.6))], label="bicycle", height=0.12)
    assert watched(rule(), [OWNER, bicycle], (6, 99, BAG))[0] == []


def test_a_bag_that_the_detector_takes_for_a_person_is_not_its_own_company() -> None:
    mistaken = Thing(4, [(8, (0.57, 0.6)), (60, (0.57, 0.6))], height=0.08)
    assert len(watched(rule(), [OWNER, mistaken], (6, 99, BAG))[0]) == 1


def test_two_parts_of_one_thing_make_one_alert() -> None:
    findings, _ = watched(rule(), [OWNER], (6, 99, BAG), (6.4, 99, (0.54, 0.5, 0.6, 0.53)))
    assert len(findings) == 1


def test_it_counts_only_in_its_zone() -> None:
    assert len(watched(rule(zone="shed"), [OWNER], (6, 99, BAG))[0]) == 1
    outside = (0.25, 0.52, 0.3, 0.6)
    mover = Thing(1, [(0, FAR), (4, (0.27, 0.6)), (8, (0.27, 0.6)), (12, (0.9, 0.6)), (60, (0.9, 0.6))])
    assert watched(rule(zone="shed"), [mover], (6, 99, outside))[0] == []


def test_an_owner_who_gets_another_number_as_he_bends_down_is_still_the_owner() -> None:
    bends = Thing(1, [(0, FAR), (4, AT_BAG), (6, AT_BAG)])
    stays = Thing(2, [(5.8, AT_BAG), (7, (0.65, 0.6)), (60, (0.65, 0.6))])
    assert watched(rule(), [bends, stays], (5, 99, BAG))[0] == []


def test_whoever_appears_elsewhere_or_later_is_somebody_else() -> None:
    leaves = Thing(1, [(0, FAR), (4, AT_BAG), (8, AT_BAG), (9, FAR)])
    elsewhere = Thing(2, [(9, (0.75, 0.6)), (60, (0.75, 0.6))])
    later = Thing(2, [(12, FAR), (20, (0.75, 0.6)), (60, (0.75, 0.6))])
    for stranger in (elsewhere, later):
        ((_, begin),) = watched(rule(distance=2), [leaves, stranger], (6, 99, BAG))[0]
        assert begin.objects == (1,)


def test_a_number_that_is_new_again_and_again_is_followed() -> None:
    numbers = [
        Thing(1, [(0, FAR), (4, AT_BAG), (6, AT_BAG)]),
        *(Thing(n, [(4 + 2 * (n - 1), AT_BAG), (6 + 2 * (n - 1), AT_BAG)]) for n in range(2, 28)),
    ]
    assert watched(rule(), numbers, (5, 99, BAG))[0] == []


def test_a_bag_that_the_detector_takes_for_a_person_when_its_owner_goes_is_not_the_owner() -> None:
    leaves = Thing(1, [(0, FAR), (4, AT_BAG), (8, AT_BAG)])
    mistaken = Thing(2, [(8.2, (0.57, 0.6)), (60, (0.57, 0.6))], height=0.08, width=0.06)
    ((second, begin),) = watched(rule(), [leaves, mistaken], (6, 99, BAG))[0]
    assert begin.objects == (1,)
    assert 18 <= second < 19


@pytest.mark.parametrize(
    ("last", "stranger"),
    [
        ((0.04, 0.6), Thing(2, [(11.4, (0.06, 0.6)), (16, (0.75, 0.6)), (60, (0.75, 0.6))])),
        ((0.2, 0.6), Thing(2, [(11.4, (0.22, 0.6)), (16, (0.75, 0.6)), (60, (0.75, 0.6))], height=0.12)),
    ],
    ids=["over the edge", "half as tall"],
)
def test_whoever_comes_as_the_owner_leaves_is_somebody_else(last: tuple[float, float], stranger: Thing) -> None:
    leaves = Thing(1, [(0, FAR), (4, AT_BAG), (8, AT_BAG), (11.4, last)])
    (begin, *_) = watched(rule(distance=2), [leaves, stranger], (6, 99, BAG))[0]
    assert begin[1].objects == (1,)
