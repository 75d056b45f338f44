import cv2
import numpy as np

from edge.video.jpeg import jpeg


def test_a_better_jpeg_is_larger_and_nearer_to_the_picture() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)

    def off_by(quality: int) -> float:
        read = cv2.imdecode(np.frombuffer(jpeg(noise, quality), np.uint8), cv2.IMREAD_COLOR)
        assert read is not None
        return float(np.abs(read.astype(int) - noise).mean())

    assert len(jpeg(noise, 20)) < len(jpeg(noise, 90))
    assert off_by(90) < off_by(20)
    assert jpeg(noise) == jpeg(noise, 95)
