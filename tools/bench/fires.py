"""The fires of detection's `fire_indoor/test` of which the default detector has learned other pictures.

The set was parted by likeness of pictures, which parts a long film in two where its light changes. Found by key points
that a test picture shares with those of `fire_indoor/train`, and looked at one by one.
"""

from dataclasses import replace
from itertools import compress
from pathlib import Path

from edge.models.evaluation.labelled import LabelledSet
from edge.models.measuring import read_set

KNOWN_FIRES = frozenset(
    {
        "image1008",  # the sofa of train's image1006
        *(f"image{number}" for number in (544, 551, 554, 555, 558)),  # the living room of image621
        *(f"image{number}" for number in (69, 80)),  # the hall of image60 and image87
        *(f"image{number}" for number in (841, 845, 848, 850, 854, 856, 864, 865, 868, 874, 877, 882)),  # 859's tower
        "img_451",  # the garden of img_452
        *("img_82", "img_83"),  # the stairs of img_81
    }
)
"""Names of pictures, without their ending."""


def unseen_fires(folder: Path) -> LabelledSet:
    """The set without them. Raises LabelledSetError."""
    labelled = read_set(folder)
    kept = [path.stem not in KNOWN_FIRES for path in sorted((folder / "images").iterdir())]
    return replace(labelled, count=sum(kept), pictures=lambda: compress(labelled.pictures(), kept))
