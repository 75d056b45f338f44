import re
from pathlib import Path

import av
import numpy as np

from edge.bench.debug import DebugVideo
from edge.bench.panel import BAD, GROUND, WIDTH, Line, draw_panel, latin
from tests.edge.bench.played import played


def test_the_video_shows_every_frame_with_a_panel_beside_it(tmp_path: Path) -> None:
    stored = played("loitering-shed")
    with DebugVideo(tmp_path / "debug.mp4", stored.camera, stored.header.sure_score) as video:
        for step in stored.steps:
            if step.frame and step.outcome:
                video.add(step.frame, step.outcome)
    with av.open(str(tmp_path / "debug.mp4")) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 110
    assert (frames[0].width, frames[0].height) == (640 + WIDTH, 360)


def test_the_panel_says_how_near_each_track_is_and_who_has_raised(tmp_path: Path) -> None:
    stored = played("loitering-shed")
    video = DebugVideo(tmp_path / "debug.mp4", stored.camera, stored.header.sure_score)
    said: dict[float, list[str]] = {}
    for step in stored.steps:
        if step.frame and step.outcome:
            video._drawn(step.frame, step.outcome)
            lines = video._lines(step.outcome.scene, video._found(step.outcome))
            said[round(step.frame.at.timestamp() % 60, 1)] = [line.text for line in lines]
    motion, rule, nearest = said[12.0][1:4]
    assert re.fullmatch(r"motion \d\.\d %: motion, detector looks", motion)
    assert rule == "1 shed - loitering"
    assert re.fullmatch(r"#\d+ time: 8\.\d s of 10\.0 s", nearest)
    assert any(line.endswith("place: not in «shed»") for line in said[12.0])
    assert any(" RAISED, time: 1" in text for lines in said.values() for text in lines)
    sure = re.escape(f"{stored.header.sure_score:.2f}")
    doubtful = re.compile(rf"\? \w+ 0\.\d\d of {sure}: not seen often enough yet")
    assert any(doubtful.fullmatch(text) for lines in said.values() for text in lines)


def test_who_has_raised_without_a_figure_is_told_without_one(tmp_path: Path) -> None:
    stored = played("fall")
    video = DebugVideo(tmp_path / "debug.mp4", stored.camera, stored.header.sure_score)
    said: list[str] = []
    for step in stored.steps:
        if step.frame and step.outcome:
            video._drawn(step.frame, step.outcome)
            said += [line.text for line in video._lines(step.outcome.scene, video._found(step.outcome))]
    assert any("RAISED" in text for text in said)
    assert not any("- s of - s" in text for text in said)


def test_lines_that_do_not_fit_are_counted() -> None:
    few, many = (draw_panel([Line(f"line {n}") for n in range(count)], 360) for count in (5, 100))
    assert few.shape == many.shape == (360, WIDTH, 3)
    assert (few[200:] == GROUND).all()
    assert (many[320:] != GROUND).any()


def test_a_bar_reaches_as_far_as_the_share() -> None:
    half, over = (draw_panel([Line("", BAD, share)], 360) for share in (0.5, 7.0))
    red = [int((panel[18] == np.array((40, 40, 110))).all(axis=1).sum()) for panel in (half, over)]
    assert abs(red[1] - 2 * red[0]) <= 3
    assert red[1] <= WIDTH


def test_what_cannot_be_written_in_latin_is_marked() -> None:
    assert latin("«shed» – 院子") == '"shed" - ~~'
