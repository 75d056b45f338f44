"""A block of scenes: as many as came in some seconds, as bytes and back, equal in every bit.

Tracks are sorted by id, so that differences are those of one track from scene to scene; the ids, kept in their own
order, say how to sort them back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.complaints import Complaint, UnfitError, as_complaint, complaint
from edge.scenelog.columns import Bundle, Packed, bundle, pack
from edge.scenelog.errors import LogError
from edge.scenelog.fields import fold, unfold, unfold_fields
from edge.vision.detector import Detections
from edge.vision.gate import Decision
from edge.vision.scene import Reading, Scene, Tracks

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
APART = frozenset({"camera", "at", "tracks", "gate", "readings"})
"""Fields of a scene that are stored in their own way."""
DETECTION_STEPS = 4096
"""Boxes and scores of raw detections are rounded to this; no rule sees them."""

Raw = tuple[int, Detections]
"""Number of a scene in its block, and what the detector saw in it."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A moment at which rules were told that no picture comes; `before`: how many scenes of the block it follows."""

    before: int
    at: datetime


def encode(scenes: Sequence[Scene], silences: Sequence[Silence] = (), raw: Sequence[Raw] = ()) -> bytes:
    """A block. Raises TypeError for a reading with fields that cannot be stored."""
    columns: dict[str, Packed] = {"at": pack(np.array([_microseconds(scene.at) for scene in scenes], np.int64))}
    notes: dict[str, Any] = {"silences": [[silence.before, _microseconds(silence.at)] for silence in silences]}
    for name in (one.name for one in fields(Scene) if one.name not in APART):
        fold(name, [getattr(scene, name) for scene in scenes], columns, notes)
    fold("gate", [scene.gate for scene in scenes], columns, notes)
    _fold_tracks([scene.tracks for scene in scenes], columns, notes)
    _fold_readings([scene.readings for scene in scenes], columns, notes)
    _fold_raw(raw, columns, notes)
    return bundle(columns, notes)


