"""Frozen dataclasses as columns and notes, whatever their fields are, so that a new sense needs no change here.

A field that is a number, a boolean or an array in every value becomes a column; a dataclass becomes its own fields; all
else (text, tuples, what may be None) becomes notes, which are JSON and read back by the field's type.
"""

import enum
import types
import typing
from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from itertools import starmap
from typing import Any

import numpy as np

from edge.complaints import UnfitError, complaint
from edge.scenelog.columns import Bundle, Packed, pack

_COLUMNS: dict[type, np.dtype[Any]] = {bool: np.dtype("?"), int: np.dtype("<i8"), float: np.dtype("<f8")}


def fold(name: str, values: Sequence[Any], columns: dict[str, Packed], notes: dict[str, Any]) -> None:
    """Values of one field under a name: adds to columns or notes."""
    kinds = {type(value) for value in values}
    kind = kinds.pop() if len(kinds) == 1 else object
    if kind in _COLUMNS and (kind is not int or all(-(2**62) < value < 2**62 for value in values)):
        columns[name] = pack(np.array(values, _COLUMNS[kind]))
    elif kind is np.ndarray and len({(array.dtype, array.ndim, array.shape[1:]) for array in values}) == 1:
        _fold_arrays(name, values, columns)
    elif issubclass(kind, enum.Enum):
        members = dict.fromkeys(values)
        numbers = {member: number for number, member in enumerate(members)}
        columns[name] = pack(np.array([numbers[value] for value in values], np.int64))
        notes[f"{name}="] = [member.value for member in members]
    elif is_dataclass(kind):
        for field in fields(kind):
            fold(f"{name}.{field.name}", [getattr(value, field.name) for value in values], columns, notes)
    else:
        notes[name] = [_plain(value) for value in values]


def unfold(name: str, kind: Any, count: int, bundle: Bundle) -> list[Any]:  # noqa: ANN401 - any type's values
    """`count` values again, of the type that the field has. Raises ValueError, KeyError, TypeError."""
    if name in bundle.notes:
        return [_value(plain, kind) for plain in bundle.notes[name]]
    if f"{name}#" in bundle.forms:
        return _unfold_arrays(name, bundle)
    if f"{name}=" in bundle.notes:
        kind = next(one for one in _choices(kind) if isinstance(one, type) and issubclass(one, enum.Enum))
        members = [kind(value) for value in bundle.notes[f"{name}="]]
        return [members[number] for number in bundle.column(name).tolist()]
    if name in bundle.forms:
        return list(bundle.column(name).tolist())
    kind = next((one for one in _choices(kind) if is_dataclass(one)), None)
    if kind is None:
        raise UnfitError(complaint("log.no_field", name=name))
    parts = unfold_fields(kind, f"{name}.", count, bundle)
    return list(starmap(kind, zip(*parts.values(), strict=True)))


def unfold_fields(
    kind: type, prefix: str, count: int, bundle: Bundle, apart: Collection[str] = ()
) -> dict[str, list[Any]]:
    """The values of each field of a dataclass but those `apart`. A field that is newer than the log has its default."""
    hints, found = _hints(kind), {}
    for field in fields(kind):
        name = f"{prefix}{field.name}"
        if field.name in apart:
            continue
        if field.default is not MISSING and not _is_in(name, bundle):
            found[field.name] = [field.default] * count
        else:
            found[field.name] = unfold(name, hints[field.name], count, bundle)
    return found


def _is_in(name: str, bundle: Bundle) -> bool:
    return any(one == name or one.startswith(f"{name}.") for stored in (bundle.forms, bundle.notes) for one in stored)


def _fold_arrays(name: str, arrays: Sequence[Any], columns: dict[str, Packed]) -> None:
    if arrays[0].ndim == 0:
        arrays = [array.reshape(1) for array in arrays]
        columns[f"{name}#"] = pack(np.full(len(arrays), -1))
    else:
        columns[f"{name}#"] = pack(np.array([len(array) for array in arrays], np.int64))
    columns[name] = pack(np.concatenate(arrays))


def _unfold_arrays(name: str, bundle: Bundle) -> list[Any]:
    lengths, whole = bundle.column(f"{name}#"), bundle.column(name)
    whole.flags.writeable = False
    if (lengths < 0).any():
        return [whole[number : number + 1].reshape(()) for number in range(len(lengths))]
    ends = np.cumsum(lengths)
    if len(ends) and ends[-1] != len(whole):
        raise UnfitError(complaint("log.other_rows", name=name, rows=len(whole), said=int(ends[-1])))
    return [whole[end - length : end] for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)]


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field's value, as JSON takes it
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, np.ndarray):
        return {"type": value.dtype.str, "shape": list(value.shape), "hex": value.tobytes().hex()}
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, tuple | list | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(one)] for key, one in value.items()]
    if is_dataclass(value):
        parts = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"of": type(value).__name__, "fields": parts}
    raise TypeError(f"a scene log cannot hold {type(value).__name__}: use arrays, numbers, text, tuples or dataclasses")


def _value(plain: Any, kind: Any) -> Any:  # noqa: ANN401 - one return for each kind of value
    if plain is None:
        return None
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(plain, dict) and "hex" in plain:
        array = np.frombuffer(bytes.fromhex(plain["hex"]), plain["type"]).reshape(plain["shape"])
        array.flags.writeable = False
        return array
    if origin in (typing.Union, types.UnionType):
        return _value(plain, _choose(plain, kind))
    if origin is tuple:
        each = [arguments[0]] * len(plain) if len(arguments) == 2 and arguments[1] is ... else arguments
        return tuple(_value(one, of) for one, of in zip(plain, each, strict=True))
    if origin is frozenset:
        return frozenset(_value(one, arguments[0]) for one in plain)
    if origin is not None and issubclass(origin, Mapping):
        return {_value(key, arguments[0]): _value(one, arguments[1]) for key, one in plain}
    if isinstance(plain, dict):
        hints = _hints(kind)
        return kind(**{name: _value(one, hints[name]) for name, one in plain["fields"].items()})
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(plain)
    return datetime.fromisoformat(plain) if kind is datetime else plain


def _choose(plain: Any, kind: Any) -> Any:  # noqa: ANN401 - a member of a union
    choices = _choices(kind)
    if isinstance(plain, dict):
        return next(one for one in choices if getattr(one, "__name__", "") == plain["of"])
    if isinstance(plain, list):
        return next(one for one in choices if typing.get_origin(one) is not None)
    return next(
        (one for one in choices if isinstance(one, type) and issubclass(one, enum.Enum | datetime)), type(plain)
    )


def _choices(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type as annotated
    union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return typing.get_args(kind) if union else (kind,)


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
