"""The default detector's words, and how the words of others map onto them."""

from edge.models.evaluation.words import word_of

LABELS = ("person", "bicycle", "motorcycle", "car", "bus", "truck", "bag", "fire", "smoke")
"""In the order of the network's outputs. `motorcycle`: e-bikes and scooters too; `bag`: backpack, handbag, suitcase."""

PERSON, BAG, FIRE, SMOKE = LABELS.index("person"), LABELS.index("bag"), LABELS.index("fire"), LABELS.index("smoke")
VEHICLES = frozenset(LABELS.index(word) for word in ("car", "bus", "truck"))
"""What one detector calls a lorry the next calls a car."""


def index_of(word: str) -> int | None:
    """The class a word of another data set or model means; None where we have none for it."""
    ours = word_of(word, LABELS)
    return None if ours is None else LABELS.index(ours)
