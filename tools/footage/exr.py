"""Reads the uncompressed OpenEXR files that Blender writes for us; the quickest way out of it for colour and depth."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES: dict[int, np.dtype[Any]] = {0: np.dtype("<u4"), 1: np.dtype("<f2"), 2: np.dtype("<f4")}


def _word(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at)
    return data[at:end].decode(), end + 1


def read(path: Path) -> dict[str, NDArray[np.float32]]:
    """All channels by name, each (H, W) float32. Only single-part scan-line files without compression."""
    data = path.read_bytes()
    at, window = 8, (0, 0, 0, 0)
    channels: list[tuple[str, np.dtype[Any]]] = []
    while data[at] != 0:
        name, at = _word(data, at)
        _, at = _word(data, at)
        (size,) = struct.unpack_from("<i", data, at)
        at += 4
        if name == "channels":
            inner = at
            while data[inner] != 0:
                channel, inner = _word(data, inner)
                channels.append((channel, _TYPES[struct.unpack_from("<i", data, inner)[0]]))
                inner += 16
        elif name == "dataWindow":
            window = struct.unpack_from("<4i", data, at)
        elif name == "compression" and data[at] != 0:
            raise ValueError(f"{path}: compressed; the studio writes uncompressed files")
        at += size
    wide, high = window[2] - window[0] + 1, window[3] - window[1] + 1
    at += 1 + 8 * high
    row = sum(kind.itemsize for _, kind in channels) * wide
    rows = np.frombuffer(data, np.uint8, high * (row + 8), at).reshape(high, row + 8)[:, 8:]
    result, start = {}, 0
    for channel, kind in channels:
        stop = start + kind.itemsize * wide
        result[channel] = np.ascontiguousarray(rows[:, start:stop]).view(kind).astype(np.float32)
        start = stop
    return result
