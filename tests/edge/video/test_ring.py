"""The packet ring holds what clips need, within its bounds, whole groups at a time."""

import threading
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from hypothesis import given
from hypothesis import strategies as st

from edge.video.masks import Mask
from edge.video.ring import PacketRing, StreamFormat, parameter_sets
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
        at = START + timedelta(seconds=number * 0.2)
        ring.push(packet(size, is_key=is_key), at, number)
        assert ring.bytes <= max_bytes
        whole = ring.between(START, at)
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


def test_another_stream_starts_anew() -> None:
    ring = PacketRing(10**6, 60)
    fill(ring, [(10, True)] * 5)
    ring.restart(FORMAT)
    assert (ring.span(), ring.bytes) == (None, 0)


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
