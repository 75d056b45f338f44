"""Pictures: the right pixels, converted only when asked for, and never a masked one."""

from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.video.file import FileSource
from edge.video.masks import Mask
from edge.video.picture import Picture
from edge.video.settings import VideoSettings
from tests.edge.video.footage import drawn

FORMATS = ["yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12", "gray", "bgr24", "rgb24", "yuyv422"]
DOOR = Mask("door", ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)))


def frame_of(pixel_format: str, width: int = 318, height: int = 242) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(drawn(5, width, height), format="bgr24").reformat(format=pixel_format)


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_luma_is_the_brightness_of_every_format(pixel_format: str) -> None:
    luma = Picture(frame_of(pixel_format)).luma()
    assert luma.shape == (242, 318)
    assert luma.dtype == np.uint8
    assert luma[8, 8] > luma[8, 24] + 150
    assert abs(int(luma[8, 8]) - int(luma[8, 40])) < 3


def test_luma_of_planar_video_is_the_decoders_own_memory() -> None:
    frame = frame_of("yuv420p")
    luma = Picture(frame).luma()
    own = np.frombuffer(frame.planes[0], np.uint8)  # type: ignore[call-overload]
    assert np.shares_memory(luma, own)
    with pytest.raises(ValueError, match="read-only"):
        luma[0, 0] = 1


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_bgr_has_the_size_asked_for(pixel_format: str) -> None:
    picture = Picture(frame_of(pixel_format))
    assert picture.bgr().shape == (242, 318, 3)
    assert picture.bgr(160, 120).shape == (120, 160, 3)
    assert picture.bgr(width=159).shape == (121, 159, 3)
    assert picture.bgr(height=121).shape == (121, 159, 3)


def test_colours_are_those_of_the_scene() -> None:
    picture = Picture(frame_of("yuv420p"))
    assert np.abs(picture.bgr()[200, 100].astype(int) - (110, 170, 110)).max() < 6
    small = picture.bgr(159, 121)
    reference = cv2.resize(drawn(5, 318, 242), (159, 121), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - reference).mean() < 4


def test_an_array_asked_for_twice_is_made_once() -> None:
    picture = Picture(frame_of("yuv420p"))
    assert picture.bgr(100, 80) is picture.bgr(100, 80)


def test_an_array_makes_a_picture() -> None:
    array = drawn(9)
    picture = Picture.of_array(array)
    assert (picture.bgr() == array).all()
    assert picture.luma().shape == (240, 320)
    array[:] = 0
    assert picture.bgr().max() > 200


@pytest.mark.parametrize("pixel_format", FORMATS)
def test_masked_pixels_are_black_and_the_others_are_as_they_were(pixel_format: str) -> None:
    frame = frame_of(pixel_format)
    masked, clear = Picture(frame, [DOOR]), Picture(frame)
    assert masked.luma()[64:180, 82:236].max() <= 16
    assert masked.bgr()[64:180, 82:236].max() <= 3
    assert np.abs(masked.luma()[:55].astype(int) - clear.luma()[:55]).max() <= 12
    assert np.abs(masked.bgr()[:55].astype(int) - clear.bgr()[:55]).max() <= 6
    assert clear.luma()[64:180, 82:236].max() > 100


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=6),
    st.integers(8, 400),
    st.sampled_from(["yuv420p", "yuv444p", "bgr24"]),
)
def test_nothing_of_a_masked_area_shows_at_any_size(
    polygon: list[tuple[float, float]], width: int, pixel_format: str
) -> None:
    """Two scenes that differ only under the mask give the same arrays."""
    mask = Mask("m", tuple(polygon))
    shape = np.zeros((120, 160), np.uint8)
    cv2.fillPoly(shape, [np.round(np.array(polygon) * (160, 120) - 0.5).astype(np.int32)], 255)
    dark = np.full((120, 160, 3), 60, np.uint8)
    light = dark.copy()
    light[cv2.erode(shape, np.ones((3, 3), np.uint8)) > 0] = 255
    one, other = (
        Picture(av.VideoFrame.from_ndarray(a, format="bgr24").reformat(format=pixel_format), [mask])
        for a in (dark, light)
    )
    assert (one.bgr(width) == other.bgr(width)).all()
    assert (one.luma() == other.luma()).all()


def test_masks_reach_every_frame_of_a_real_clip(shared_data: Path) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    source = FileSource(shared_data / "clips/street.mp4", "c", VideoSettings(), start, masks=(DOOR,))
    for frame in source.frames():
        assert frame.picture.luma()[100:290, 175:515].max() <= 16
        assert frame.picture.bgr(345, 194)[52:142, 90:255].max() <= 3
