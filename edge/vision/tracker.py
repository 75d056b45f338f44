"""A ByteTrack-style tracker on arrays (Zhang et al. 2022): sure detections first, then the unsure continue tracks.

Ids belong to the instance: two cameras never share a counter. Owned by the analysis of one camera; memory is bounded
by the tracks of the last `lost_s` seconds. With few tracks a frame costs some dozens of calls into numpy and little
else, so all that is known of the tracks stands in one block, which births and deaths copy once.
"""

from datetime import datetime

import lap
import numpy as np
from numpy.typing import NDArray

from edge.vision import kalman
from edge.vision.boxes import Boxes, iou
from edge.vision.detector import Detections
from edge.vision.kalman import Array
from edge.vision.scene import Tracks
from edge.vision.settings import TrackerSettings

OTHER_LABEL = 0.5
"""Overlap is multiplied by this where labels differ: a lorry may be called a car for a frame, a bicycle is no rider."""

NEWCOMER_REACH = np.array([1.5, 0.5])[:, None, None]
"""How far, in widths and heights, somebody may have gone between his first two detections."""
NEWCOMER_SIZE = 0.35
"""And by how much, as a logarithm, the height may differ."""

ID, HITS, SCORE, BORN_S, SEEN_S, LABEL, VOTES = range(kalman.ROWS, kalman.ROWS + 7)
"""Rows of the block below the filters' state; from VOTES on, for each label known, the sum of its scores."""

BOX_STEPS, SCORE_STEPS, AGE_STEPS = 16_384.0, 1000.0, 1000.0
"""What leaves the tracker is rounded to such parts (of the picture, of 1, of a second), far finer than anybody can see:
so stored scenes are small, and are what the rules saw. See docs/decisions/0014."""

Numbers = NDArray[np.int64]
Pairs = tuple[Numbers, Numbers]
"""Tracks by column and their detections."""


