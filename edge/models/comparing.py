"""A model made smaller, beside the one it was made from: what it costs and what it gains, here."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.complaints import Complaint, complaint
from edge.files import leave_alone, write_whole, written_whole
from edge.models.evaluation.labelled import LabelledSet
from edge.models.evaluation.matching import Verdict, match
from edge.models.making import card_text
from edge.models.measuring import Measured, measure, shared_words
from edge.models.quantizing import quantise
from edge.models.speed import TIMED_PICTURES, Speed, inference_ms
from edge.video.picture import Picture
from edge.vision.boxes import iou
from edge.vision.card import Measurement, ModelCard, Timing, sha256_of
from edge.vision.detector import Detections, OnnxDetector
from edge.vision.errors import ModelFileError

OVERLAP = 0.5
MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Agreement:
    """Sure boxes on the same pictures: of how many of the one's the other has too, and how many it has besides."""

    pictures: int
    boxes: int
    kept: int
    added: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models."""

    card: ModelCard
    megabytes: float
    speed: Speed
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The model, its smaller copy, and how far they agree."""

    before: Side
    after: Side
    card_path: Path
    agreement: Agreement


def make_smaller(
    card: ModelCard,
    weights: Path,
    frames: Sequence[Picture],
    folder: Path,
    *,
    sets: Sequence[LabelledSet] = (),
    replace: bool = False,
    step: Callable[[Complaint], None] = lambda what: None,
) -> Compared:
    """Write the INT8 copy and its card into a folder; every second frame calibrates, the others compare.

    Raises ModelError, MissingPackageError, LabelledSetError, TargetError. A copy that finds nothing of what the model
    finds is not kept.
    """
    target, card_path = folder / f"{Path(card.file).stem}_int8.onnx", folder / f"{card.name[:58]}_int8.yaml"
    leave_alone(target, card_path, replace=replace)
    for labelled in sets:
        shared_words(card, labelled)
    detector = OnnxDetector(card, weights, threads=2)
    calibrating, comparing = frames[::2], frames[1::2] or frames
    inputs = [detector.prepared(frame) for frame in calibrating]
    with written_whole(target) as part:
        step(complaint("models.step.calibrating"))
        quantise(weights, inputs, part)
        small = smaller_card(card, part, target.name, len(calibrating))
        step(complaint("models.step.comparing"))
        agreement = agree(detector, OnnxDetector(small, part, threads=2), comparing)
        if agreement.boxes and not agreement.kept:
            raise ModelFileError(complaint("quantize.finds_nothing", path=weights, things=agreement.boxes))
        sides = [
            _side(one, file, inputs[:TIMED_PICTURES], sets, step) for one, file in ((card, weights), (small, part))
        ]
    final = small.model_copy(update={"measured": _measurements(sides[1]), "speed": _timings(sides[1].speed)})
    write_whole(card_path, card_text(final))
    return Compared(sides[0], sides[1], card_path, agreement)


def smaller_card(card: ModelCard, made: Path, file: str, frames: int) -> ModelCard:
    """The card of a copy that lies in `made` and will be called `file`."""
    source = f"{card.source}; int8 by shouwang-edge models quantize, {frames} frames, from sha256 {card.sha256}"
    changes = {
        "name": f"{card.name[:58]}_int8",
        "title": f"{card.title}, int8",
        "source": source,
        "file": file,
        "sha256": sha256_of(made),
        "address": "",
        "measured": (),
        "speed": (),
        "weaknesses": f"{card.weaknesses} Int8: a little less accurate, see what is measured.".strip(),
    }
    return card.model_copy(update=changes)


def agree(one: OnnxDetector, other: OnnxDetector, frames: Sequence[Picture]) -> Agreement:
    """Compare the boxes of which each is sure, class by class."""
    boxes = kept = added = 0
    for frame in frames:
        first, second = one.detect(frame), other.detect(frame)
        for label in {*first.labels, *second.labels}:
            mine, its = _sure(first, label, one.card.threshold), _sure(second, label, other.card.threshold)
            truth = first.boxes[mine].astype(np.float64)
            overlap = iou(second.boxes[its].astype(np.float64), truth)
            verdicts = match(overlap, second.scores[its], np.zeros(len(truth), np.bool_), OVERLAP)
            right = int((verdicts == Verdict.RIGHT).sum())
            boxes, kept, added = boxes + len(truth), kept + right, added + len(verdicts) - right
    return Agreement(len(frames), boxes, kept, added)


def machine() -> str:
    """The processor's name, for cards."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _sure(found: Detections, label: str, threshold: float) -> list[int]:
    return [n for n, name in enumerate(found.labels) if name == label and found.scores[n] >= threshold]


def _side(
    card: ModelCard,
    file: Path,
    inputs: Sequence[tuple[str, NDArray[np.float32]]],
    sets: Sequence[LabelledSet],
    step: Callable[[Complaint], None],
) -> Side:
    """Time and measure one of the two."""
    step(complaint("models.step.timing", card=card.name))
    speed = inference_ms(file, inputs)
    measured = []
    for labelled in sets:
        step(complaint("models.step.measuring", card=card.name, set=labelled.name))
        measured.append(measure(card, file, labelled, threads=2))
    return Side(card, file.stat().st_size / MEGABYTE, speed, tuple(measured))


def _measurements(side: Side) -> tuple[Measurement, ...]:
    return tuple(
        Measurement(set=one.labelled.name, metric="AP50", value=round(one.scores.ap50, 3))
        for one in side.measured
        if one.scores.ap50 is not None
    )


def _timings(speed: Speed) -> tuple[Timing, ...]:
    """To three figures: in tenths of a millisecond the smallest networks would take none at all."""
    return tuple(Timing(machine=machine(), threads=threads, ms=float(f"{ms:.3g}")) for threads, ms in speed.items())
