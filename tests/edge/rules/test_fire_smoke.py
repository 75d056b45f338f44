from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from edge.rules.finding import Finding
from edge.rules.fire_smoke import FireSmoke, FireSmokeSettings
from edge.vision.scene import Scene
from edge.vision.senses.flames import Flames
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, START, Thing, scene

Lick = tuple[tuple[float, float, float, float], int]
PLACE_OF_FIRE = (0.55, 0.5, 0.6, 0.6)


def rule(**settings: Any) -> FireSmoke:
    return FireSmoke(FireSmokeSettings(**settings), PLACE)


def judged(
    judge: FireSmoke, licks: Callable[[float], list[Lick]], *things: Thing, until: float = 20, fps: int = 5
) -> tuple[list[tuple[float, Finding]], str]:
    findings, why = [], ""
    for number in range(int(until * fps)):
        second = number / fps
        seen, here = scene(second, things), licks(second)
        reading = Flames(
            np.array([box for box, _ in here], np.float32).reshape(-1, 4),
            np.array([pixels for _, pixels in here], np.int64),
            np.full(len(here), 0.25, np.float32),
        )
        at = START + timedelta(seconds=second)
        step = judge.step(Scene("yard", number, at, seen.tracks, seen.gate, 0, (reading,)))
        findings += [(second, finding) for finding in step.findings]
        why = step.traces[-1].condition if step.traces else why
    return findings, why


def flame(start: float, end: float, pixels: int = 40) -> Callable[[float], list[Lick]]:
    def licks(second: float) -> list[Lick]:
        x1, y1, x2, y2 = PLACE_OF_FIRE
        flicker = 0.03 * abs(np.sin(3 * second))
        return [((x1, y1 - flicker, x2, y2), pixels)] if start <= second < end else []

    return licks


def nothing(_: float) -> list[Lick]:
    return []


def test_it_begins_when_it_has_burned_for_the_limit_and_ends_when_nothing_does() -> None:
    findings, _ = judged(rule(after_s=2, grace_s=5), flame(3, 10))
    assert [finding.phase for _, finding in findings] == [Phase.BEGIN, Phase.END]
    assert [second for second, _ in findings] == [pytest.approx(5.0, abs=0.3), pytest.approx(14.8)]
    assert findings[0][1].things[0].label == "fire"


def test_a_spark_is_no_fire() -> None:
    findings, why = judged(rule(after_s=2), flame(3, 4))
    assert (findings, why) == ([], "time")


def test_smoke_that_the_detector_sees_grow_is_enough_and_fire_that_joins_is_an_update() -> None:
    cloud = [Thing(1, [(2, (0.6, 0.6)), (20, (0.6, 0.62))], label="smoke", height=0.2)]
    assert judged(rule(after_s=2), nothing, *cloud)[1] == "alive"
    growing = [
        Thing(1, [(2 + n * 0.2, (0.6, 0.6)), (2 + n * 0.2 + 0.19, (0.6, 0.6))], label="smoke", height=0.05 + 0.004 * n)
        for n in range(80)
    ]
    findings, _ = judged(rule(after_s=2), flame(8, 20), *growing)
    assert [finding.phase for _, finding in findings] == [Phase.BEGIN, Phase.UPDATE]
    assert [finding.reason.arguments["label"] for _, finding in findings] == ["label.smoke", "label.fire"]


def test_a_picture_of_a_flame_is_none() -> None:
    poster = Thing(1, [(0, (0.6, 0.6)), (20, (0.6, 0.6))], label="fire", height=0.2)
    assert judged(rule(), nothing, poster) == ([], "alive")


def test_a_shiny_floor_whose_box_trembles_is_no_fire_nor_when_somebody_passes_before_it() -> None:
    trembles = Thing(1, [(0, (0.6, 0.6)), (20, (0.6, 0.6))], label="fire", height=0.2, jitter=0.02)
    assert judged(rule(), nothing, trembles) == ([], "alive")
    halved = Thing(1, [(0, (0.6, 0.6)), (20, (0.6, 0.6))], label="fire", height=0.2, cut=[(8, 10, 0.5)])
    passes = Thing(2, [(7.6, (0.55, 0.6)), (10.4, (0.65, 0.6))], height=0.3)
    assert judged(rule(), nothing, halved, passes) == ([], "alive")
    assert judged(rule(), nothing, halved)[0] == []


