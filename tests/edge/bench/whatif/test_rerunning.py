"""What-if equals the full replay; skipping what cannot matter changes nothing."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.bench.asking.moment import ask
from edge.bench.whatif.rerunning import rerun
from edge.config import CameraConfig
from edge.rules.engine import RuleEngine
from edge.rules.finding import Finding
from edge.scenelog.block import Block
from edge.scenelog.keeping import SceneKeeper
from edge.scenelog.reading import StoredBlock, read_runs
from edge.scenelog.writing import LogFile
from edge.vision.scene import Scene
from tests.edge.bench.played import played, with_rule
from tests.edge.scenelog.logs import CAMERA, RULES, header, write_log
from tests.edge.scenes import IN, START, Thing, scene

MORE: list[dict[str, Any]] = [
    {"kind": "loitering", "zone": "shed", "after_s": 40, "least_way": 0, "pacing_heights": 2},
    {"kind": "crowd", "zone": "shed", "count": 2, "after_s": 1},
    {"kind": "running", "zone": "shed", "after_s": 0.4},
    {"kind": "wrong_way", "zone": "shed", "direction": [[0.1, 0.5], [0.9, 0.5]]},
    {"kind": "blocked_passage", "zone": "shed", "classes": ["car"], "after_s": 3},
    {"kind": "tailgating", "line": "gate"},
    {"kind": "intrusion", "zone": "shed", "classes": ["person", "car"], "grace_s": 1, "name": "no cars"},
]
"""Rules that share the paths of their camera's tracks."""
MANY = CameraConfig.model_validate({**CAMERA.model_dump(exclude={"source"}), "source": "x", "rules": [*RULES, *MORE]})
NUMBERS = range(len(MANY.rules))


@pytest.mark.parametrize(
    ("clip", "setting"),
    [
        ("loitering-shed", {"after_s": 4, "forgive_s": 1}),
        ("line-both-ways", {"direction": "left_to_right", "cooldown_s": 1}),
        ("tampered", {"after_s": 1, "kept": 0.5}),
        ("bag-left", {"after_s": 2}),
    ],
)
def test_rules_over_the_log_of_a_clip_find_what_a_full_replay_with_that_setting_finds(
    clip: str, setting: dict[str, Any], tmp_path: Path
) -> None:
    stored = played(clip)
    with LogFile(tmp_path / "a.scenes", stored.header) as log:
        for step in stored.steps:
            if step.outcome:
                log.add(step.outcome.scene, step.outcome.seen)
    (run,) = read_runs(tmp_path)
    camera = run.header.camera_config()
    as_it_was, turned = rerun(run, [(camera, 0), (with_rule(camera, **setting), 0)])
    assert repr(as_it_was) == repr(stored.findings)
    assert repr(turned) == repr(played(clip, **setting).findings)
    assert turned
    assert repr(turned) != repr(as_it_was)


@pytest.mark.parametrize("hours", [1, -1])
def test_rules_begin_anew_where_the_clock_was_set_as_they_did_live(tmp_path: Path, hours: int) -> None:
    stays, engine = Thing(1, [(0, IN), (10, IN)]), RuleEngine(CAMERA.build_rules())
    keeper, live = SceneKeeper(tmp_path, header(begins=None), days=7), list[Finding]()
    for sets, (first, start) in enumerate([(0, START), (10, START + timedelta(hours=hours))]):
        if sets:
            engine.rules[1].begin_anew()
        for number in range(first, first + 10):
            shown = scene(number / 5, [stays], start)
            keeper.add(shown, sets)
            live += engine.rules[1].step(shown).findings
    keeper.close()
    (run,) = read_runs(tmp_path)
    assert repr(rerun(run, [(CAMERA, 1)])) == repr([live])
    assert [finding.episode for finding in live] == [1, 2]
    (alert,) = ask([run], shown.at).alerts
    assert alert.begin.episode == 2
    before = ask([run], START + timedelta(seconds=1))
    assert (before.scene.at - START, [alert.begin.episode for alert in before.alerts]) == (timedelta(seconds=1), [1])


