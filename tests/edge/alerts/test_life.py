"""What an alert shows when it begins."""

from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest

from edge.alerts.life import AlertLife, Origin, Report
from edge.alerts.settings import EvidenceSettings
from edge.rules.finding import Finding
from edge.rules.intrusion import Intrusion, IntrusionSettings
from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.video.ring import PacketRing
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase
from protocol.messages import Text
from tests.edge.scenes import PLACE, START, Thing, scene

WALK = [Thing(1, [(0, (0.1, 0.6)), (10, (0.9, 0.6))])]


def frame_of(seen: Scene, grey: int) -> Frame:
    return Frame("yard", seen.index, seen.at, Picture.of_array(np.full((90, 160, 3), grey, np.uint8)))


def begun(reason: Reason, objects: tuple[int, ...] = (1,)) -> tuple[Scene, Scene, Report]:
    """A scene of a look, the next for a `reason` of the gate, and an alert that begins with the next."""
    origin = Origin("gatehouse", "yard", "salt", "model@1", "0" * 64, "0.1.0")
    life = AlertLife(origin, EvidenceSettings(), PacketRing(10**6, 5.0))
    looked, later = scene(4.0, WALK), replace(scene(4.4, WALK), gate=Decision(reason))
    rule = Intrusion(IntrusionSettings(zone="shed"), PLACE)
    told = Text(id="reason.intrusion.begin", arguments={})
    finding = Finding(Kind.INTRUSION, Phase.BEGIN, "shed", 1, later.at, "shed", objects, told)
    assert life.step(looked, [], frame_of(looked, 50)) == []
    (report,) = life.step(later, [(rule, finding)], frame_of(later, 200))
    return looked, later, report


def brightness(report: Report) -> float:
    (picture,) = report.pieces
    pixels = cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    return float(pixels.mean())


def test_between_looks_the_picture_is_the_last_in_which_somebody_was_seen() -> None:
    looked, later, report = begun(Reason.KNOWN)
    assert report.alert.began_at == later.at
    assert report.alert.objects[0].box == pytest.approx(looked.tracks.boxes_at[0], abs=1e-3)
    assert report.alert.evidence[0].from_ == looked.at
    assert brightness(report) == pytest.approx(50, abs=3)


@pytest.mark.parametrize("reason", [Reason.MOTION, Reason.QUIET])
def test_at_a_look_and_where_nothing_moves_it_is_the_present_one(reason: Reason) -> None:
    _, later, report = begun(reason)
    assert report.alert.objects[0].box == pytest.approx(later.tracks.boxes_at[0], abs=1e-3)
    assert report.alert.evidence[0].from_ == later.at
    assert brightness(report) == pytest.approx(200, abs=3)


def test_and_so_it_is_where_somebody_was_not_seen_in_the_last_look() -> None:
    _, later, report = begun(Reason.KNOWN, objects=(1, 2))
    assert report.alert.evidence[0].from_ == later.at
    assert report.alert.at - START == timedelta(seconds=4.4)
