"""The default detector's words, and how the words of others map onto them."""

from edge.models.evaluation.words import word_of

LABELS = ("person", "bicycle", "motorcycle", "car", "bus", "truck", "bag", "fire", "smoke")
"""In the order of the network's outputs. `motorcycle`: e-bikes and scooters too; `bag`: backpack, handbag, suitcase."""

PERSON, BAG, FIRE, SMOKE = LABELS.index("person"), LABELS.index("bag"), LABELS.index("fire"), LABELS.index("smoke")
VEHICLES = frozenset(LABELS.index(word) for word in ("car", "bus", "truck"))
"""What one detector calls a lorry the next calls a car."""

AROUND = 0.15
"""A bag is carried at somebody's side: his box, widened by so much of its width, says nothing of bags."""


def around(box: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Where somebody in a box (x1, y1, x2, y2 in any unit) may carry a bag."""
    x1, y1, x2, y2 = box
    return x1 - AROUND * (x2 - x1), y1, x2 + AROUND * (x2 - x1), y2


def index_of(word: str) -> int | None:
    """The class a word of another data set or model means; None where we have none for it."""
    ours = word_of(word, LABELS)
    return None if ours is None else LABELS.index(ours)
