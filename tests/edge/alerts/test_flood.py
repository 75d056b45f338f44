from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from edge.alerts.flood import FloodGuard, FloodSettings
from edge.rules.finding import Finding
from edge.rules.line_crossing import LineCrossing, LineCrossingSettings
from protocol.kinds import Kind, Phase
from protocol.messages import Text
from tests.edge.scenes import PLACE, START


class Site:
    """A rule whose alerts are made by hand, second by second."""

    def __init__(self, **settings: float) -> None:
        self.rule = LineCrossing(LineCrossingSettings(line="gate"), PLACE)
        self._guard = FloodGuard(FloodSettings.model_validate(settings))
        self.passed: list[tuple[float, Finding]] = []

    def second(self, at: float, *, alert: bool) -> None:
        when = START + timedelta(seconds=at)
        episode = self.rule.next_episode() if alert else 0
        found = [
            (self.rule, Finding(Kind.LINE_CROSSING, phase, "gate", episode, when, "gate", (1,), Text(id="reason.x")))
            for phase in (Phase.BEGIN, Phase.END)
            if alert
        ]
        self.passed += [(at, finding) for _, finding in self._guard.step(when, found)]

    def storms(self) -> list[tuple[float, Phase]]:
        return [(at, f.phase) for at, f in self.passed if f.reason.id.startswith("reason.storm")]

    def alerts(self) -> int:
        return sum(f.phase is Phase.BEGIN for _, f in self.passed)


def test_what_is_no_flood_passes_untouched() -> None:
    site = Site(most_in_10_min=10)
    for second in range(0, 3600, 60):
        site.second(second, alert=True)
    assert site.alerts() == 60
    assert site.storms() == []


def test_a_storm_is_one_alert_that_counts_what_it_holds_back_and_ends_in_the_calm() -> None:
    site = Site(most_in_10_min=10, calm_s=120)
    for second in range(600):
        site.second(second, alert=second < 300)
    assert site.alerts() == 11
    storms = site.storms()
    assert storms[0] == (10, Phase.BEGIN)
    assert storms[-1] == (419, Phase.END)
    assert [phase for _, phase in storms[1:-1]] == [Phase.UPDATE] * 5
    assert site.passed[-1][1].reason.arguments["held"] == 290


def test_after_a_storm_alerts_come_again() -> None:
    site = Site(most_in_10_min=3, calm_s=60)
    for second in range(2000):
        site.second(second, alert=second < 20 or second == 1500)
    assert [at for at, f in site.passed if f.phase is Phase.BEGIN][-1] == 1500


@given(st.lists(st.booleans(), max_size=400), st.integers(1, 5))
def test_every_alert_that_begins_ends_and_no_more_pass_than_the_limit_and_the_storms(
    alerts: list[bool], most: int
) -> None:
    site = Site(most_in_10_min=most, calm_s=30)
    for second, alert in enumerate([*alerts, *[False] * 40]):
        site.second(second, alert=alert)
    begun = [f.episode for _, f in site.passed if f.phase is Phase.BEGIN]
    ended = [f.episode for _, f in site.passed if f.phase is Phase.END]
    assert sorted(begun) == sorted(ended)
    assert len(begun) == len(set(begun))
    assert len(begun) <= most + len(alerts) / 30 + 1
