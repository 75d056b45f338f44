"""Live sources: a capture thread that keeps the newest frame, survives its camera, and leaves nothing behind."""

import io
import os
import pickle
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path, PurePosixPath
from statistics import median

import cv2
import pytest

from edge.clock import utc_now
from edge.complaints import complaint
from edge.redaction import redact
from edge.video.clip import cut_clip
from edge.video.errors import SourceError, UnreachableError, UnreadableError
from edge.video.frame import Frame
from edge.video.live import LiveSource
from edge.video.settings import VideoSettings
from protocol.messages import CameraState, Text
from protocol.sentences import LANGUAGES
from tests.edge.video.footage import drawn, encode, number_of, numbers_and_times

QUICK = VideoSettings(
    analysed_fps=25, connect_timeout_s=2, stall_timeout_s=1, retry_first_s=0.1, retry_longest_s=0.3, ring_seconds=60
)


@contextmanager
def watching(source: LiveSource) -> Iterator[LiveSource]:
    source.start()
    try:
        yield source
    finally:
        source.stop()
        assert source.done


class Taken(threading.Event):
    """Takes every frame in the capture thread itself, the moment it comes: no busy machine makes it late."""

    def __init__(self) -> None:
        super().__init__()
        self.source: LiveSource | None = None
        self.numbers: list[int] = []
        self.at_s: list[float] = []

    def set(self) -> None:
        if self.source is not None and (frame := self.source.newest()) is not None:
            self.at_s.append(time.monotonic())
            self.numbers.append(number_of(frame.picture.luma()))
        super().set()


def cause(source: LiveSource) -> str:
    return source.why.told() if source.why is not None else ""


def frames_of(source: LiveSource, count: int, within_s: float = 10) -> list[Frame]:
    frames: list[Frame] = []
    deadline_s = time.monotonic() + within_s
    while len(frames) < count and time.monotonic() < deadline_s:
        if source.wait(0.2) and (frame := source.newest()):
            frames.append(frame)
    assert len(frames) == count, f"only {len(frames)} of {count}; {source.why}"
    return frames


def until(happened: Callable[[], bool], within_s: float = 8) -> None:
    deadline_s = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)


def test_a_file_plays_at_its_own_speed_with_the_times_of_now(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 50, b_frames=2)
    before = utc_now()
    with watching(LiveSource(str(tmp_path / "a.mp4"), "gate", QUICK)) as source:
        frames = frames_of(source, 25)
        assert frames[-1].at - frames[0].at >= timedelta(seconds=0.9)
        assert before - timedelta(seconds=0.5) < frames[0].at
        assert all(a.at < b.at for a, b in pairwise(frames))
        assert frames[-1].at <= utc_now()
        assert source.size == (320, 240)
        until(lambda: source.done)
    assert source.health().state is CameraState.ENDED


def test_a_file_with_b_frames_plays_as_evenly_as_a_camera_sends_and_loses_none(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 100, fps=10, b_frames=3, gop=100)
    settings = QUICK.model_copy(update={"analysed_fps": 5.0})
    taken = Taken()
    taken.source = LiveSource(str(tmp_path / "a.mp4"), "gate", settings, looping=True, arrived=taken)
    with watching(taken.source):
        until(lambda: len(taken.at_s) >= 20, within_s=20)
    assert taken.numbers[:20] == list(range(0, 40, 2))
    assert median(b - a for a, b in pairwise(taken.at_s)) == pytest.approx(0.2, abs=0.05)


def test_a_source_that_is_thinned_brings_half_of_its_frames_and_then_all_again(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 200, fps=20)
    settings = QUICK.model_copy(update={"analysed_fps": 10.0})
    with watching(LiveSource(str(tmp_path / "a.mp4"), "gate", settings, looping=True)) as source:
        source.thin(0.5)
        thinned = frames_of(source, 10)[4:]  # the first ones were waiting already
        source.thin(1.0)
        whole = frames_of(source, 14)[4:]
        assert source.brought >= 20
    steps_s = [[(b.at - a.at).total_seconds() for a, b in pairwise(frames)] for frames in (thinned, whole)]
    assert steps_s[0] == pytest.approx([0.2] * 5, abs=0.03)
    assert steps_s[1] == pytest.approx([0.1] * 9, abs=0.03)


