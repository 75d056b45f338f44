"""What a set calls the things that a detector names: the one place where the words of both meet."""

from collections.abc import Collection, Mapping

WIDER: Mapping[str, str] = {
    "backpack": "bag",
    "handbag": "bag",
    "suitcase": "bag",
    "motorbike": "motorcycle",
    "e_bike": "motorcycle",
    "scooter": "motorcycle",
    "lorry": "truck",
    "van": "car",
    "pedestrian": "person",
    "people": "person",
}
"""By a detector's word: the set's. Only used where the set does not have the detector's own word."""


def word_of(label: str, known: Collection[str]) -> str | None:
    """The word among `known` for what a detector calls `label`; None if there is none.

    Blanks and hyphens count as underscores, capitals as small letters: «Traffic light» is «traffic_light».
    """
    by_plain = {plain(word): word for word in known}
    own = plain(label)
    return by_plain.get(own) or by_plain.get(WIDER.get(own, ""))


def words_of(labels: Collection[str], known: Collection[str]) -> dict[str, str]:
    """For each label that has one, the word among `known`."""
    found = {label: word_of(label, known) for label in labels}
    return {label: word for label, word in found.items() if word is not None}


def plain(label: str) -> str:
    """A label in small letters, its parts joined by underscores."""
    return label.strip().lower().replace(" ", "_").replace("-", "_")
