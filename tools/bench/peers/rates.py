"""Our tracker at fewer pictures a second: on filmed sequences with their detections, on rendered clips with ours."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import av
import numpy as np

from edge.truth import SUFFIX, TrueFrames, read_truth, truth_of
from edge.video.picture import Picture
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from edge.vision.settings import TrackerSettings
from edge.vision.tracker import Tracker
from tools.bench.peers.mot import Rows, Sequence, load, score
from tools.bench.peers.tracking import SURE, prepared

RATES = (25.0, 10.0, 5.0)
STATIC = ("ADL-Rundle-6", "TUD-Campus", "TUD-Stadtmitte", "Venice-2", "PETS09-S2L1", "KITTI-17")
"""Sequences whose camera stands; the last two have ten pictures a second and fewer."""
SEEN, TALL_PX = 0.3, 24
"""Of a rendered person so much must show, and it must be so tall, to be asked for."""


def thinned(sequence: Sequence, rate: float) -> Sequence | None:
    """Every so many pictures, so that about `rate` a second are left; None if there are fewer to begin with."""
    step = round(sequence.fps / rate)
    if step < 1 or abs(sequence.fps / step - rate) > 0.35 * rate:
        return None
    return replace(
        sequence, fps=sequence.fps / step, detections=sequence.detections[::step], truth=sequence.truth[::step]
    )


def rendered(clip: Path, detector: OnnxDetector) -> Sequence:
    """People of a rendered clip, found by the detector, and the truth of them."""
    truth = read_truth(truth_of(clip), TrueFrames)
    people = {thing.id for thing in truth.things if thing.label == "person"}
    scale = np.array([truth.width, truth.height] * 2)
    there: list[Rows] = []
    for rows in truth.frames:
        asked = [r for r in rows if int(r[0]) in people and r[5] >= SEEN and (r[4] - r[2]) * truth.height >= TALL_PX]
        there.append(np.array([[r[0], *(np.array(r[1:5]) * scale)] for r in asked], np.float64).reshape(-1, 5))
    found: list[Rows] = []
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            seen = detector.detect(Picture(frame))
            found.append(np.column_stack([seen.boxes * scale, seen.scores]).reshape(-1, 5))
    count = min(len(found), len(there))
    return Sequence(clip.stem, truth.fps, truth.width, truth.height, tuple(found[:count]), tuple(there[:count]))


def tracked(sequence: Sequence, sure: float) -> list[Rows]:
    """What the tracker makes of a sequence."""
    tracker, scale = Tracker(TrackerSettings(), sure), [sequence.width, sequence.height] * 2
    tracks = [tracker.update(at, seen) for at, seen in prepared(sequence)]
    return [np.column_stack([one.ids, one.boxes * scale]) for one in tracks]


def sequences(mot15: Path, footage: Path) -> Iterator[tuple[str, Sequence, float]]:
    """All there are, with the threshold of their detector."""
    for name in STATIC:
        yield "filmed", load(mot15 / name), SURE
    card, weights = find_card(None, MODELS)
    detector = OnnxDetector(card, weights, threads=1, only=frozenset({"person"}))
    for truth in sorted(footage.glob(f"*{SUFFIX}")):
        sequence = rendered(truth.with_name(truth.name.removesuffix(SUFFIX) + ".mp4"), detector)
        if any(len(rows) for rows in sequence.truth):
            yield "rendered", sequence, card.threshold


def main(mot15: Path, footage: Path) -> None:
    """Scores of every sequence at every rate that it has."""
    document = []
    for kind, sequence, sure in sequences(mot15, footage):
        for rate in RATES:
            thin = thinned(sequence, rate)
            if thin is not None:
                scores = asdict(score(thin, tracked(thin, sure)))
                document.append({"kind": kind, "name": sequence.name, "rate": rate, "scores": scores})
    sys.stdout.write(json.dumps(document))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
