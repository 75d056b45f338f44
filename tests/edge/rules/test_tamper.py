from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.rules.finding import Finding
from edge.rules.tamper import Tamper, TamperSettings
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from edge.vision.senses.view import View
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, START
from tools.bench.mischief import MISCHIEF, TWINS
from tools.bench.tamper import Course, pictures, played

FINE = View(True, kept=0.9, detail=1, coarse=0.95, contrast=40, brightness=110, dark=0, bright=0, same_s=0)
TURNED = replace(FINE, kept=0.05, coarse=0.1)
COVERED = replace(FINE, kept=0.0, detail=0.05, coarse=0.1, contrast=5)
PAINTED = replace(FINE, kept=0.4, detail=0.6, coarse=0.3, lost=0.6)
CUT = replace(COVERED, contrast=0.0, detail=0.0)
YARD = Path("footage/busy-day.mp4")
SHORT = Course(calm_s=5, wrong_s=8, after_s=2)


def rule(**settings: Any) -> Tamper:
    return Tamper(TamperSettings(**settings), PLACE)


def scene(second: float, view: View) -> Scene:
    at = START + timedelta(seconds=second)
    return Scene("yard", round(second * 10), at, Tracks.none(), Decision(Reason.QUIET), 0, (view,))


def shown(tamper: Tamper, *parts: tuple[float, View], fps: float = 5) -> list[tuple[float, Finding]]:
    """Each part lasts until its time."""
    found = []
    number = 0
    for until, view in parts:
        while number / fps < until:
            step = tamper.step(scene(number / fps, view))
            found += [(number / fps, finding) for finding in step.findings]
            number += 1
    return found


def said(findings: Sequence[tuple[float, Finding]]) -> list[tuple[Any, Phase, object]]:
    return [(at, finding.phase, finding.reason.arguments["cause"]) for at, finding in findings]


def test_it_begins_when_the_view_has_been_wrong_for_the_limit_and_ends_when_it_is_back() -> None:
    begin, end = said(shown(rule(after_s=5, grace_s=2), (10, FINE), (20, TURNED), (25, FINE)))
    assert begin == (pytest.approx(14.8, abs=0.3), Phase.BEGIN, "tamper.turned")
    assert end == (pytest.approx(21.9, abs=0.3), Phase.END, "tamper.turned")


def test_a_lens_that_is_painted_over_is_covered_though_a_part_of_it_is_clear() -> None:
    begin, end = said(shown(rule(after_s=5, grace_s=2), (10, FINE), (20, PAINTED), (25, FINE)))
    assert begin == (pytest.approx(14.8, abs=0.3), Phase.BEGIN, "tamper.covered")
    assert end[1:] == (Phase.END, "tamper.covered")


def test_headlights_that_come_again_and_again_do_not_add_up() -> None:
    parts = [(float(second), COVERED if second % 5 in (1, 2, 3) else FINE) for second in range(1, 60)]
    assert shown(rule(after_s=5), *parts) == []


def test_paint_that_replaces_a_turned_camera_is_an_update_and_a_cut_cable_an_alert_of_its_own() -> None:
    found = said(shown(rule(after_s=2), (5, FINE), (10, TURNED), (15, COVERED), (20, CUT)))
    assert [(phase, cause) for _, phase, cause in found] == [
        (Phase.BEGIN, "tamper.turned"),
        (Phase.UPDATE, "tamper.covered"),
        (Phase.END, "tamper.covered"),
        (Phase.BEGIN, "tamper.signal"),
    ]


def test_pictures_that_do_not_come_are_told_once_and_it_ends_with_the_first_good_ones() -> None:
    tamper = rule(after_s=5, grace_s=1)
    shown(tamper, (2, FINE))
    silence = [tamper.silent(START + timedelta(seconds=second)).findings for second in (4, 6, 8, 10)]
    assert [len(findings) for findings in silence] == [0, 0, 1, 0]
    assert silence[2][0].reason.arguments["cause"] == "tamper.signal"
    back = [tamper.step(scene(second, FINE)).findings for second in (12, 12.5, 13, 13.5)]
    assert [finding.phase for findings in back for finding in findings] == [Phase.END]


def test_a_gap_in_a_recording_is_told_when_it_is_over() -> None:
    tamper = rule(after_s=5)
    shown(tamper, (2, FINE))
    findings = tamper.step(scene(30, FINE)).findings
    assert [finding.phase for finding in findings] == [Phase.BEGIN, Phase.END]
    assert {finding.reason.arguments["cause"] for finding in findings} == {"tamper.signal"}


def test_a_view_that_is_wrong_when_pictures_come_again_is_given_as_long_as_at_any_other_time() -> None:
    tamper = rule(after_s=5)
    shown(tamper, (2, FINE))
    back = [(30 + step / 5, tamper.step(scene(30 + step / 5, TURNED)).findings) for step in range(40)]
    found = said([(at, finding) for at, findings in back for finding in findings])
    assert [(phase, cause) for _, phase, cause in found] == [
        (Phase.BEGIN, "tamper.signal"),
        (Phase.END, "tamper.signal"),
        (Phase.BEGIN, "tamper.turned"),
    ]
    assert 34 <= found[-1][0] <= 36


def test_nothing_is_said_while_the_view_is_learnt() -> None:
    assert shown(rule(after_s=1), (30, replace(COVERED, learnt=False))) == []


@pytest.mark.parametrize("name", MISCHIEF)
def test_what_is_done_to_a_camera_is_found_and_named(name: str) -> None:
    effect, cause = MISCHIEF[name]
    other = pictures(Path("footage/loitering-shed.mp4"))[0]
    alerts = played(pictures(YARD), effect, other, 1, SHORT, TamperSettings(after_s=3, frozen_s=3))
    assert [alert.cause for alert in alerts] == [cause]


@pytest.mark.parametrize("name", TWINS)
def test_what_only_looks_like_it_raises_nothing(name: str) -> None:
    found = pictures(YARD)
    assert played(found, TWINS[name], found[0], 1, SHORT, TamperSettings(after_s=4, frozen_s=4)) == []
