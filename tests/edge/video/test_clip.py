"""Clips: begun before the event, time 0 exact, the camera's own bytes unless masks forbid it."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from edge.video.clip import Clip, cut_clip
from edge.video.file import FileSource
from edge.video.frame import Frame
from edge.video.masks import Mask
from edge.video.settings import VideoSettings
from tests.edge.video.footage import encode, number_of, numbers_and_times

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SETTINGS = VideoSettings(ring_seconds=600, ring_max_mb=200)
CENTRE = Mask("centre", ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)))


def seen(path: Path, *masks: Mask) -> tuple[FileSource, list[Frame]]:
    source = FileSource(path, "c", SETTINGS, START, every_frame=True, masks=masks)
    return source, list(source.frames())


def cut(source: FileSource, from_s: float, to_s: float) -> Clip:
    clip = cut_clip(source.ring, START + timedelta(seconds=from_s), START + timedelta(seconds=to_s))
    assert clip is not None
    return clip


def at_second(number: int) -> datetime:
    return START + timedelta(seconds=number / 25)


@pytest.mark.parametrize(
    ("codec", "pixel_format", "container", "b_frames", "reencoded"),
    [
        ("libx264", "yuv420p", "mp4", 0, False),
        ("libx264", "yuv420p", "mp4", 3, False),
        ("libx264", "yuvj420p", "mp4", 2, False),
        ("libx264", "yuv420p", "ts", 2, False),
        ("libx265", "yuv420p", "mp4", 2, False),
        ("mjpeg", "yuvj420p", "avi", 0, True),
        ("mpeg4", "yuv420p", "avi", 0, True),
    ],
)
def test_every_picture_of_a_clip_is_at_its_own_time(
    tmp_path: Path, codec: str, pixel_format: str, container: str, b_frames: int, reencoded: bool
) -> None:
    form = "mpegts" if container == "ts" else None
    path = tmp_path / f"a.{container}"
    encode(path, 100, codec=codec, pixel_format=pixel_format, b_frames=b_frames, form=form, gop=12)
    source, _ = seen(path)
    clip = cut(source, 1.5, 2.9)
    assert clip.reencoded is reencoded
    assert clip.start <= START + timedelta(seconds=1.5)
    pictures = numbers_and_times(clip.data)
    assert pictures[0][1] == 0
    for number, time_s in pictures:
        at = clip.start + timedelta(seconds=time_s)
        assert abs((at - at_second(number)).total_seconds()) < 0.002
    assert clip.end == pytest.approx(clip.start + timedelta(seconds=pictures[-1][1]), abs=timedelta(milliseconds=2))
    assert clip.end >= START + timedelta(seconds=2.8)
    numbers = [number for number, _ in pictures]
    assert set(numbers) >= set(range(numbers[0], 71))


CLIPS = ["plaza", "street", "intersection", "motorway", "car-detection", "person-bicycle-car", "night-driveway-ir"]


@pytest.mark.parametrize("name", CLIPS)
def test_a_remuxed_clip_of_real_footage_shows_the_same_pictures_at_the_same_times(shared_data: Path, name: str) -> None:
    source, frames = seen(shared_data / f"clips/{name}.mp4")
    length_s = (frames[-1].at - START).total_seconds()
    clip = cut(source, length_s * 0.6, length_s * 0.8)
    assert not clip.reencoded
    assert clip.start <= START + timedelta(seconds=length_s * 0.6)
    by_time = {round((frame.at - START).total_seconds(), 3): frame for frame in frames}
    with av.open(io.BytesIO(clip.data), "r") as container:
        for picture in container.decode(video=0):
            time_s = (clip.start - START).total_seconds() + (picture.time or 0.0)
            frame = by_time[min(by_time, key=lambda known: abs(known - time_s))]
            assert abs((frame.at - START).total_seconds() - time_s) < 0.002
            assert (picture.to_ndarray(format="gray") == frame.picture._raw.to_ndarray(format="gray")).all()


def test_hevc_carries_the_tag_that_browsers_want(shared_data: Path) -> None:
    settings = VideoSettings(ring_seconds=20)
    source = FileSource(shared_data / "clips/night-yard-ir-hevc.mp4", "c", settings, START)
    for frame in source.frames():
        if frame.at >= START + timedelta(seconds=12):
            break
    clip = cut(source, 7, 9)
    assert b"hvc1" in clip.data
    with av.open(io.BytesIO(clip.data), "r") as container:
        assert container.streams.video[0].codec_context.name == "hevc"
        assert sum(1 for _ in container.decode(video=0)) > 60


def test_the_index_comes_first_and_there_is_no_sound(shared_data: Path) -> None:
    source, _ = seen(shared_data / "clips/car-detection.mp4")
    clip = cut(source, 10, 12)
    assert clip.data.index(b"moov") < clip.data.index(b"mdat")
    with av.open(io.BytesIO(clip.data), "r") as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_pictures_that_a_recording_hides_are_the_seconds_before_and_stay_the_cameras_own_bytes(
    shared_data: Path,
) -> None:
    source, frames = seen(shared_data / "clips/person-bicycle-car.mp4")
    clip = cut(source, 0.0, 1.0)
    assert not clip.reencoded
    assert clip.start < START
    with av.open(io.BytesIO(clip.data), "r") as container:
        pictures = [(clip.start + timedelta(seconds=p.time or 0), p.to_ndarray()) for p in container.decode(video=0)]
    for frame in (frame for frame in frames if frame.at <= START + timedelta(seconds=1)):
        same = min(pictures, key=lambda picture: abs(picture[0] - frame.at))
        assert abs(same[0] - frame.at) < timedelta(milliseconds=2)
        assert np.array_equal(same[1], frame.picture._raw.to_ndarray())


def test_a_masked_area_never_leaves_in_a_clip(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 60, b_frames=2)
    source, _ = seen(tmp_path / "a.mp4", CENTRE)
    clip = cut(source, 1, 2)
    assert clip.reencoded
    assert clip.masks == ("centre",)
    with av.open(io.BytesIO(clip.data), "r") as container:
        for picture in container.decode(video=0):
            bgr = picture.to_ndarray(format="bgr24")
            assert bgr[80:160, 104:216].max() < 12
            assert bgr[20:60].mean() > 60
    for number, time_s in numbers_and_times(clip.data):
        assert abs((clip.start + timedelta(seconds=time_s) - at_second(number)).total_seconds()) < 0.002


def test_odd_sizes_can_be_reencoded(tmp_path: Path) -> None:
    encode(tmp_path / "a.avi", 20, codec="mjpeg", pixel_format="yuvj444p", size=(321, 241))
    source, frames = seen(tmp_path / "a.avi")
    assert (frames[0].picture.width, frames[0].picture.height) == (321, 241)
    with av.open(io.BytesIO(cut(source, 0.1, 0.6).data), "r") as container:
        assert container.streams.video[0].codec_context.width == 320


def test_pictures_that_need_the_group_before_are_left_out(tmp_path: Path) -> None:
    """An open group: pictures shown before the key frame but sent after it lean on the group before."""
    encode(tmp_path / "a.mp4", 100, b_frames=3, gop=12, open_gop=True)
    source, frames = seen(tmp_path / "a.mp4")
    by_number = {number_of(frame.picture.luma()): frame for frame in frames}
    clip = cut(source, 2.0, 2.6)
    with av.open(io.BytesIO(clip.data), "r") as container:
        pictures = list(container.decode(video=0))
    assert pictures[0].time == 0
    for picture in pictures:
        luma: Any = picture.to_ndarray(format="gray")
        assert (luma == by_number[number_of(luma)].picture._raw.to_ndarray(format="gray")).all()


def of_two_sizes(folder: Path) -> Path:
    """A stream whose pictures are larger from 1.2 s on."""
    small, large = io.BytesIO(), io.BytesIO()
    encode(small, 30, form="mpegts")
    encode(large, 40, size=(640, 480), form="mpegts", stamps=[1200 + number * 40 for number in range(40)])
    both = folder / "both.ts"
    both.write_bytes(small.getvalue() + large.getvalue())
    return both


def test_a_picture_size_that_changes_begins_a_new_ring(tmp_path: Path) -> None:
    source, frames = seen(of_two_sizes(tmp_path))
    assert {frame.picture.width for frame in frames} == {320, 640}
    span = source.ring.span()
    assert span is not None
    clip = cut_clip(source.ring, *span)
    assert clip is not None
    assert not clip.reencoded
    with av.open(io.BytesIO(clip.data), "r") as container:
        assert container.streams.video[0].codec_context.width == 640
        assert {picture.width for picture in container.decode(video=0)} == {640}


def test_what_was_before_a_change_of_the_picture_size_can_still_be_cut(tmp_path: Path) -> None:
    source, _ = seen(of_two_sizes(tmp_path))
    clip = cut(source, 0.5, 2.5)
    with av.open(io.BytesIO(clip.data), "r") as container:
        assert {picture.width for picture in container.decode(video=0)} == {320}


def test_there_is_no_clip_of_times_that_are_not_held(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 40)
    source, _ = seen(tmp_path / "a.mp4")
    assert cut_clip(source.ring, START + timedelta(seconds=60), START + timedelta(seconds=70)) is None
