"""A camera on short rations: which of its rules rest, what its alerts say, and what its stored scenes tell later."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from edge.alerts.life import Origin
from edge.analysis import CameraAnalysis
from edge.bench.asking.moment import ask
from edge.bench.replay import DEFAULT_START, Replay
from edge.bench.whatif.rerunning import rerun
from edge.config import load_camera
from edge.rations.ladder import FULL, Ration
from edge.scenelog.reading import read_runs
from edge.scenelog.writing import LogFile
from edge.video.file import FileSource
from edge.vision.senses.flames import Flames
from edge.vision.senses.still import StillThings
from edge.vision.senses.view import View
from protocol.kinds import Kind, Phase, Severity
from protocol.messages import Alert, Rations
from tests.edge.box import CAMERA, write
from tests.edge.clips import BrightnessDetector, draw_clip

MILD_RESTS = Ration(paused=Severity.LOW)
SAID = Rations(analysed_per_s=5, of_per_s=5, paused=("linger",))
LOITERING = {"kind": "loitering", "zone": "middle", "after_s": 0.5, "least_way": 0, "name": "linger"}
Rationed = Mapping[float, tuple[Ration, Rations | None]]
"""From which second of the clip on which ration holds."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_clip(tmp_path_factory.mktemp("rations") / "drawn.mp4")


def watched(clip: Path, folder: Path, rationed: Rationed, detector: BrightnessDetector | None = None) -> list[Alert]:
    """The alerts of a clip of which the camera is rationed; its scenes lie in the folder."""
    rules = [{"kind": "intrusion", "zone": "middle"}, LOITERING]
    write(folder / "camera.yaml", CAMERA | {"rules": rules, "gate": {"enabled": False}})
    replay = Replay(clip, load_camera(folder / "camera.yaml"), detector or BrightnessDetector(), "brightness@0")
    waiting, alerts = sorted(rationed.items()), []
    with LogFile(folder / "scenes" / "a.scenes", replay.header) as log:
        for frame in replay.source.frames():
            while waiting and (frame.at - DEFAULT_START).total_seconds() >= waiting[0][0]:
                alerts += [report.alert for report in replay.analysis.put_on(*waiting.pop(0)[1])]
            outcome = replay.analysis.step(frame)
            log.add(outcome.scene)
            alerts += [report.alert for report in outcome.reports]
    return alerts


def of(kind: Kind, alerts: list[Alert]) -> list[Alert]:
    return [alert for alert in alerts if alert.kind is kind]


def test_a_rule_that_rests_raises_nothing_and_a_graver_one_what_it_always_does(clip: Path, tmp_path: Path) -> None:
    full = watched(clip, tmp_path, {})
    short = watched(clip, tmp_path, {0.0: (MILD_RESTS, SAID)})
    assert of(Kind.LOITERING, full)
    assert not of(Kind.LOITERING, short)
    assert all(alert.rations is None for alert in full)
    assert all(alert.rations == SAID for alert in short)
    assert [alert.model_copy(update={"rations": None}) for alert in short] == of(Kind.INTRUSION, full)


def test_an_alert_that_is_open_when_its_rule_is_put_to_rest_says_that_nobody_looks_and_ends_when_it_wakes(
    clip: Path, tmp_path: Path
) -> None:
    alerts = of(Kind.LOITERING, watched(clip, tmp_path, {5.3: (MILD_RESTS, SAID), 9.0: (FULL, None)}))
    assert len({alert.id for alert in alerts}) == 1
    told = [alert for alert in alerts if alert.reason.id == "reason.paused"]
    assert [(alert.phase, alert.rations, alert.reason.arguments) for alert in told] == [
        (Phase.UPDATE, SAID, {"rule": "linger"})
    ]
    ended = next(alert for alert in alerts if alert.phase is Phase.END)
    assert ended.at >= DEFAULT_START + timedelta(seconds=9)
    assert ended.rations == SAID, "what was watched short goes on saying so"


def test_the_smaller_picture_is_looked_at_while_that_is_the_ration(clip: Path, tmp_path: Path) -> None:
    write(tmp_path / "camera.yaml", CAMERA | {"gate": {"enabled": False}})
    camera = load_camera(tmp_path / "camera.yaml")
    source = FileSource(clip, camera.name, camera.video, DEFAULT_START)
    whole, smaller = BrightnessDetector(), BrightnessDetector()
    origin = Origin("gatehouse", camera.name, "test", "brightness@0", camera.fingerprint, "0")
    analysis = CameraAnalysis(camera, whole, origin, source.ring, smaller)
    frames = list(source.frames())
    analysis.put_on(Ration(smaller=True), None)
    for frame in frames[:20]:
        analysis.step(frame)
    analysis.put_on(FULL, None)
    for frame in frames[20:30]:
        analysis.step(frame)
    assert (smaller.looks, whole.looks) == (20, 10)


def test_senses_that_only_resting_rules_ask_for_rest_too(clip: Path, tmp_path: Path) -> None:
    rules = [{"kind": "fire_smoke"}, {"kind": "tamper"}, {"kind": "removed_object", "zone": "middle"}, {"kind": "fall"}]
    write(tmp_path / "camera.yaml", CAMERA | {"rules": rules})
    camera = load_camera(tmp_path / "camera.yaml")
    source = FileSource(clip, camera.name, camera.video, DEFAULT_START)
    origin = Origin("gatehouse", camera.name, "test", "brightness@0", camera.fingerprint, "0")
    analysis = CameraAnalysis(camera, BrightnessDetector(), origin, source.ring)
    said = []
    for frame, paused in zip(source.frames(), (None, Severity.MEDIUM, Severity.HIGH, None), strict=False):
        analysis.put_on(Ration(paused=paused), None)
        said.append({type(reading) for reading in analysis.step(frame).scene.readings})
    everything = {Flames, View, StillThings}
    assert said == [everything, everything, {Flames}, everything]


def test_stored_scenes_judged_again_leave_out_what_was_left_out_and_say_why(clip: Path, tmp_path: Path) -> None:
    alerts = watched(clip, tmp_path, {0.0: (MILD_RESTS, SAID), 7.0: (FULL, None)})
    runs = list(read_runs(tmp_path / "scenes"))
    camera = runs[0].header.camera_config()
    found = rerun(runs[0], [(camera, 0), (camera, 1)])
    begun = [{finding.at for finding in one if finding.phase is Phase.BEGIN} for one in found]
    assert begun == [{alert.at for alert in of(Kind.INTRUSION, alerts) if alert.revision == 1}, set()]
    answer = ask(runs, timedelta(seconds=5.5))
    chains = [chain for subject in answer.subjects for chain in subject.rules if chain.rule == "linger"]
    assert chains
    assert {chain.links[0].condition for chain in chains} == {"paused"}
