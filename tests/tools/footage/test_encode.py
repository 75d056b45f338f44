from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tools.footage.encode import encode

FPS = 10


def pictures(count: int) -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(1)
    still = random.integers(0, 255, (48, 64, 3), np.uint8)
    return [np.roll(still, number, axis=1) for number in range(count)]


def test_a_clip_is_as_cameras_make_it(tmp_path: Path) -> None:
    encode(tmp_path / "a.mp4", pictures(50), 64, 48, FPS)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert (stream.width, stream.height, float(stream.average_rate or 0)) == (64, 48, FPS)
        assert stream.codec_context.name == "h264"
        assert [packet.pts for packet in packets] == [packet.dts for packet in packets]  # no B-frames
        keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
        assert keys == [0, 20, 40]
    head = (tmp_path / "a.mp4").read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # plays while it loads


def test_the_same_pictures_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        encode(tmp_path / f"{name}.mp4", pictures(30), 64, 48, FPS)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_what_is_interrupted_leaves_no_file(tmp_path: Path) -> None:
    def interrupted() -> Iterator[NDArray[np.uint8]]:
        yield pictures(1)[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode(tmp_path / "a.mp4", interrupted(), 64, 48, FPS)
    assert list(tmp_path.iterdir()) == []