def test_a_looping_file_goes_on(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 20, b_frames=2)
    with watching(LiveSource(str(tmp_path / "a.mp4"), "gate", QUICK, looping=True)) as source:
        frames = frames_of(source, 50)
        steps_s = [(b.at - a.at).total_seconds() for a, b in pairwise(frames)]
        assert max(steps_s) < 0.5
        assert min(steps_s[5:]) > 0.015
        seen_at = [(number_of(frame.picture.luma()), frame.at) for frame in frames]
        rounds = [(b - a).total_seconds() for n, a in seen_at[5:20] for m, b in seen_at[20:40] if m == n and b > a]
        assert rounds
        assert max(abs(round_s / 0.8 - round(round_s / 0.8)) for round_s in rounds) < 0.02
        assert source.health().state is CameraState.WATCHING
        span = source.ring.span()
        assert span is not None
        assert span[1] - span[0] > timedelta(seconds=1.4)


def test_a_clip_of_a_live_camera_lies_under_its_frames(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 60, b_frames=2)
    with watching(LiveSource(str(tmp_path / "a.mp4"), "gate", QUICK, looping=True)) as source:
        frames = frames_of(source, 70)
        clip = cut_clip(source.ring, frames[40].at, frames[-1].at)
    assert clip is not None
    assert clip.start <= frames[40].at + timedelta(milliseconds=5)
    known = {number_of(frame.picture.luma()): frame.at for frame in frames[40:]}
    pictures = [(number, time_s) for number, time_s in numbers_and_times(clip.data) if number in known]
    late = [abs((clip.start + timedelta(seconds=time_s) - known[n]).total_seconds()) for n, time_s in pictures]
    assert max(late) < 0.03, late


def test_the_newest_frame_wins_and_the_lost_are_counted(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 50)
    with watching(LiveSource(str(tmp_path / "a.mp4"), "gate", QUICK, paced=False)) as source:
        until(lambda: source.done)
        frame = source.newest()
        health = source.health()
    assert frame is not None
    assert (number_of(frame.picture.luma()), frame.index) == (49, 49)
    assert health.dropped == 49
    assert source.newest() is None


def test_one_event_tells_of_many_cameras(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 50)
    arrived = threading.Event()
    sources = [LiveSource(str(tmp_path / "a.mp4"), f"c{n}", QUICK, arrived=arrived, looping=True) for n in range(2)]
    with watching(sources[0]), watching(sources[1]):
        seen: set[str] = set()
        deadline_s = time.monotonic() + 8
        while len(seen) < 2 and time.monotonic() < deadline_s:
            assert arrived.wait(2)
            arrived.clear()
            seen |= {frame.camera for source in sources if (frame := source.newest())}
    assert seen == {"c0", "c1"}


def test_a_missing_file_is_reported_and_found_once_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "late.mp4"
    with watching(LiveSource(str(path), "gate", QUICK, looping=True)) as source:
        until(lambda: source.why is not None)
        assert source.health().state is CameraState.UNREACHABLE
        assert "does not exist" in cause(source)
        encode(tmp_path / "ready.mp4", 30)
        (tmp_path / "ready.mp4").rename(path)
        frames_of(source, 3)
        assert source.why is None
        assert source.health().reconnects >= 1


def test_a_picture_size_that_changes_is_followed(tmp_path: Path) -> None:
    small, large = io.BytesIO(), io.BytesIO()
    encode(small, 25, form="mpegts")
    encode(large, 40, size=(640, 480), form="mpegts")
    (tmp_path / "both.ts").write_bytes(small.getvalue() + large.getvalue())
    with watching(LiveSource(str(tmp_path / "both.ts"), "gate", QUICK)) as source:
        until(lambda: source.size == (320, 240))
        until(lambda: source.size == (640, 480))
        until(lambda: source.done)
        span = source.ring.span()
    assert source.ring.format is not None
    assert source.ring.format.width == 640
    assert span is not None
    assert span[1] - span[0] < timedelta(seconds=2)


