"""The default detector's words, and how the words of others map onto them."""

from collections.abc import Mapping

LABELS = ("person", "bicycle", "motorcycle", "car", "bus", "truck", "bag", "fire", "smoke")
"""In the order of the network's outputs. `motorcycle`: e-bikes and scooters too; `bag`: backpack, handbag, suitcase."""

PERSON, BAG, FIRE, SMOKE = LABELS.index("person"), LABELS.index("bag"), LABELS.index("fire"), LABELS.index("smoke")
VEHICLES = frozenset(LABELS.index(word) for word in ("car", "bus", "truck"))
"""What one detector calls a lorry the next calls a car."""

SYNONYMS: Mapping[str, str] = {"backpack": "bag", "handbag": "bag", "suitcase": "bag"}


def index_of(word: str) -> int | None:
    """The class a word of another data set or model means; None where we have none for it."""
    ours = SYNONYMS.get(word, word)
    return LABELS.index(ours) if ours in LABELS else None
