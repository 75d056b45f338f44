"""A node under load, simulated in its own time: leaves out what it must, says so, settles, and recovers by itself."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rations.governor import HOLDS_S, LONGEST_PATIENCE_S, PATIENCE_S, RESTING, Change, Governor
from edge.rations.ladder import Cut, Rung
from edge.rations.rationing import PERIOD_S, Rationing
from protocol.kinds import Severity
from protocol.messages import Rations

LOW, MEDIUM, HIGH, CRITICAL = Severity
FPS = 5.0
RULES = {
    "bin": [("bin", CRITICAL), ("yard", LOW)],
    "gate": [("gate", HIGH), ("queue", LOW)],
    "shed": [("shed", LOW)],
}
SMALLER = 0.6
"""What a look at a smaller picture costs of a whole one."""


@dataclass
class Box:
    """A node of one thread, whose frames cost what is said, and less as it is rationed."""

    rationing: Rationing
    now_s: float = 0.0
    changes: list[tuple[float, Change]] = field(default_factory=list)
    served: dict[str, float] = field(default_factory=dict)
    """Frames a second of each camera that were analysed in the last period."""

    def run(self, seconds: float, costs_s: Mapping[str, float]) -> None:
        """Work through so many seconds; who is graver is served first, as in the loop."""
        for _ in range(round(seconds / PERIOD_S)):
            self.now_s += PERIOD_S
            left_s = PERIOD_S
            for name, cost_s in costs_s.items():
                ration = self.rationing.ration(name)
                came = round(FPS * ration.share * PERIOD_S)
                frame_s = cost_s * (SMALLER if ration.smaller else 1.0)
                served = 0 if self.rationing.rests(name) else min(came, int(left_s / max(frame_s, 1e-6)))
                left_s -= served * frame_s
                self.rationing.came(name, came)
                for _ in range(served):
                    self.rationing.served(name, frame_s)
                self.served[name] = served / PERIOD_S
            assert self.rationing.due(self.now_s)
            change = self.rationing.decide(self.now_s)
            if change is not None:
                self.changes.append((self.now_s, change))


def box(*, smaller: bool = True) -> Box:
    return Box(Rationing(RULES, smaller=smaller, now_s=0.0))


def load(times: float) -> dict[str, float]:
    """Seconds a frame, so that all frames need so many times the thread's time."""
    return dict.fromkeys(RULES, times / FPS / len(RULES))


def said(node: Box) -> dict[str, Rations | None]:
    return {name: node.rationing.said(name) for name in RULES}


def test_a_node_that_keeps_up_leaves_nothing_out_and_says_nothing() -> None:
    node = box()
    node.run(600, load(0.9))
    assert not node.changes
    assert said(node) == dict.fromkeys(RULES)


def test_at_twice_the_load_the_critical_camera_keeps_every_frame_and_the_others_say_what_they_lost() -> None:
    node = box()
    node.run(60, load(2.0))
    assert node.served["bin"] == FPS
    told = said(node)
    assert told["bin"] is None or (told["bin"].analysed_per_s, told["bin"].smaller_picture) == (FPS, False)
    assert told["shed"] is not None
    assert told["shed"].of_per_s == FPS
    assert told["shed"].analysed_per_s < FPS
    assert told["gate"] is not None
    assert "gate" not in told["gate"].paused
    assert node.rationing.need <= RESTING.too_much


def test_rules_that_rest_are_named_and_a_camera_all_of_whose_rules_rest_is_not_analysed() -> None:
    node = box(smaller=False)
    node.run(60, load(2.2))
    told = said(node)
    assert told["shed"] == Rations(analysed_per_s=0, of_per_s=FPS, paused=("shed",))
    assert node.rationing.rests("shed")
    assert told["gate"] is not None
    assert told["gate"].paused == ("queue",)
    assert told["bin"] == Rations(analysed_per_s=FPS, of_per_s=FPS, paused=("yard",))


def test_a_node_that_has_nothing_left_to_leave_out_still_says_what_it_loses() -> None:
    node = Box(Rationing({"east": [("gate", HIGH)]}, smaller=False, now_s=0.0))
    node.run(60, {"east": 1.0})
    assert node.rationing.said("east") == Rations(analysed_per_s=1.0, of_per_s=FPS)