def test_stamps_that_jump_do_not_break_times_or_clips(tmp_path: Path) -> None:
    stamps = [n * 40 for n in range(40)] + [3_600_000 + n * 40 for n in range(40)]
    encode(tmp_path / "jump.ts", 80, stamps=stamps, form="mpegts")
    with watching(LiveSource(str(tmp_path / "jump.ts"), "gate", QUICK, paced=False)) as source:
        until(lambda: source.done)
        frame, span = source.newest(), source.ring.span()
        assert span is not None
        clip = cut_clip(source.ring, *span)
    assert frame is not None
    assert number_of(frame.picture.luma()) == 79
    assert abs((frame.at - utc_now()).total_seconds()) < 15
    assert clip is not None
    assert clip.end - clip.start < timedelta(seconds=15)


@pytest.mark.parametrize("set_by", [timedelta(hours=-8), timedelta(hours=8)])
def test_a_clock_that_is_set_begins_times_anew_and_clips_of_before_and_after_can_be_cut(
    tmp_path: Path, set_by: timedelta
) -> None:
    encode(tmp_path / "a.mp4", 50)
    is_set = threading.Event()

    def now() -> datetime:
        return utc_now() + (set_by if is_set.is_set() else timedelta())

    with watching(LiveSource(str(tmp_path / "a.mp4"), "gate", QUICK, looping=True, utc_now=now)) as source:
        before = frames_of(source, 20)
        is_set.set()
        until(lambda: (frame := source.newest()) is not None and frame.clock_sets == 1)
        frames_of(source, 15)  # the next key frame is among them
        after = frames_of(source, 10)
        now_s = now().timestamp()
        clips = [cut_clip(source.ring, frames[0].at, frames[-1].at) for frames in (before, after)]
    assert {frame.clock_sets for frame in before} == {0}
    assert {frame.clock_sets for frame in after} == {1}
    assert all(a.at < b.at for frames in (before, after) for a, b in pairwise(frames))
    assert after[-1].at.timestamp() == pytest.approx(now_s, abs=5)
    for clip, frames in zip(clips, (before, after), strict=True):
        assert clip is not None
        assert clip.start - timedelta(seconds=0.05) <= frames[0].at <= clip.end + timedelta(seconds=0.05)