def test_haze_that_is_all_over_the_picture_at_once_is_no_smoke_but_smoke_may_fill_it() -> None:
    shrinks = [(n, n + 0.5, 0.3) for n in range(1, 20)]
    haze = Thing(1, [(0, (0.5, 1)), (20, (0.5, 1))], label="smoke", height=1, width=1, cut=shrinks)
    assert judged(rule(), nothing, haze) == ([], "everywhere")
    spreads = Thing(1, [(0, (0.5, 1)), (20, (0.5, 1))], label="smoke", height=1, width=1, cut=[(0, 2, 0.4)])
    assert judged(rule(), nothing, spreads)[0]


def test_what_was_there_before_a_pause_begins_anew_after_it() -> None:
    judge = rule(after_s=2)
    for second in (0.0, 0.5, 1.0, 30.0, 30.5):
        reading = Flames(*(np.array(column) for column in ([PLACE_OF_FIRE], [40], [0.25])))
        at = START + timedelta(seconds=second)
        seen = scene(second, [])
        step = judge.step(Scene("yard", 0, at, seen.tracks, seen.gate, 0, (reading,)))
    assert step.traces[-1].have == pytest.approx(0.5)


def test_what_licks_where_somebody_walks_is_a_coat() -> None:
    walker = Thing(1, [(0, (0.57, 0.65)), (20, (0.57, 0.65))], height=0.4)
    assert judged(rule(), flame(3, 15), walker)[0] == []


def test_a_tiny_flicker_counts_for_nothing() -> None:
    assert judged(rule(min_pixels=10), flame(3, 15, pixels=6))[0] == []


def test_it_counts_where_it_burns_and_not_where_the_flames_reach() -> None:
    def burning(foot: float) -> Callable[[float], list[Lick]]:
        return lambda second: [((0.55, foot - 0.3 - 0.05 * np.sin(3 * second), 0.6, foot), 60)]

    assert len(judged(rule(zone="shed"), burning(0.6))[0]) == 1
    assert judged(rule(zone="shed"), burning(0.9))[0] == []


def test_a_light_that_wanders_over_the_floor_is_no_fire() -> None:
    def beam(second: float) -> list[Lick]:
        x = 0.1 * second
        return [((x, 0.6, x + 0.1, 0.7 + 0.03 * abs(np.sin(3 * second))), 40)]

    assert judged(rule(after_s=2), beam, until=8)[0] == []


@pytest.mark.parametrize(
    ("above", "height", "width"), [(0.05, 0.08, 0.05), (0.085, 0.11, 0.03)], ids=["wide", "narrow"]
)
def test_what_burns_on_a_bin_at_the_zones_far_edge_burns_in_the_zone(above: float, height: float, width: float) -> None:
    foot = 0.6, 0.4 - above  # the zone of the shed begins at 0.4; the flame begins above it, where the bin ends
    flames = [
        Thing(1, [(n * 0.2, foot), (n * 0.2 + 0.19, foot)], "fire", height + 0.01 * (n % 4), width) for n in range(50)
    ]
    assert len(judged(rule(zone="shed"), nothing, *flames)[0]) == 2


def test_what_burns_beyond_the_zone_is_said_to() -> None:
    far = [Thing(1, [(0, (0.6, 0.2)), (20, (0.6, 0.2))], label="fire", height=0.1, width=0.05)]
    assert judged(rule(zone="shed"), nothing, *far) == ([], "place")


def test_smoke_high_above_a_zone_is_not_in_it() -> None:
    chimney = [
        Thing(1, [(n * 0.2, (0.6, 0.2)), (n * 0.2 + 0.19, (0.6, 0.2))], "smoke", 0.15 + 0.01 * (n % 4), 0.2)
        for n in range(50)
    ]
    assert judged(rule(zone="shed"), nothing, *chimney) == ([], "place")


@pytest.mark.parametrize("fps", [5, 10])
def test_smoke_that_grows_slowly_is_alive_however_many_pictures_there_are(fps: int) -> None:
    growing = [
        Thing(1, [(n / fps, (0.6, 0.6)), ((n + 0.95) / fps, (0.6, 0.6))], "smoke", 0.1 * 1.035 ** (n / fps))
        for n in range(20 * fps)
    ]
    assert len(judged(rule(), nothing, *growing, fps=fps)[0]) == 1


def test_the_red_stripe_of_a_train_is_no_flame() -> None:
    def stripe(second: float) -> list[Lick]:
        return [((0.35, 0.15 - 0.01 * abs(np.sin(3 * second)), 0.58, 0.18), 40)]

    assert judged(rule(), stripe)[0] == []