class Tracker:
    """One column per track, in the order in which tracks were born."""

    def __init__(self, settings: TrackerSettings, sure_score: float) -> None:
        """`sure_score`: from which a detection is matched first and may start a track (the model card's threshold)."""
        self._settings = settings
        self._sure = settings.start_score if settings.start_score is not None else sure_score
        self._block = np.zeros((VOTES, 0))
        self._labels: dict[str, int] = {}
        self._next_id = 1
        self._updated_at: datetime | None = None

    def update(self, at: datetime, detections: Detections) -> Tracks:
        """The tracks after a frame that the detector looked at."""
        numbers = self._number(detections.labels)
        edges = detections.boxes.T.astype(np.float64, order="C")
        last_s, now_s = self._seen_last_s(), at.timestamp()
        kalman.predict(self._block[: kalman.ROWS], self._step_s(at))
        self._updated_at = at
        sure = detections.scores >= self._sure
        tracks, found = self._match(edges, numbers, sure, last_s)
        if np.count_nonzero(sure) and len(tracks) < self._block.shape[1]:
            tracks, found = self._match_newcomers(edges, numbers, sure, last_s, (tracks, found))
        if len(tracks):
            self._take(tracks, edges.take(found, axis=1), numbers.take(found), detections.scores.take(found), now_s)
        if len(tracks) < self._block.shape[1]:
            self._forget(now_s)
        sure[found] = False
        if np.count_nonzero(sure):
            sure &= detections.scores >= self._settings.starts_from(self._sure, _areas(edges))
            new = sure.nonzero()[0]
            self._start(edges[:, new], numbers[new], detections.scores[new], now_s)
        return self._tracks(now_s, seen=True)

    def hold(self, at: datetime) -> Tracks:
        """The tracks after a quiet frame: nothing moved, so those that were in view stand where they are."""
        self._block[kalman.VELOCITIES, self._present()] = 0
        return self._go_on(at)

    def coast(self, at: datetime) -> Tracks:
        """The tracks after a frame in which only known ones moved: those in view go on as they went."""
        kalman.predict(self._block[: kalman.ROWS], self._step_s(at))
        return self._go_on(at)

    def expected(self, at: datetime) -> Boxes:
        """Where the sure tracks that were in view last are expected to be, (N, 4) 0..1."""
        sure = self._present() & (self._block[HITS] > self._settings.confirm_hits)
        state = self._block[: kalman.ROWS, sure]
        kalman.predict(state, self._step_s(at))
        return state[kalman.EDGES].T.astype(np.float32)

    def _go_on(self, at: datetime) -> Tracks:
        """Those in view count as seen, though no detector looked."""
        now_s = at.timestamp()
        self._block[SEEN_S, self._present()] = now_s
        self._updated_at = at
        self._forget(now_s)
        return self._tracks(now_s, seen=False)

    def _present(self) -> NDArray[np.bool_]:
        """Which were in view in the last frame."""
        present: NDArray[np.bool_] = self._block[SEEN_S] >= self._seen_last_s()
        return present

    def _seen_last_s(self) -> float:
        return self._updated_at.timestamp() if self._updated_at else 0.0

    def _step_s(self, at: datetime) -> float:
        """From datetimes, which are exact, so that steps of one length are equal."""
        return (at - self._updated_at).total_seconds() if self._updated_at else 0.0

    def _match(self, edges: Array, numbers: Numbers, sure: NDArray[np.bool_], last_s: float) -> Pairs:
        """Pairs of highest total overlap: of all tracks with sure detections, then of those in view with the rest."""
        overlap = iou(self._block[kalman.EDGES].T, edges.T)
        if len(self._labels) > 1:
            overlap[self._block[LABEL, :, None] != numbers] *= OTHER_LABEL
        if np.count_nonzero(sure) == len(sure):
            return _pairs(overlap, self._settings.match_iou)
        tracks, found = _pairs(overlap * sure, self._settings.match_iou)
        free = self._block[SEEN_S] >= last_s
        free[tracks] = False
        more, rest = _pairs(overlap * free[:, None] * ~sure, self._settings.second_iou)
        return np.concatenate([tracks, more]), np.concatenate([found, rest])

    def _match_newcomers(
        self, edges: Array, numbers: Numbers, sure: NDArray[np.bool_], last_s: float, pairs: Pairs
    ) -> Pairs:
        """More pairs: tracks of a single detection with sure detections near it, of its label and about its size.

        Nobody knows yet where they go, and who runs has left his own box by the next look.
        """
        tracks, found = pairs
        young = (self._block[HITS] == 1) & (self._block[SEEN_S] >= last_s)
        young[tracks] = False
        left = sure.copy()
        left[found] = False
        rows, columns = young.nonzero()[0], left.nonzero()[0]
        if not len(rows) or not len(columns):
            return pairs
        near = _nearness(self._block[kalman.EDGES][:, rows, None], edges[:, None, columns])
        near *= self._block[LABEL, rows, None] == numbers[columns]
        more, rest = _pairs(near, 1e-9)
        return np.concatenate([tracks, rows[more]]), np.concatenate([found, columns[rest]])

    def _take(self, tracks: Numbers, edges: Array, numbers: Numbers, scores: NDArray[np.float32], now_s: float) -> None:
        """Put detections into their tracks."""
        taken = self._block.take(tracks, axis=1)
        kalman.correct(taken[: kalman.ROWS], edges)
        # Who is unsure keeps a track that is not confirmed yet, and does not confirm it.
        taken[HITS] += (scores >= self._sure) | (taken[HITS] >= self._settings.confirm_hits)
        taken[SCORE] = scores
        taken[SEEN_S] = now_s
        if len(self._labels) > 1:
            taken[VOTES + numbers, np.arange(len(numbers))] += scores
            taken[LABEL] = taken[VOTES:].argmax(axis=0)
        else:
            taken[VOTES] += scores
        self._block[:, tracks] = taken

    def _start(self, edges: Array, numbers: Numbers, scores: NDArray[np.float32], now_s: float) -> None:
        """New tracks."""
        count = len(numbers)
        born = np.zeros((len(self._block), count))
        kalman.begin(born[: kalman.ROWS], edges)
        born[ID] = range(self._next_id, self._next_id + count)
        born[HITS], born[SCORE], born[BORN_S], born[SEEN_S], born[LABEL] = 1, scores, now_s, now_s, numbers
        born[VOTES + numbers, np.arange(count)] = scores
        self._next_id += count
        self._block = np.concatenate([self._block, born], axis=1)

    def _forget(self, now_s: float) -> None:
        """Drop tracks unseen for too long, and at once those that were never confirmed."""
        patience_s = self._settings.lost_s * (self._block[HITS] >= self._settings.confirm_hits)
        kept = now_s - self._block[SEEN_S] <= patience_s
        if np.count_nonzero(kept) < len(kept):
            self._block = self._block[:, kept]

    def _tracks(self, now_s: float, *, seen: bool) -> Tracks:
        """Confirmed tracks in view."""
        shown = (self._block[HITS] >= self._settings.confirm_hits) & (self._block[SEEN_S] >= now_s)
        block = self._block.take(shown.nonzero()[0], axis=1)
        names = list(self._labels)
        return Tracks(
            ids=block[ID].astype(np.int64),
            labels=tuple([names[int(number)] for number in block[LABEL].tolist()]),
            scores=_stepped(block[SCORE], SCORE_STEPS),
            boxes=_stepped(np.minimum(np.maximum(block[kalman.EDGES], 0), 1).T, BOX_STEPS),
            seen=(np.ones if seen else np.zeros)(block.shape[1], np.bool_),
            ages_s=_stepped(now_s - block[BORN_S], AGE_STEPS),
        )

    def _number(self, labels: tuple[str, ...]) -> Numbers:
        """Labels as numbers; one that is new gets the next number and its row of votes."""
        known = self._labels
        numbers = np.array([known.setdefault(label, len(known)) for label in labels], np.int64)
        missing = VOTES + len(known) - len(self._block)
        if missing:
            self._block = np.concatenate([self._block, np.zeros((missing, self._block.shape[1]))])
        return numbers


def _stepped(values: Array, steps: float) -> NDArray[np.float32]:
    return (np.rint(values * steps) / steps).astype(np.float32, order="C")


def _nearness(boxes: Array, others: Array) -> Array:
    """From 1 for boxes (4, N, 1) and (4, 1, M) with one centre down to 0 for those too far apart or of other size."""
    sizes, other_sizes = boxes[2:] - boxes[:2], others[2:] - others[:2]
    reach = np.maximum(sizes * NEWCOMER_REACH, 1e-9)  # what the picture's edge leaves of somebody may be a sliver
    apart = (boxes[2:] + boxes[:2] - others[2:] - others[:2]) / 2 / reach
    alike = np.abs(np.log((other_sizes[1] + 1e-9) / (sizes[1] + 1e-9))) < NEWCOMER_SIZE
    near: Array = np.maximum(1 - np.hypot(apart[0], apart[1]), 0) * alike
    return near


def _areas(edges: Array) -> Array:
    """Shares of the picture (N,) of boxes (4, N)."""
    areas: Array = (edges[2] - edges[0]) * (edges[3] - edges[1])
    return areas


def _pairs(overlap: Array, least: float) -> Pairs:
    """Rows and columns of highest total overlap, those with enough of it."""
    overlap = overlap * (overlap >= least)
    rows, columns = lap.lapjvc(-overlap, return_cost=False)
    good = overlap[rows, columns] > 0
    return rows[good], columns[good]