class _Camera(BaseHTTPRequestHandler):
    """An MJPEG camera: numbered JPEG pictures, one after the other."""

    frames = 1000
    pause_s = 0.04

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for number in range(self.frames):
                jpeg = cv2.imencode(".jpg", drawn(number % 256))[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
                time.sleep(self.pause_s)
            time.sleep(3 if self.frames < 100 else 0)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def http_camera(handler: type[_Camera]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/video"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_mjpeg_over_http_is_watched_and_its_clips_are_h264() -> None:
    with http_camera(_Camera) as address, watching(LiveSource(address, "gate", QUICK)) as source:
        frames = frames_of(source, 30)
        clip = cut_clip(source.ring, frames[0].at, frames[-1].at)
    # Pictures without times of their own take those of their arrival: 25 a second here, whatever FFmpeg assumes.
    numbers = [number_of(frame.picture.luma()) for frame in frames]
    passed_s = (frames[-1].at - frames[5].at).total_seconds()
    assert passed_s == pytest.approx((numbers[-1] - numbers[5]) * 0.045, rel=0.35)
    assert clip is not None
    assert clip.reencoded
    assert numbers_and_times(clip.data)[0][1] == 0


def test_a_camera_that_stalls_is_said_to_and_opened_anew() -> None:
    handler = type("Stalling", (_Camera,), {"frames": 40, "pause_s": 0.01})
    with http_camera(handler) as address, watching(LiveSource(address, "gate", QUICK)) as source:
        frames_of(source, 1)
        until(lambda: source.health().state is CameraState.STALLED)
        assert "sends nothing any more" in cause(source)
        until(lambda: source.health().reconnects >= 1 and source.health().state is CameraState.WATCHING)


def test_a_camera_that_is_opened_anew_leaves_the_pictures_from_before() -> None:
    handler = type("Stalling", (_Camera,), {"frames": 40, "pause_s": 0.01})
    with http_camera(handler) as address, watching(LiveSource(address, "gate", QUICK)) as source:
        before = frames_of(source, 5)
        until(lambda: source.health().reconnects >= 1 and source.health().state is CameraState.WATCHING)
        after = frames_of(source, 5)
        clip = cut_clip(source.ring, before[0].at, after[-1].at)
    assert clip is not None
    assert clip.start <= before[-1].at <= clip.end < after[0].at


def test_nobody_at_the_address_is_said() -> None:
    with watching(LiveSource("rtsp://admin:pa55@127.0.0.1:9/x", "gate", QUICK)) as source:
        until(lambda: source.why is not None)
        assert source.health().state is CameraState.UNREACHABLE
        assert cause(source) == (
            "rtsp://***@127.0.0.1:9/x: refuses the connection; check address and port, and that the camera's stream is "
            "switched on"
        )


def test_pauses_between_attempts_double_with_jitter_up_to_the_longest(tmp_path: Path) -> None:
    settings = QUICK.model_copy(update={"retry_first_s": 0.02, "retry_longest_s": 0.1})
    source = LiveSource(str(tmp_path / "none.mp4"), "gate", settings, chance=random.Random(1))
    started_s = time.monotonic()
    with watching(source):
        until(lambda: source.health().reconnects >= 8)
    assert time.monotonic() - started_s > 0.02 * 0.5 + 0.04 * 0.5 + 5 * 0.1 * 0.5


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_stays_flat_over_many_reconnections() -> None:
    handler = type("Brief", (_Camera,), {"frames": 100, "pause_s": 0.0})
    settings = QUICK.model_copy(update={"retry_first_s": 0.01, "retry_longest_s": 0.02, "ring_max_mb": 2})
    with http_camera(handler) as address, watching(LiveSource(address, "gate", settings)) as source:
        until(lambda: source.health().reconnects >= 12, within_s=30)
        settled = resident_bytes()
        until(lambda: source.health().reconnects >= 40, within_s=30)
        grown = resident_bytes() - settled
    assert grown < 12e6


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://cam:hunter2@10.0.0.5/x",
        "[Errno 1] 'rtsp://cam:hunter2@10.0.0.5:554/x'",
        "rtsp://cam:p@hunter2@10.0.0.5/x",
        "rtsp://cam:p/hunter2@10.0.0.5/x",
        "http://10.0.0.5/video?user=admin&password=hunter2&channel=1",
        "rtsp://10.0.0.5/user=admin_password=hunter2&channel=1",
        "http://10.0.0.5/?pwd=hunter2 and http://a:hunter2@b/",
    ],
)
def test_passwords_are_taken_out_of_texts(text: str) -> None:
    assert "hunter2" not in redact(text)
    assert "10.0.0.5" in redact(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_never_holds_a_password_and_keeps_its_remedy_in_either_language(language: str) -> None:
    inner = UnreachableError(complaint("source.refused", address="http://10.0.0.5/?password=hunter2"))
    address = PurePosixPath("rtsp:/10.0.0.5/user=a&password=hunter2")
    said = complaint("source.unreadable", address=address, why=["rtsp://a:hunter2@b", inner.complaints[0]])
    for error in (inner, SourceError(said), pickle.loads(pickle.dumps(SourceError(said)))):  # noqa: S301 - our own
        assert "hunter2" not in error.told(language) + repr(error) + repr(error.complaints)
    assert inner.told(language).endswith({"en": "is switched on", "zh": "是否已开启"}[language])


def test_what_somebody_reads_in_a_report_survives_the_way_between_processes() -> None:
    said = Text(id="stopped.cut_short", arguments={"decoded": 1, "stated": 2})
    error = UnreadableError(complaint("source.no_picture", path="a.mp4"), said=said)
    assert pickle.loads(pickle.dumps(error)).said == said  # noqa: S301 - our own


def test_a_text_without_secrets_stays_as_it_is() -> None:
    text = "rtsp://10.0.0.5:554/stream1: refuses the connection; ask admin@example.org"
    assert redact("/videos/a.mp4: does not exist") == "/videos/a.mp4: does not exist"
    assert redact(text) == text
