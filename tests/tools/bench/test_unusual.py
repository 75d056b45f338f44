import numpy as np
import pytest

from tools.bench.unusual import ANOMALIES, STEP_S, Judged, _alerts_an_hour, area_under_curve

WALK = np.column_stack([STEP_S * np.arange(20), 0.5 * np.arange(20), np.zeros(20)])


def test_whoever_is_changed_is_sampled_as_seldom_as_the_others() -> None:
    for name, change in ANOMALIES.items():
        changed = change(WALK, lambda: np.array([3.0, 4.0]))
        assert np.diff(changed[:, 0]) == pytest.approx(STEP_S), name


def test_three_times_as_fast_goes_three_times_as_far_in_a_step() -> None:
    changed = ANOMALIES["speed"](WALK, lambda: np.zeros(2))
    assert np.diff(changed[:, 1]) == pytest.approx(1.5)


def test_alerts_an_hour_are_all_alerts_in_all_hours() -> None:
    scenes = {"long": [Judged({}, {}, 1, 0.9)], "short": [Judged({}, {}, 1, 0.05), Judged({}, {}, 0, 0.05)]}
    assert _alerts_an_hour(scenes) == pytest.approx(2.0)


def test_equals_count_half() -> None:
    assert area_under_curve(np.array([0.0, 0.2]), np.array([0.0, 0.3])) == pytest.approx(0.625)
