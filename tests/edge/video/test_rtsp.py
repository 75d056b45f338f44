"""A real RTSP server with a password: watched, refused, killed and back, stalled."""

import logging
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from edge.clock import utc_now
from edge.video.clip import cut_clip
from edge.video.errors import SourceNotFoundError, UnauthorisedError
from edge.video.frame import Frame
from edge.video.live import LiveSource
from edge.video.opening import open_source
from edge.video.settings import VideoSettings
from protocol.messages import CameraState
from tests.edge.video.footage import encode, number_of, numbers_and_times

SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("rtsp_server.py")
ELEMENTS = ("qtdemux", "h264parse", "rtph264pay")
QUICK = VideoSettings(
    analysed_fps=25, connect_timeout_s=3, stall_timeout_s=1.5, retry_first_s=0.1, retry_longest_s=0.3, ring_seconds=60
)
PASSWORD = "s3cret-w0rd"


def missing() -> str | None:
    """What the server lacks on this machine."""
    find = "import gi; gi.require_version('GstRtspServer','1.0'); from gi.repository import Gst, GstRtspServer; "
    find += f"Gst.init(None); assert all(Gst.ElementFactory.find(name) for name in {ELEMENTS!r})"
    try:
        found = subprocess.run([SYSTEM_PYTHON, "-c", find], capture_output=True, check=False, timeout=30)
    except OSError:
        return f"{SYSTEM_PYTHON} is not here"
    if found.returncode:
        return (
            "GStreamer's RTSP server is not installed: apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi "
            "gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
        )
    return None


@pytest.fixture(scope="module", autouse=True)
def _needs_gstreamer() -> None:
    if reason := missing():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rtsp") / "camera.mp4"
    encode(path, 250, gop=12)
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(footage: Path, port: int, *stall_after_s: str, password: str = PASSWORD) -> Iterator[subprocess.Popen[str]]:
    command = [SYSTEM_PYTHON, str(PROGRAM), str(footage), str(port), "cam", password, *stall_after_s]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def watching(port: int, password: str = PASSWORD) -> Iterator[LiveSource]:
    source = LiveSource(f"rtsp://cam:{password}@127.0.0.1:{port}/cam", "gate", QUICK)
    source.start()
    try:
        yield source
    finally:
        source.stop()
        assert source.done


def cause(source: LiveSource) -> str:
    return source.why.told() if source.why is not None else ""


def frames_of(source: LiveSource, count: int) -> list[Frame]:
    frames: list[Frame] = []
    deadline_s = time.monotonic() + 10
    while len(frames) < count and time.monotonic() < deadline_s:
        if source.wait(0.2) and (frame := source.newest()):
            frames.append(frame)
    assert len(frames) == count, source.why
    return frames


def until(happened: Callable[[], bool], within_s: float = 12) -> None:
    deadline_s = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)


def test_a_stream_is_watched_from_its_first_key_frame_and_gives_clips(footage: Path) -> None:
    port = free_port()
    with serving(footage, port), watching(port) as source:
        frames = frames_of(source, 40)
        assert source.health().state is CameraState.WATCHING
        span = source.ring.span()
        assert span is not None
        clip = cut_clip(source.ring, frames[20].at, frames[-1].at)
        whole = cut_clip(source.ring, *span)
    assert whole is not None
    assert numbers_and_times(whole.data)[0][0] == 0
    assert all(a.at < b.at for a, b in pairwise(frames))
    numbers = [number_of(frame.picture.luma()) for frame in frames]
    assert numbers == sorted(numbers)
    assert abs((utc_now() - frames[-1].at).total_seconds()) < 2
    assert clip is not None
    assert not clip.reencoded
    assert clip.start <= frames[20].at + timedelta(milliseconds=20)
    pictures = numbers_and_times(clip.data)
    assert pictures[0][1] == 0
    for (number, time_s), (_, first_s) in zip(pictures, pictures[:1] * len(pictures), strict=True):
        assert time_s - first_s == pytest.approx((number - pictures[0][0]) * 0.04, abs=0.005)
    known = dict(zip(numbers[20:], frames[20:], strict=True))
    for number, time_s in pictures:
        if number in known:
            assert abs((known[number].at - clip.start).total_seconds() - time_s) < 0.05


def test_a_wrong_password_is_named_and_nowhere_shown(
    footage: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    caplog.set_level(logging.DEBUG)
    with serving(footage, port):
        with watching(port, "wr0ng-w0rd") as source:
            until(lambda: source.why is not None)
            assert source.health().state is CameraState.UNAUTHORISED
            said = f"{cause(source)} {source.why!r} {source!r} {source.health()!r}"
        with pytest.raises(UnauthorisedError) as refused:
            open_source(f"rtsp://cam:wr0ng-w0rd@127.0.0.1:{port}/cam", QUICK)
    assert re.search(r"refuses user name or password; correct them", said)
    out, err = capfd.readouterr()
    assert "wr0ng" not in said + str(refused.value) + repr(refused.value) + out + err + caplog.text
    assert refused.value.__suppress_context__


def test_a_password_may_hold_what_means_something_in_an_address(footage: Path) -> None:
    port = free_port()
    with serving(footage, port, password="a/b@c:d#e?f%"), watching(port, "a%2Fb%40c%3Ad%23e%3Ff%25") as source:
        until(lambda: source.newest() is not None)


def test_a_wrong_path_on_the_camera_is_named(footage: Path) -> None:
    port = free_port()
    with serving(footage, port), pytest.raises(SourceNotFoundError, match="does not exist"):
        open_source(f"rtsp://cam:{PASSWORD}@127.0.0.1:{port}/other", QUICK)


def test_a_camera_killed_and_back_is_watched_again(footage: Path) -> None:
    port = free_port()
    with serving(footage, port) as server, watching(port) as source:
        before = frames_of(source, 5)
        server.kill()
        server.wait()
        until(lambda: source.health().state is CameraState.UNREACHABLE)
        assert PASSWORD not in str(source.why)
        source.newest()
        with serving(footage, port):
            after = frames_of(source, 5)
            health = source.health()
    assert health.state is CameraState.WATCHING
    assert health.reconnects >= 1
    assert before[-1].at < after[0].at
    assert [frame.index for frame in after] == sorted(frame.index for frame in after)


def test_a_stream_that_stands_still_is_stalled_and_opened_anew(footage: Path) -> None:
    port = free_port()
    with serving(footage, port, "0.6"), watching(port) as source:
        frames_of(source, 3)
        until(lambda: source.health().state is CameraState.STALLED)
        assert "sends nothing any more" in cause(source)
        until(lambda: source.health().reconnects >= 1)