@st.composite
def walks(draw: st.DrawFn) -> Thing:
    times = sorted(draw(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True)))
    points = [draw(st.tuples(st.floats(0.1, 0.9), st.floats(0.3, 0.95))) for _ in times]
    label = draw(st.sampled_from(["person", "person", "car"]))
    return Thing(draw(st.integers(1, 9)), list(zip(times, points, strict=True)), label)


@given(
    st.lists(walks(), max_size=4, unique_by=lambda thing: thing.track),
    st.lists(st.floats(0.05, 36), max_size=3, unique=True),
    st.sampled_from([2, 5, 10]),
)
@settings(max_examples=12)
def test_showing_a_rule_only_what_may_matter_finds_what_showing_everything_finds(
    tmp_path_factory: pytest.TempPathFactory, things: list[Thing], silences: list[float], fps: int
) -> None:
    moments: list[Any] = [scene(number / fps, things) for number in range(35 * fps)]
    moments += [START + timedelta(seconds=at) for at in silences]
    moments.sort(key=lambda moment: moment.at if isinstance(moment, Scene) else moment)
    (run,) = read_runs(write_log(tmp_path_factory.mktemp("log") / "a.scenes", moments, MANY))
    rules = [(MANY, number) for number in NUMBERS]
    assert repr(rerun(run, rules)) == repr(rerun(run, rules, skip=False)) == repr(live(moments))


@pytest.mark.parametrize(("gaps", "told"), [([], 1), ([(4.0, 5.0)], 1), ([(3.5, 6.5)], 0)])
def test_what_is_on_its_way_to_a_zone_is_shown_to_the_rule_that_asks_whether_it_has_come(
    gaps: list[tuple[float, float]], told: int, tmp_path: Path
) -> None:
    car = Thing(1, [(0, (0.1, 0.6)), (6, (0.45, 0.6)), (20, (0.45, 0.6))], "car", gaps=gaps)
    moments = [scene(number / 5, [car]) for number in range(20 * 5)]
    (run,) = read_runs(write_log(tmp_path / "a.scenes", moments, MANY))
    no_cars = next(number for number in NUMBERS if MANY.rules[number].name == "no cars")
    (found,) = rerun(run, [(MANY, no_cars)])
    assert len(found) == told
    assert repr(found) == repr(rerun(run, [(MANY, no_cars)], skip=False)[0])


def live(moments: list[Any]) -> list[list[Finding]]:
    """What the node's own rules find, all together."""
    engine = RuleEngine(MANY.build_rules())
    found: list[list[Finding]] = [[] for _ in engine.rules]
    last = None
    for moment in moments:
        if isinstance(moment, Scene):
            judgement, last = engine.step(moment), moment.at
        elif last is not None and moment > last:
            judgement = engine.silent(moment)
        else:
            continue
        for rule, finding in judgement.findings:
            found[engine.rules.index(rule)].append(finding)
    return found


def test_blocks_in_which_nobody_is_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Thing(1, [(400, (0.1, 0.6)), (405, (0.6, 0.6)), (410, (0.9, 0.6))])
    path = write_log(tmp_path / "a.scenes", [scene(number / 5, [walk]) for number in range(5 * 900)])
    (run,) = read_runs(path)
    unpacked: list[datetime] = []
    unpack = StoredBlock.unpacked

    def counted(self: StoredBlock, *, with_readings: bool = True) -> Block:
        unpacked.append(self.first)
        return unpack(self, with_readings=with_readings)

    monkeypatch.setattr(StoredBlock, "unpacked", counted)
    found = rerun(run, [(CAMERA, 0), (CAMERA, 1)])
    assert len(found[1]) == 2
    assert len(unpacked) == 1
    assert 360 <= (unpacked[0] - START).total_seconds() <= 400
