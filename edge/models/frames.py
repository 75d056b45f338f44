"""Pictures without labels, out of folders and clips: what a model is calibrated on."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from edge.complaints import complaint
from edge.models.errors import LabelledSetError
from edge.models.evaluation.yolo_set import PICTURES
from edge.models.pictures import read_picture
from edge.video.picture import Picture

CLIPS = frozenset({".mp4", ".mkv", ".avi", ".mov", ".m4v", ".ts", ".webm"})
LONGEST_PX = 1280
"""Larger pictures are kept no larger than this: no network here sees more."""


def read_frames(path: Path, count: int) -> list[Picture]:
    """At most `count` pictures, spread evenly over all pictures and clips under `path`, or over the one clip it is.

    Raises LabelledSetError if there are none, or one of them is broken.
    """
    if not path.exists():
        raise LabelledSetError(complaint("frames.not_here", path=path))
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    pictures = [file for file in files if file.suffix.lower() in PICTURES]
    clips = [file for file in files if file.suffix.lower() in CLIPS]
    if not pictures and not clips:
        raise LabelledSetError(complaint("frames.none", path=path, endings=sorted(PICTURES | CLIPS)))
    of_clips = count if not pictures else count // 2 if clips else 0
    found = [_read(file) for file in _spread(pictures, count - of_clips)]
    for number, clip in enumerate(clips):
        share = of_clips * (number + 1) // len(clips) - of_clips * number // len(clips)
        found += _of_clip(clip, share)
    return found


def _spread(files: list[Path], count: int) -> list[Path]:
    """So many of them at equal distances."""
    if len(files) <= count:
        return files
    return [files[int(place)] for place in np.linspace(0, len(files) - 1, count)]


def _read(path: Path) -> Picture:
    return _kept(Picture.of_array(read_picture(path, complaint("picture.mend"))))


def _of_clip(clip: Path, count: int) -> list[Picture]:
    if count <= 0:
        return []
    try:
        total = sum(1 for _ in decoded(clip))
        wanted = {int(place) for place in np.linspace(0, total - 1, min(count, total))} if total else set()
        return [_kept(Picture(frame)) for number, frame in enumerate(decoded(clip)) if number in wanted]
    except (av.FFmpegError, OSError, IndexError) as error:
        raise LabelledSetError(complaint("frames.no_video", path=clip, why=str(error))) from None


def decoded(clip: Path) -> Iterator[av.VideoFrame]:
    """The frames of a clip. Raises av.FFmpegError, OSError, IndexError where it is none."""
    with av.open(str(clip)) as container:
        container.streams.video[0].thread_type = "AUTO"
        yield from container.decode(video=0)


def _kept(picture: Picture) -> Picture:
    longest = max(picture.width, picture.height)
    if longest <= LONGEST_PX:
        return Picture.of_array(picture.bgr())
    width = round(picture.width * LONGEST_PX / longest)
    return Picture.of_array(picture.bgr(width=width))
