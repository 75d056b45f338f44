"""Picture files."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.complaints import Complaint, complaint
from edge.models.errors import LabelledSetError

MOST_PX = 200_000_000
"""More than any camera gives, and less than what FFmpeg refuses."""


def read_picture(path: Path, remedy: Complaint | str) -> NDArray[np.uint8]:
    """A picture file as (H, W, 3) BGR. Raises LabelledSetError, which names the file and the remedy."""
    try:
        bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    except cv2.error:  # more than 2³⁰ pixels; whatever else is wrong gives None
        raise LabelledSetError(_too_large(path)) from None
    if bgr is None:
        raise LabelledSetError(complaint("picture.unreadable", path=path, remedy=remedy))
    if bgr.shape[0] * bgr.shape[1] > MOST_PX:
        raise LabelledSetError(_too_large(path))
    return np.asarray(bgr, np.uint8)


def _too_large(path: Path) -> Complaint:
    return complaint("picture.too_large", path=path, most=MOST_PX // 1_000_000)
