"""Recorded files: every frame, its time, and honest ends."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from edge.video.clip import cut_clip
from edge.video.errors import NoVideoStreamError, SourceNotFoundError, UnreadableError
from edge.video.file import FileSource
from edge.video.frame import Frame
from edge.video.pace import Pace
from edge.video.settings import VideoSettings
from protocol.sentences import phrase
from tests.edge.video.footage import encode, number_of, numbers_and_times

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SETTINGS = VideoSettings(ring_seconds=600, ring_max_mb=100)


def seconds(frame: Frame) -> float:
    return (frame.at - START).total_seconds()


def test_every_frame_comes_once_with_its_own_time(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 60, b_frames=3)
    source = FileSource(tmp_path / "a.mp4", "gate", SETTINGS, START, every_frame=True)
    frames = list(source.frames())
    assert [number_of(frame.picture.luma()) for frame in frames] == list(range(60))
    assert [round(seconds(frame) * 25, 6) for frame in frames] == list(range(60))
    assert [frame.index for frame in frames] == list(range(60))
    assert (source.width, source.height, source.frame_count) == (320, 240, 60)
    assert source.duration_s == pytest.approx(2.4, abs=0.05)
    assert source.ended_because is None


def test_five_frames_a_second_are_the_first_of_each_fifth() -> None:
    pace = Pace(5)
    assert [number for number in range(50) if pace.takes(number / 25)] == list(range(0, 50, 5))


@pytest.mark.parametrize("b_frames", [0, 3])
def test_what_is_analysed_is_the_same_whether_or_not_the_rest_is_decoded(tmp_path: Path, b_frames: int) -> None:
    encode(tmp_path / "a.mp4", 75, b_frames=b_frames)
    every = list(FileSource(tmp_path / "a.mp4", "c", SETTINGS, START, every_frame=True).frames())
    some = list(FileSource(tmp_path / "a.mp4", "c", SETTINGS, START).frames())
    pace = Pace(5)
    expected = [frame for frame in every if pace.takes(seconds(frame))]
    assert [frame.at for frame in some] == [frame.at for frame in expected]
    assert all((a.picture.luma() == b.picture.luma()).all() for a, b in zip(some, expected, strict=True))


@pytest.mark.parametrize("clip", ["intersection", "street", "motorway", "person-bicycle-car", "highway"])
def test_real_clips_give_the_frames_that_plain_pyav_gives(shared_data: Path, clip: str) -> None:
    path = shared_data / f"clips/{clip}.mp4"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        plain = [(frame.time or 0.0, hash(bytes(frame.planes[0]))) for frame in container.decode(stream)]
    frames = FileSource(path, "c", SETTINGS, START, every_frame=True).frames()
    for (time_s, _), frame in itertools.zip_longest(plain, frames):
        assert seconds(frame) == pytest.approx(time_s - plain[0][0], abs=1e-5)
    pace = Pace(5)
    wanted = [pixels for time_s, pixels in plain if pace.takes(time_s)]
    some = [frame.picture._raw for frame in FileSource(path, "c", SETTINGS, START).frames()]
    assert [hash(bytes(raw.planes[0])) for raw in some] == wanted


def test_a_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    stamps = list(itertools.accumulate([0, 42, 292, 83, 40, 120, 41, 250, 42, 42, 100, 42, 292, 60]))
    encode(tmp_path / "vfr.mp4", len(stamps), stamps=stamps)
    frames = list(FileSource(tmp_path / "vfr.mp4", "c", SETTINGS, START, every_frame=True).frames())
    assert [round(seconds(frame) * 1000) for frame in frames] == stamps


def test_hidden_pictures_are_not_counted(shared_data: Path) -> None:
    source = FileSource(shared_data / "clips/person-bicycle-car.mp4", "c", SETTINGS, START, every_frame=True)
    frames = list(source.frames())
    assert len(frames) == 459
    assert frames[0].at == START
    assert source.ring.span() == (START, frames[-1].at)


def test_a_loop_goes_on_with_fresh_times(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 20, b_frames=2)
    source = FileSource(tmp_path / "a.mp4", "c", SETTINGS, START, every_frame=True, looping=True)
    frames = list(itertools.islice(source.frames(), 50))
    assert [number_of(frame.picture.luma()) for frame in frames] == [*range(20), *range(20), *range(10)]
    assert [round(seconds(frame) * 25, 3) for frame in frames] == list(range(50))


def test_a_clip_reaches_over_the_seam_of_a_loop(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 20, b_frames=2)
    source = FileSource(tmp_path / "a.mp4", "c", SETTINGS, START, every_frame=True, looping=True)
    frames = list(itertools.islice(source.frames(), 36))
    clip = cut_clip(source.ring, frames[12].at, frames[30].at)
    assert clip is not None
    by_time = {frame.at: number_of(frame.picture.luma()) for frame in frames}
    for number, time_s in numbers_and_times(clip.data):
        at = clip.start + timedelta(seconds=time_s)
        assert number == min((abs(at - other), drawn) for other, drawn in by_time.items())[1]


def test_a_looped_clip_with_hidden_pictures_still_cuts(shared_data: Path) -> None:
    path = shared_data / "clips/person-bicycle-car.mp4"
    source = FileSource(path, "c", SETTINGS, START, looping=True)
    frames = list(itertools.islice(source.frames(), 200))
    assert [a.at < b.at for a, b in itertools.pairwise(frames)] == [True] * 199
    clip = cut_clip(source.ring, frames[180].at, frames[199].at)
    assert clip is not None
    assert clip.start <= frames[180].at < clip.end


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=r"no\.mp4: does not exist; correct the path"):
        FileSource(tmp_path / "no.mp4", "c", SETTINGS, START)


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="is a folder"):
        FileSource(tmp_path, "c", SETTINGS, START)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "zero.mp4").touch()
    with pytest.raises(UnreadableError, match="is empty"):
        FileSource(tmp_path / "zero.mp4", "c", SETTINGS, START)


def test_noise_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "noise.mp4").write_bytes(b"\x00\x01\x02 nothing of the kind" * 500)
    with pytest.raises(UnreadableError, match="damaged, cut short or no video"):
        FileSource(tmp_path / "noise.mp4", "c", SETTINGS, START)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.wav"), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate, frame.pts = 8000, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with pytest.raises(NoVideoStreamError, match="holds no video"):
        FileSource(tmp_path / "sound.wav", "c", SETTINGS, START)


@pytest.mark.parametrize("left", [0.3, 0.9])
def test_a_file_without_its_index_is_refused(tmp_path: Path, left: float) -> None:
    encode(tmp_path / "whole.mp4", 50)
    whole = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(UnreadableError, match="cut short"):
        FileSource(tmp_path / "cut.mp4", "c", SETTINGS, START)


def test_a_truncated_matroska_file_is_told_though_it_counts_no_packets(tmp_path: Path) -> None:
    encode(tmp_path / "whole.mkv", 100)
    whole = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) * 6 // 10])
    ends = []
    for name in ("whole.mkv", "cut.mkv"):
        source = FileSource(tmp_path / name, "c", SETTINGS, START)
        assert list(source.frames())
        ends.append(str(source.ended_because))
    assert ends[0] == "None"
    assert "cut short" in ends[1]


def test_a_truncated_file_gives_what_is_there_and_says_why_it_ended(tmp_path: Path) -> None:
    encode(tmp_path / "whole.mp4", 100, movflags="+faststart")
    whole = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    source = FileSource(tmp_path / "cut.mp4", "c", SETTINGS, START, every_frame=True)
    frames = list(source.frames())
    assert 5 < len(frames) < 100
    assert isinstance(source.ended_because, UnreadableError)
    assert "cut short" in str(source.ended_because)
    assert phrase(source.ended_because.said, "zh") == f"文件损坏或不完整，约 100 帧中只能解码 {len(frames)} 帧"


def test_a_container_without_presentation_times_is_read_too(tmp_path: Path) -> None:
    encode(tmp_path / "old.avi", 50, codec="mpeg4")
    frames = list(FileSource(tmp_path / "old.avi", "c", SETTINGS, START, every_frame=True).frames())
    assert [number_of(frame.picture.luma()) for frame in frames] == list(range(50))
    assert seconds(frames[-1]) == pytest.approx(49 / 25, abs=0.02)


def test_pictures_that_stand_alone_are_not_decoded_for_nothing(tmp_path: Path) -> None:
    encode(tmp_path / "a.avi", 50, codec="mjpeg", pixel_format="yuvj420p")
    frames = list(FileSource(tmp_path / "a.avi", "c", SETTINGS, START).frames())
    assert [number_of(frame.picture.luma()) for frame in frames] == list(range(0, 50, 5))


def test_a_second_pass_begins_with_an_empty_ring(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 40)
    source = FileSource(tmp_path / "a.mp4", "c", SETTINGS, START)
    held = []
    for _ in range(2):
        list(source.frames())
        held.append((source.ring.bytes, source.ring.span()))
    assert held[0] == held[1]
