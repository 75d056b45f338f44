"""The card of an exported detector, so that the edge's own commands measure and quantise it."""

from pathlib import Path

from edge.vision.card import ModelCard, sha256_of
from tools.train.feed import larger
from tools.train.labels import LABELS

SMALLER = ((320, 192), (288, 224))


def card_of(weights: Path, times: int = 1) -> ModelCard:
    """What is known before anything is measured; thresholds are to be set by what `models eval` says.

    `times`: how much larger than usual it is shown pictures.
    """
    wide, *others = larger(times)
    return ModelCard(
        name="shouwang_416",
        title="Shouwang 416",
        licence="Apache-2.0",
        source="trained by this project, see docs/guides/training.md",
        file=weights.name,
        sha256=sha256_of(weights),
        input=wide.model_copy(
            update={
                "other_sizes": tuple((one.width, one.height) for one in others),
                "smaller_sizes": tuple((times * width, times * height) for width, height in SMALLER),
            }
        ),
        format="yolo",
        labels=LABELS,
        threshold=0.35,
        low_threshold=0.1,
    )