def test_it_recovers_by_itself_when_the_load_is_gone_one_rung_after_the_other() -> None:
    node = box()
    node.run(60, load(2.0))
    deep = len(node.rationing.taken)
    node.run(deep * (PATIENCE_S + 2 * PERIOD_S), load(0.3))
    assert not node.rationing.taken
    given_back = [change.level for _, change in node.changes if not change.taken]
    assert given_back == list(range(deep - 1, -1, -1))
    assert said(node) == dict.fromkeys(RULES)


def test_a_burst_of_a_second_changes_nothing() -> None:
    node = box()
    node.run(20, load(0.5))
    node.run(PERIOD_S, load(1.1))
    node.run(20, load(0.5))
    assert not node.changes


@settings(max_examples=40)
@given(st.floats(0.05, 6.0), st.booleans())
def test_under_a_steady_load_it_settles_and_does_not_flap(times: float, smaller: bool) -> None:
    node = box(smaller=smaller)
    node.run(120, load(times))
    settling = len(node.changes)
    node.run(3600, load(times))
    assert len(node.changes) - settling <= 12


@settings(max_examples=40)
@given(st.lists(st.floats(0.05, 4.0), min_size=1, max_size=30))
def test_whatever_the_load_was_an_hour_of_little_brings_everything_back(loads: list[float]) -> None:
    node = box()
    for times in loads:
        node.run(30, load(times))
    node.run(6 * LONGEST_PATIENCE_S, load(0.2))
    assert not node.rationing.taken


@settings(max_examples=40)
@given(st.lists(st.floats(0.0, 5.0), min_size=1, max_size=400))
def test_levels_change_by_one_and_stay_within_the_ladder(needs: list[float]) -> None:
    rungs = [Rung(Cut.RATE, severity) for severity in Severity]
    governor, levels = Governor(rungs), [0]
    for number, need in enumerate(needs):
        change = governor.step(need, number * PERIOD_S)
        assert (change is None) == (governor.level == levels[-1])
        levels.append(governor.level)
    assert all(abs(after - before) <= 1 for before, after in itertools.pairwise(levels))
    assert all(0 <= level <= len(rungs) for level in levels)


def taken_again(needs_in_full: float, seconds: float) -> list[float]:
    """When a rung is taken whose need nobody can foresee: the scene grows busy whenever it is given back."""
    governor, times = Governor([Rung(Cut.RULES, LOW)]), []
    for now_s in _periods(seconds):
        change = governor.step(0.1 if governor.level else needs_in_full, now_s)
        if change is not None and change.taken:
            times.append(now_s)
    return times


def test_a_rung_that_was_given_back_too_soon_is_given_back_later_each_time() -> None:
    def between(times: Iterable[float]) -> list[float]:
        return [after - before for before, after in zip(times, list(times)[1:], strict=False)]

    waits = between(taken_again(1.5, 4000))
    assert len(waits) >= 4
    assert all(after > before for before, after in itertools.pairwise(waits[:4]))
    assert max(waits) <= LONGEST_PATIENCE_S + HOLDS_S


def _periods(seconds: float) -> Iterable[float]:
    return (number * PERIOD_S for number in range(round(seconds / PERIOD_S)))


def test_a_load_that_goes_while_a_rung_is_being_measured_does_not_keep_the_node_short_for_good() -> None:
    governor = Governor([Rung(Cut.RULES, LOW)])
    for period in range(2):
        governor.step(2.0, period * PERIOD_S)
    assert governor.level == 1
    for period in range(2, 1800):
        governor.step(0.6, period * PERIOD_S)
    assert governor.level == 0


def test_a_period_in_which_the_machine_stood_still_rests_no_rule_however_much_it_would_have_needed() -> None:
    governor = Governor([Rung(Cut.RULES, LOW)])
    for period, need in enumerate([1.0, 9.0, 1.0, 9.0, 1.0]):
        assert governor.step(need, period * PERIOD_S) is None
