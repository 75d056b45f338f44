"""Columns of numbers as few bytes, exactly: what comes out equals what went in, bit for bit.

Numbers that change little are stored as differences of whole numbers. Floats are whole numbers, too, wherever they
were rounded where they were made (the tracker's boxes, for one); the others go as they are. Bytes of equal weight stand
together, which is what deflate wants.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.complaints import UnfitError, complaint

Array = NDArray[Any]

SCALES = (1, 1000, 10_000, 16_384, 100_000)
"""Steps per unit in which floats may have been rounded, tried in this order."""
LEVEL = 6
"""Of deflate; higher ones gain two percent and take three times as long."""
MOST_BYTES = 1 << 28
"""No block unpacks to more: a file that says so is no log."""
_LENGTH = struct.Struct("<I")
UNSIGNED: tuple[np.dtype[np.unsignedinteger[Any]], ...] = tuple(map(np.dtype, ("<u1", "<u2", "<u4", "<u8")))


@dataclass(frozen=True, slots=True)
class Packed:
    """A column on its way: how it is stored and its bytes."""

    form: dict[str, Any]
    data: bytes


def pack(array: Array) -> Packed:
    """A column of booleans, whole numbers or floats of any shape; differences are along its first axis."""
    form: dict[str, Any] = {"type": array.dtype.str, "shape": list(array.shape)}
    if array.dtype.kind == "b":
        return Packed(form | {"as": "bits"}, np.packbits(array.ravel()).tobytes())
    if array.dtype.kind in "iu":
        return _whole(form, array.astype(np.int64))
    for scale in SCALES:
        whole = _scaled(array, scale)
        if whole is not None:
            return _whole(form | {"scale": scale}, whole)
    return Packed(form | {"as": "bytes"}, _shuffled(array))


def unpack(form: Mapping[str, Any], data: bytes | memoryview) -> Array:
    """The column again. Raises ValueError, KeyError or TypeError if form and bytes do not fit together."""
    dtype, shape = np.dtype(form["type"]), tuple(form["shape"])
    if form["as"] == "bits":
        return np.unpackbits(np.frombuffer(data, np.uint8), count=int(np.prod(shape))).astype(np.bool_).reshape(shape)
    if form["as"] == "bytes":
        return _unshuffled(data, dtype, shape)
    zigzag = _unshuffled(data, UNSIGNED[form["as"]], shape).astype(np.uint64)
    whole = ((zigzag >> np.uint64(1)).view(np.int64)) ^ -(zigzag & np.uint64(1)).view(np.int64)
    np.cumsum(whole, axis=0, out=whole)
    return (whole / form["scale"]).astype(dtype) if "scale" in form else whole.astype(dtype)


def bundle(columns: Mapping[str, Packed], notes: Mapping[str, Any]) -> bytes:
    """Columns by name, and notes that go as JSON, as one deflated piece."""
    forms = {name: column.form | {"bytes": len(column.data)} for name, column in columns.items()}
    head = json.dumps({"columns": forms, "notes": dict(notes)}, ensure_ascii=False, separators=(",", ":")).encode()
    body = b"".join(column.data for column in columns.values())
    return zlib.compress(_LENGTH.pack(len(head)) + head + body, LEVEL)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What `bundle` made, inflated; columns are unpacked when asked for."""

    forms: Mapping[str, Mapping[str, Any]]
    places: Mapping[str, tuple[int, int]]
    notes: Mapping[str, Any]
    body: memoryview

    @classmethod
    def of(cls, data: bytes | memoryview) -> "Bundle":
        """Raises ValueError (zlib.error is turned into one) or KeyError for what `bundle` did not make."""
        inflater = zlib.decompressobj()
        try:
            plain = memoryview(inflater.decompress(data, MOST_BYTES))
        except zlib.error as error:
            raise ValueError(str(error)) from None
        if len(plain) < _LENGTH.size:
            raise UnfitError(complaint("log.block_empty"))
        (length,) = _LENGTH.unpack_from(plain)
        head = json.loads(bytes(plain[_LENGTH.size : _LENGTH.size + length]))
        body = plain[_LENGTH.size + length :]
        places, start = {}, 0
        for name, form in head["columns"].items():
            places[name] = (start, start + form["bytes"])
            start += form["bytes"]
        return cls(head["columns"], places, head["notes"], body)

    def column(self, name: str) -> Array:
        """One column. Raises KeyError if it is not there."""
        start, end = self.places[name]
        return unpack(self.forms[name], self.body[start:end])


def _scaled(array: Array, scale: int) -> NDArray[np.int64] | None:
    """The floats as whole numbers of steps, if that says them exactly, bit for bit (no -0.0, no NaN)."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = array.astype(np.float64) * scale
    if not np.isfinite(steps).all() or (np.abs(steps) >= 2**53).any():
        return None
    whole = np.rint(steps).astype(np.int64)
    again: Array = (whole / scale).astype(array.dtype)
    return whole if again.tobytes() == np.ascontiguousarray(array).tobytes() else None


def _whole(form: dict[str, Any], whole: NDArray[np.int64]) -> Packed:
    # Sums and differences wrap around alike, so that even the widest numbers come out as they went in.
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, *whole.shape[1:]), np.int64))
    zigzag = ((steps << 1) ^ (steps >> 63)).view(np.uint64)
    widest = int(zigzag.max(initial=0))
    number = next(n for n, dtype in enumerate(UNSIGNED) if widest >> (8 * dtype.itemsize) == 0)
    return Packed(form | {"as": number}, _shuffled(zigzag.astype(UNSIGNED[number])))


def _shuffled(array: Array) -> bytes:
    """All first bytes, then all second ones, and so on; a table's columns one after the other."""
    columns = np.moveaxis(array, 0, -1) if array.ndim > 1 else array
    return np.ascontiguousarray(columns).reshape(-1, 1).view(np.uint8).T.tobytes()


def _unshuffled(data: bytes | memoryview, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Array:
    planes = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    flat = np.ascontiguousarray(planes.T).reshape(-1).view(dtype)
    columns = flat.reshape((*shape[1:], shape[0]))
    return np.ascontiguousarray(np.moveaxis(columns, -1, 0)) if len(shape) > 1 else columns
