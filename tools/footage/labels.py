"""What a detector calls the things of a scene."""

from collections.abc import Mapping

PERSON, BAG, FIRE, SMOKE, OTHER = "person", "bag", "fire", "smoke", "object"
"""OTHER: what no detector of ours has a word for, a bin or a bottle."""

LABEL_OF: Mapping[str, str] = {
    "person": PERSON,
    "bicycle": "bicycle",
    "e_bike": "motorcycle",
    "motorcycle": "motorcycle",
    "car": "car",
    "van": "car",
    "truck": "truck",
    "bag": BAG,
    "backpack": BAG,
    "suitcase": BAG,
    "box": OTHER,
    "bottle": OTHER,
    "bin": OTHER,
}
"""By asset. Detectors trained on everyday pictures call a van a car more often than a truck."""

LABELS = (PERSON, "bicycle", "motorcycle", "car", "truck", BAG, FIRE, SMOKE)
"""The words of training pictures, in the order of their numbers."""


def label_of(asset: str) -> str:
    """The detector's word for an asset."""
    return LABEL_OF.get(asset, OTHER)
