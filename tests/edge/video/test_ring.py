"""The packet ring holds what clips need, within its bounds, whole groups at a time."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.alerts.settings import EvidenceSettings
from edge.video.masks import Mask
from edge.video.ring import PacketRing, StreamFormat, Stretch, parameter_sets
from edge.video.settings import VideoSettings
from tests.edge.video.footage import encode

START = datetime(2026, 3, 1, tzinfo=UTC)
FORMAT = StreamFormat("h264", 320, 240, "yuv420p", None, Fraction(1, 1000), None)


def packet(size: int, *, is_key: bool) -> Any:
    made: Any = av.Packet(size)
    made.is_keyframe = is_key
    return made


def fill(ring: PacketRing, packets: list[tuple[int, bool]], step_s: float = 0.2) -> None:
    ring.restart(FORMAT)
    for number, (size, is_key) in enumerate(packets):
        ring.push(
            packet(size, is_key=is_key), START + timedelta(seconds=number * step_s), round(number * step_s * 1000)
        )


@given(st.lists(st.tuples(st.integers(1, 5000), st.booleans()), max_size=120), st.integers(1000, 20_000))
def test_its_bytes_are_bounded_and_it_begins_with_a_key_frame(packets: list[tuple[int, bool]], max_bytes: int) -> None:
    ring = PacketRing(max_bytes, 5.0)
    ring.restart(FORMAT)
    for number, (size, is_key) in enumerate(packets):
        now = START + timedelta(seconds=number * 0.2)
        ring.push(packet(size, is_key=is_key), now, number)
        assert ring.bytes <= max_bytes
        whole = ring.between(START, now)
        held = whole.packets if whole else ()
        assert sum(kept.packet.size for kept in held) == ring.bytes
        assert not held or held[0].packet.is_keyframe


def test_seconds_are_bounded_by_whole_groups() -> None:
    ring = PacketRing(10**6, 5.0)
    fill(ring, [(10, number % 10 == 0) for number in range(200)])
    span = ring.span()
    assert span is not None
    assert timedelta(seconds=5) <= span[1] - span[0] <= timedelta(seconds=7.2)


def test_one_endless_group_is_kept_beyond_the_seconds_but_not_beyond_the_bytes() -> None:
    ring = PacketRing(1000, 1.0)
    fill(ring, [(10, number == 0) for number in range(100)])
    assert ring.bytes == 1000
    ring.push(packet(10, is_key=False), START + timedelta(seconds=30), 30_000)
    assert ring.span() is None


def test_a_stretch_begins_at_the_key_frame_before_it() -> None:
    ring = PacketRing(10**6, 60, [Mask("door", ((0, 0), (1, 0), (1, 1)))])
    fill(ring, [(10, number % 10 == 0) for number in range(50)])
    stretch = ring.between(START + timedelta(seconds=5), START + timedelta(seconds=7))
    assert stretch is not None
    assert (stretch.packets[0].at - START, stretch.packets[-1].at - START) == (
        timedelta(seconds=4),
        timedelta(seconds=7),
    )
    assert [mask.name for mask in stretch.masks] == ["door"]


def test_there_is_nothing_of_other_times() -> None:
    ring = PacketRing(10**6, 60)
    assert ring.between(START, START + timedelta(seconds=1)) is None
    fill(ring, [(10, number % 10 == 0) for number in range(50)])
    assert ring.between(START - timedelta(seconds=9), START - timedelta(seconds=1)) is None
    assert ring.between(START + timedelta(seconds=11), START + timedelta(seconds=15)) is None


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def run_of(ring: PacketRing, first_s: float, last_s: float, size: int = 10) -> None:
    """A stream with a key frame every second and five pictures a second."""
    for number in range(round(first_s * 5), round(last_s * 5) + 1):
        ring.push(packet(size, is_key=number % 5 == 0), at(number / 5), number)


def opened_anew(ring: PacketRing, first_s: float, last_s: float, form: StreamFormat = FORMAT) -> None:
    """Another stream."""
    ring.restart(form)
    run_of(ring, first_s, last_s)


def broken_ring(wide: StreamFormat = FORMAT) -> PacketRing:
    """A stream of twelve seconds; eight seconds later another one, of another format, for ten."""
    ring = PacketRing(10**6, 60)
    opened_anew(ring, 0, 12)
    opened_anew(ring, 20, 30, wide)
    return ring


def seconds_of(stretch: Stretch | None) -> tuple[float, float] | None:
    """From when until when it reaches."""
    if stretch is None:
        return None
    return (stretch.packets[0].at - START).total_seconds(), (stretch.packets[-1].at - START).total_seconds()


def test_a_stream_that_is_opened_anew_leaves_the_pictures_of_an_alert_whose_clip_is_due() -> None:
    wide = replace(FORMAT, width=640)
    ring = broken_ring(wide)
    before, after = ring.between(at(5), at(30)), ring.between(at(21), at(30))
    assert (seconds_of(before), seconds_of(after)) == ((5, 12), (21, 30))
    assert before is not None
    assert after is not None
    assert (before.format, after.format) == (FORMAT, wide)
    assert ring.format is wide


def test_no_clip_joins_two_streams_and_it_has_the_moment_that_matters() -> None:
    ring = broken_ring()
    assert seconds_of(ring.between(at(10), at(30), at(11))) == (10, 12)
    assert seconds_of(ring.between(at(10), at(30), at(22))) == (20, 30)


def test_a_moment_of_which_there_is_no_picture_gets_the_longest_part() -> None:
    ring = broken_ring()
    assert seconds_of(ring.between(at(9), at(30), at(16))) == (20, 30)
    assert seconds_of(ring.between(at(3), at(22), at(16))) == (3, 12)
    assert seconds_of(ring.between(at(15), at(30))) == (20, 30)


def test_streams_before_go_by_the_same_seconds_and_bytes() -> None:
    ring = PacketRing(10**6, 5.0)
    opened_anew(ring, 0, 4)
    opened_anew(ring, 6, 10)
    assert ring.between(at(1), at(4)) is not None
    run_of(ring, 10.2, 12)
    assert ring.between(at(1), at(4)) is None
    small = PacketRing(300, 60)
    opened_anew(small, 0, 4)
    opened_anew(small, 6, 12)
    assert small.bytes <= 300
    assert small.between(at(0), at(5)) is None


def test_a_stream_that_is_opened_anew_begins_with_a_key_frame_of_its_own() -> None:
    ring = PacketRing(10**6, 60)
    opened_anew(ring, 0, 4)
    opened_anew(ring, 5.2, 5.8)
    assert (ring.span(), ring.held_s) == (None, 0.0)
    run_of(ring, 6, 8)
    assert ring.span() == (at(6), at(8))


@given(st.integers(-86_400, 86_400))
def test_pictures_from_before_the_clock_was_set_stay_as_long_as_any_others(set_by_s: int) -> None:
    ring, other = PacketRing(10**6, 5.0), PacketRing(10**6, 5.0)
    for one in (ring, other):
        opened_anew(one, 0, 4)
    ring.clock_set(timedelta(seconds=set_by_s))
    other.restart(FORMAT)
    for number in range(25, 60):
        for one, moved_s in ((ring, set_by_s), (other, 0)):
            one.push(packet(10, is_key=number % 5 == 0), at(number / 5 + moved_s), number)
        assert ring.bytes == other.bytes
    assert seconds_of(ring.between(at(7 + set_by_s), at(9 + set_by_s))) == (7 + set_by_s, 9 + set_by_s)


def test_it_says_how_many_seconds_it_holds() -> None:
    ring = PacketRing(1000, 60)
    assert ring.held_s == 0.0
    opened_anew(ring, 0, 4)
    assert ring.held_s == 4.0
    run_of(ring, 4.2, 60)
    assert 18 <= ring.held_s <= 20, "the bytes do not reach for more"


@pytest.mark.parametrize("megabits", [2, 8])
def test_as_it_is_set_it_holds_the_longest_clip_of_a_busy_camera(megabits: int) -> None:
    video, longest_s = VideoSettings(), EvidenceSettings().longest_s
    ring = PacketRing(int(video.ring_max_mb * 1e6), video.ring_seconds)
    ring.restart(FORMAT)
    packets = [SimpleNamespace(is_keyframe=n % 50 == 0, is_discard=False, size=megabits * 5000) for n in range(25 * 90)]
    for number, one in enumerate(packets):
        made: Any = one
        ring.push(made, at(number / 25), number * 40)
    assert ring.held_s > longest_s + 10


def test_readers_and_the_writer_do_not_disturb_each_other() -> None:
    ring = PacketRing(50_000, 3.0)
    ring.restart(FORMAT)
    over = threading.Event()
    broken: list[str] = []

    def read() -> None:
        while not over.is_set():
            stretch = ring.between(START, START + timedelta(days=1))
            if stretch and not stretch.packets[0].packet.is_keyframe:
                broken.append("a stretch without its key frame")
            ring.span()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(5000):
        ring.push(packet(100, is_key=number % 12 == 0), START + timedelta(seconds=number * 0.04), number * 40)
    over.set()
    for reader in readers:
        reader.join()
    assert not broken


def test_the_format_outlives_its_container(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", 10)
    with av.open(str(tmp_path / "a.mp4")) as container:
        known = StreamFormat.of(container.streams.video[0])
    assert (known.codec, known.width, known.height) == ("h264", 320, 240)
    assert known.template is not None
    assert known.template.codec_context.extradata == known.extradata


def test_parameter_sets_are_found_in_a_transport_stream(tmp_path: Path) -> None:
    encode(tmp_path / "a.ts", 10, form="mpegts")
    with av.open(str(tmp_path / "a.ts")) as container:
        first, second = [bytes(p) for p in container.demux(video=0) if p.size][:2]
    sets = parameter_sets("h264", first)
    assert sets[:4] == b"\0\0\0\1"
    assert [unit[0] & 0x1F for unit in sets.split(b"\0\0\0\1")[1:]] == [7, 8]
    assert parameter_sets("h264", second) == b""
