"""A ByteTrack-style tracker on arrays (Zhang et al. 2022): sure detections first, then the unsure continue tracks.

Ids belong to the instance: two cameras never share a counter. Owned by the analysis of one camera; memory is bounded
by the tracks of the last `lost_s` seconds.
"""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from edge.vision.boxes import Boxes, iou
from edge.vision.detector import Detections
from edge.vision.kalman import Filters, to_boxes
from edge.vision.scene import Tracks
from edge.vision.settings import TrackerSettings

OTHER_LABEL = 0.5
"""Overlap is multiplied by this where labels differ: a lorry may be called a car for a frame, a bicycle is no rider."""

Indices = NDArray[np.int64]


class Tracker:
    """Columns, one row per track, in the order in which tracks were born."""

    def __init__(self, settings: TrackerSettings, sure_score: float) -> None:
        """`sure_score`: from which a detection is matched first and may start a track (the model card's threshold)."""
        self._settings = settings
        self._sure = settings.start_score if settings.start_score is not None else sure_score
        self._filters = Filters()
        self._ids = np.zeros(0, np.int64)
        self._hits = np.zeros(0, np.int64)
        self._scores = np.zeros(0, np.float32)
        self._born_s = np.zeros(0, np.float64)
        self._seen_s = np.zeros(0, np.float64)
        self._label = np.zeros(0, np.int64)
        self._votes: list[dict[str, float]] = []
        self._names: dict[str, int] = {}
        self._next_id = 1
        self._updated_s = float("-inf")

    def update(self, at: datetime, detections: Detections) -> Tracks:
        """The tracks after a frame that the detector looked at."""
        now_s = at.timestamp()
        if len(self._ids):
            self._filters.predict(now_s - self._updated_s)
        sure = np.flatnonzero(detections.scores >= self._sure)
        unsure = np.flatnonzero(detections.scores < self._sure)
        rows = np.arange(len(self._ids))
        matched, rows, new = self._match(rows, detections, sure, self._settings.match_iou)
        fresh = rows[self._seen_s[rows] >= self._updated_s]
        more, _, _ = self._match(fresh, detections, unsure, self._settings.second_iou)
        for pairs in (matched, more):
            self._take(pairs, detections, now_s)
        self._forget(now_s)
        self._start(new, detections, now_s)
        self._updated_s = now_s
        return self._tracks(now_s, seen=True)

    def hold(self, at: datetime) -> Tracks:
        """The tracks after a quiet frame: nothing moved, so those that were in view stand where they are."""
        now_s = at.timestamp()
        present = self._seen_s >= self._updated_s
        self._filters.stop(present)
        self._seen_s[present] = now_s
        self._updated_s = now_s
        self._forget(now_s)
        return self._tracks(now_s, seen=False)

    def expected(self, at: datetime) -> Boxes:
        """Where the sure tracks that were in view last are expected to be, (N, 4) 0..1."""
        sure = (self._seen_s >= self._updated_s) & (self._hits > self._settings.confirm_hits)
        step_s = np.float32(at.timestamp() - self._updated_s) if sure.any() else np.float32(0)
        return to_boxes(self._filters.values[sure] + self._filters.velocities[sure] * step_s)

    def coast(self, at: datetime) -> Tracks:
        """The tracks after a frame in which only known ones moved: those in view go on as they went."""
        now_s = at.timestamp()
        present = self._seen_s >= self._updated_s
        self._filters.predict(now_s - self._updated_s)
        self._seen_s[present] = now_s
        self._updated_s = now_s
        self._forget(now_s)
        return self._tracks(now_s, seen=False)

    def _match(
        self, rows: Indices, detections: Detections, chosen: Indices, least: float
    ) -> tuple[tuple[Indices, Indices], Indices, Indices]:
        """Pairs (rows, detections) of highest total overlap, then the rows and the detections left over."""
        if not len(rows) or not len(chosen):
            return (np.zeros(0, np.int64), np.zeros(0, np.int64)), rows, chosen
        overlap = iou(to_boxes(self._filters.values[rows]), detections.boxes[chosen])
        labels = np.array([self._number(detections.labels[index]) for index in chosen])
        overlap = np.where(self._label[rows][:, None] == labels[None, :], overlap, overlap * OTHER_LABEL)
        overlap[overlap < least] = 0
        first, second = linear_sum_assignment(overlap, maximize=True)
        good = overlap[first, second] > 0
        first, second = first[good], second[good]
        left_rows = np.delete(rows, first)
        left_detections = np.delete(chosen, second)
        return (rows[first], chosen[second]), left_rows, left_detections

    def _take(self, pairs: tuple[Indices, Indices], detections: Detections, now_s: float) -> None:
        rows, chosen = pairs
        self._filters.correct(rows, detections.boxes[chosen])
        self._scores[rows] = detections.scores[chosen]
        self._hits[rows] += 1
        self._seen_s[rows] = now_s
        for row, index in zip(rows, chosen, strict=True):
            votes = self._votes[row]
            label = detections.labels[index]
            votes[label] = votes.get(label, 0.0) + float(detections.scores[index])
            self._label[row] = self._number(max(votes, key=lambda name: votes[name]))

    def _start(self, chosen: Indices, detections: Detections, now_s: float) -> None:
        count = len(chosen)
        if not count:
            return
        self._filters.add(detections.boxes[chosen])
        self._ids = np.concatenate([self._ids, np.arange(self._next_id, self._next_id + count)])
        self._next_id += count
        self._hits = np.concatenate([self._hits, np.ones(count, np.int64)])
        self._scores = np.concatenate([self._scores, detections.scores[chosen]])
        self._born_s = np.concatenate([self._born_s, np.full(count, now_s)])
        self._seen_s = np.concatenate([self._seen_s, np.full(count, now_s)])
        labels = [detections.labels[index] for index in chosen]
        self._label = np.concatenate([self._label, [self._number(label) for label in labels]])
        self._votes.extend(
            {label: float(score)} for label, score in zip(labels, detections.scores[chosen], strict=True)
        )

    def _forget(self, now_s: float) -> None:
        """Drop tracks unseen for too long, and at once those that were never confirmed."""
        unseen_s = now_s - self._seen_s
        kept = (unseen_s <= self._settings.lost_s) & ((self._hits >= self._settings.confirm_hits) | (unseen_s <= 0))
        if kept.all():
            return
        self._filters.keep(kept)
        for name in ("_ids", "_hits", "_scores", "_born_s", "_seen_s", "_label"):
            setattr(self, name, getattr(self, name)[kept])
        self._votes = [votes for votes, keep in zip(self._votes, kept, strict=True) if keep]

    def _tracks(self, now_s: float, *, seen: bool) -> Tracks:
        """Confirmed tracks in view."""
        shown = (self._hits >= self._settings.confirm_hits) & (self._seen_s >= now_s)
        names = list(self._names)
        boxes: Boxes = np.clip(to_boxes(self._filters.values[shown]), 0, 1)
        return Tracks(
            ids=self._ids[shown],
            labels=tuple(names[number] for number in self._label[shown]),
            scores=self._scores[shown],
            boxes=boxes,
            seen=np.full(int(shown.sum()), seen),
            ages_s=(now_s - self._born_s[shown]).astype(np.float32),
        )

    def _number(self, label: str) -> int:
        return self._names.setdefault(label, len(self._names))