class Block:
    """A block read back; tracks come as whole columns, scenes one by one when asked for."""

    def __init__(
        self, data: bytes | memoryview, camera: str, *, with_readings: bool = True, where: Complaint | None = None
    ) -> None:
        """`where`: how errors name it. Raises LogError, here or when asked, for what this software cannot read."""
        self._camera, self._with_readings, self._where = camera, with_readings, where or complaint("log.block")
        with self._told():
            self._bundle = Bundle.of(data)
            self._ats = self._bundle.column("at").tolist()
            silences = self._bundle.notes["silences"]
            self.silences = tuple(Silence(before, EPOCH + at * MICROSECOND) for before, at in silences)
            self.tracks, self._ends = _unfold_tracks(self._bundle)
        self._made: dict[int, Scene] = {}

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What is wrong with the bytes, as a sentence."""
        try:
            yield
        except (ValueError, KeyError, TypeError, LookupError, AttributeError) as error:
            raise LogError(complaint("log.block_unreadable", where=self._where, why=as_complaint(error))) from None

    def __len__(self) -> int:
        return len(self._ats)

    @property
    def ends(self) -> NDArray[np.int64]:
        """Of each scene the row of `tracks` after its last one."""
        return self._ends

    @cached_property
    def _gates(self) -> list[Decision]:
        with self._told():
            return unfold("gate", Decision, len(self), self._bundle)

    @cached_property
    def _readings(self) -> list[tuple[Reading, ...]]:
        with self._told():
            return _unfold_readings(self._bundle, len(self)) if self._with_readings else [()] * len(self)

    @cached_property
    def _others(self) -> dict[str, list[Any]]:
        with self._told():
            return unfold_fields(Scene, "", len(self), self._bundle, APART)

    def scene(self, number: int) -> Scene:
        """One scene; the same object every time."""
        made = self._made.get(number)
        if made is None:
            start, end = int(self._ends[number - 1]) if number else 0, int(self._ends[number])
            made = self._made[number] = Scene(
                camera=self._camera,
                at=EPOCH + self._ats[number] * MICROSECOND,
                tracks=self.tracks.part(start, end) if start < end else _NOBODY,
                gate=self._gates[number],
                readings=self._readings[number],
                **{name: values[number] for name, values in self._others.items()},
            )
        return made

    def raw(self) -> dict[int, Detections]:
        """What the detector saw, by the number of the scene, if it was kept."""
        return _unfold_raw(self._bundle)


_NOBODY = Tracks.none()
_COLUMNS_OF_TRACKS = [one for one in fields(Tracks) if one.init]


def _fold_tracks(tracks: Sequence[Tracks], columns: dict[str, Packed], notes: dict[str, Any]) -> None:
    columns["tracks#"] = pack(np.array([len(one) for one in tracks], np.int64))
    tracks = tracks or [_NOBODY]  # a block of silences alone
    ids = np.concatenate([one.ids for one in tracks])
    columns["tracks.ids"] = pack(ids)
    order = np.argsort(ids, kind="stable")
    names: dict[str, int] = {}
    for one in _COLUMNS_OF_TRACKS:
        if one.name == "labels":
            numbers = [names.setdefault(label, len(names)) for of in tracks for label in of.labels]
            columns["tracks.labels"] = pack(np.array(numbers, np.int64)[order])
        elif one.name != "ids":
            columns[f"tracks.{one.name}"] = pack(np.concatenate([getattr(of, one.name) for of in tracks])[order])
    notes["labels"] = list(names)


def _unfold_tracks(of: Bundle) -> tuple[Tracks, NDArray[np.int64]]:
    ids = of.column("tracks.ids")
    back = np.argsort(np.argsort(ids, kind="stable"), kind="stable")
    values: dict[str, Any] = {"ids": ids}
    for one in _COLUMNS_OF_TRACKS:
        if one.name != "ids":
            values[one.name] = of.column(f"tracks.{one.name}")[back]
    names = of.notes["labels"]
    values["labels"] = tuple([names[number] for number in values["labels"].tolist()])
    ends = np.cumsum(of.column("tracks#"))
    if len(ends) and ends[-1] != len(ids):
        raise UnfitError(complaint("log.other_tracks", tracks=len(ids), said=int(ends[-1])))
    return Tracks(**values), ends


def _fold_readings(of: Sequence[tuple[Reading, ...]], columns: dict[str, Packed], notes: dict[str, Any]) -> None:
    kinds = list(dict.fromkeys(type(reading) for readings in of for reading in readings))
    stored = []
    for kind in kinds:
        rows = [(number, one) for number, readings in enumerate(of) for one in readings if type(one) is kind]
        name = kind.__name__
        fold(f"readings.{name}", [reading for _, reading in rows], columns, notes)
        numbers = [number for number, _ in rows]
        stored.append([name, None if len(numbers) == len(of) else numbers])
    notes["readings"] = stored


def _unfold_readings(of: Bundle, count: int) -> list[tuple[Reading, ...]]:
    found: list[list[Reading]] = [[] for _ in range(count)]
    known = known_readings()
    for name, numbers in of.notes["readings"]:
        if name not in known:
            raise UnfitError(complaint("log.unknown_sense", name=name))
        rows = range(count) if numbers is None else numbers
        for number, reading in zip(rows, unfold(f"readings.{name}", known[name], len(rows), of), strict=True):
            found[number].append(reading)
    return [tuple(readings) for readings in found]


def known_readings(of: type[Reading] = Reading) -> dict[str, type[Reading]]:
    """Every kind of reading there is, by its name."""
    found: dict[str, type[Reading]] = {}
    for kind in of.__subclasses__():
        found |= {kind.__name__: kind} | known_readings(kind)
    return found


def _fold_raw(raw: Sequence[Raw], columns: dict[str, Packed], notes: dict[str, Any]) -> None:
    if not raw:
        return
    columns["raw#"] = pack(np.array([[number, len(seen.scores)] for number, seen in raw], np.int64))
    for name in ("boxes", "scores"):
        values = np.concatenate([getattr(seen, name) for _, seen in raw]).astype(np.float64)
        columns[f"raw.{name}"] = pack(np.rint(values * DETECTION_STEPS).astype(np.int64))
    notes["raw.labels"] = [label for _, seen in raw for label in seen.labels]


def _unfold_raw(of: Bundle) -> dict[int, Detections]:
    if "raw#" not in of.forms:
        return {}
    boxes, scores = ((of.column(f"raw.{name}") / DETECTION_STEPS).astype(np.float32) for name in ("boxes", "scores"))
    labels, found, start = of.notes["raw.labels"], {}, 0
    for number, count in of.column("raw#").tolist():
        end = start + count
        found[number] = Detections(boxes[start:end], scores[start:end], tuple(labels[start:end]))
        start = end
    return found


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
