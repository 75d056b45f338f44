"""Pictures as JPEG files hold them."""

import cv2
import numpy as np
from numpy.typing import NDArray

USUAL_QUALITY = 95


def jpeg(bgr: NDArray[np.uint8], quality: int = USUAL_QUALITY) -> bytes:
    """A JPEG file of a picture (H, W, 3) BGR; `quality` from 0 to 100."""
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
