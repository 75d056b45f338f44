from io import BytesIO
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge.bench.events.footage import FilmedScene, read_footage
from edge.bench.events.moments import BEFORE_S, LONGEST_S, Moment, Shown, moments, show
from tests.edge.bench.events.drawn import CAMERA, draw_scene
from tests.edge.bench.events.happenings import alert, event, scene
from tests.edge.clips import damage


def shown(folder: Path, moment: Moment, **camera: object) -> tuple[FilmedScene, Shown]:
    (filmed,) = read_footage([draw_scene(folder, "a", camera=camera)])
    return filmed, show(filmed, moment)


def brightest(movie: bytes) -> dict[float, int]:
    with av.open(BytesIO(movie), "r") as container:
        return {frame.time or 0.0: int(frame.to_ndarray(format="gray").max()) for frame in container.decode(video=0)}


def test_a_moment_plays_from_some_seconds_before_until_after_it(tmp_path: Path) -> None:
    _, seen = shown(tmp_path, Moment(event(5, 6)))
    assert seen.movie is not None
    times = brightest(seen.movie)
    # From the key frame at 2 s, which is when it gets interesting, until 8 s; the square comes at 2 s.
    assert [min(times), max(times)] == pytest.approx([0.0, 6.0])
    assert seen.from_s == 5 - BEFORE_S - 2
    assert times[0.0] > 200


def test_its_picture_shows_that_time_with_the_zone_drawn(tmp_path: Path) -> None:
    _, seen = shown(tmp_path, Moment(event(5, 6)))
    assert seen.picture is not None
    picture = cv2.imdecode(np.frombuffer(seen.picture, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    columns = np.flatnonzero((picture.min(axis=2) > 230)[100:160].any(axis=0))
    assert columns.mean() / 320 == pytest.approx(0.05 + 3.5 / 6 * 0.8 + 0.05, abs=0.03), "where the square is at 5.5 s"


def test_privacy_masks_are_painted_into_movie_and_picture(tmp_path: Path) -> None:
    everything = {"name": "all", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}
    _, seen = shown(tmp_path, Moment(event(5, 6)), masks=[everything], zones=CAMERA["zones"])
    assert seen.movie is not None
    assert max(brightest(seen.movie).values()) < 30


def test_a_clip_that_has_gone_meanwhile_gives_a_moment_without_movie(tmp_path: Path) -> None:
    (filmed,) = read_footage([draw_scene(tmp_path, "a")])
    filmed.clip.write_bytes(filmed.clip.read_bytes()[:200])
    assert show(filmed, Moment(alert(5))) == Shown(None, 0.0, None)


def test_of_a_clip_that_is_damaged_there_what_can_be_decoded_is_shown(tmp_path: Path) -> None:
    (filmed,) = read_footage([draw_scene(tmp_path, "a")])
    damage(filmed.clip)
    seen = show(filmed, Moment(event(5, 6)))
    assert seen.movie is not None
    with pytest.raises(av.FFmpegError):
        brightest(seen.movie)
    assert seen.picture is not None


def test_only_what_went_wrong_is_a_moment_and_a_long_event_is_shown_from_its_beginning() -> None:
    judged = scene([event(10, 500), event(600, 601), event(0, 1)], [alert(600), alert(700)], seconds=800)
    assert [moment.at_s for moment in moments(judged)] == [0, 10, 700]
    assert moments(judged)[1].until_s == 10 + LONGEST_S
