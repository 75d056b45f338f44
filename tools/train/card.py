"""The card of an exported detector, so that the edge's own commands measure and quantise it."""

from collections.abc import Sequence
from pathlib import Path

from edge.vision.card import InputCard, ModelCard, sha256_of
from tools.train.feed import SIZES
from tools.train.labels import LABELS


def card_of(weights: Path, sizes: Sequence[InputCard] = SIZES) -> ModelCard:
    """What is known before anything is measured; thresholds are to be set by what `models eval` says."""
    wide, *others = sizes
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
                "smaller_sizes": ((320, 192), (288, 224)),
            }
        ),
        format="yolo",
        labels=LABELS,
        threshold=0.35,
        low_threshold=0.1,
    )
