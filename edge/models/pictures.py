"""Picture files."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.complaints import Complaint, complaint
from edge.models.errors import LabelledSetError


def read_picture(path: Path, remedy: Complaint | str) -> NDArray[np.uint8]:
    """A picture file as (H, W, 3) BGR. Raises LabelledSetError, which names the file and the remedy."""
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise LabelledSetError(complaint("picture.unreadable", path=path, remedy=remedy))
    return np.asarray(bgr, np.uint8)
