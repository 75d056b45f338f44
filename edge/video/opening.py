"""Opening a video source by its address: a file, rtsp://, http(s)://, or a V4L2 device."""

from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from edge.video.errors import (
    SourceError,
    SourceNotFoundError,
    StalledError,
    UnauthorisedError,
    UnreachableError,
    UnreadableError,
)
from edge.video.settings import VideoSettings


def is_live(address: str) -> bool:
    """Whether an address is a stream or device rather than a file."""
    return "://" in address or address.startswith("/dev/video")


def open_source(address: str, settings: VideoSettings) -> InputContainer:
    """An open container with a video stream whose decoder is set up. Raises a SourceError that names the cause."""
    options: dict[str, str] = {}
    form: str | None = None
    if address.startswith(("rtsp://", "rtsps://")):
        options = {"rtsp_transport": "tcp", "fflags": "nobuffer", "timeout": str(int(settings.stall_timeout_s * 1e6))}
    elif address.startswith(("http://", "https://")):
        options = {"rw_timeout": str(int(settings.stall_timeout_s * 1e6))}
    elif address.startswith("/dev/video"):
        form = "v4l2"
    if not is_live(address):
        _look_at_file(Path(address))
    try:
        container = av.open(
            address, format=form, options=options, timeout=(settings.connect_timeout_s, settings.stall_timeout_s)
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise explain(error, address) from None
    if not container.streams.video:
        container.close()
        raise UnreadableError(f"{address}: holds no video stream; name a video file or a camera's video address")
    codec: Any = container.streams.video[0].codec_context
    if codec is None:
        container.close()
        raise UnreadableError(f"{address}: its video codec is unknown here; set the camera to H.264 or H.265")
    codec.thread_count = settings.decoder_threads
    return container


def explain(error: Exception, address: str) -> SourceError:
    """The cause of a failure in one sentence with its remedy, without credentials."""
    for causes, kind, text in _CAUSES:
        if isinstance(error, causes):
            return kind(f"{address}: {text}")
    return UnreachableError(f"{address}: cannot be opened ({error}); check the address")


_CAUSES: tuple[tuple[tuple[type[Exception], ...], type[SourceError], str], ...] = (
    (
        (av.HTTPUnauthorizedError, av.HTTPForbiddenError),
        UnauthorisedError,
        "the camera refuses user name or password; correct them in the address",
    ),
    (
        (FileNotFoundError, av.HTTPNotFoundError),
        SourceNotFoundError,
        "does not exist; correct the path or plug the camera in",
    ),
    ((av.ExitError, TimeoutError), StalledError, "no answer in time; check the camera's power, network and address"),
    (
        (ConnectionError, av.HTTPError),
        UnreachableError,
        "refuses the connection; check address and port, and that the camera's stream is switched on",
    ),
    ((PermissionError,), SourceNotFoundError, "may not be read; give this user the right to read it"),
    ((av.InvalidDataError, av.EOFError), UnreadableError, "is damaged or no video; record it again or name another"),
)
"""First fitting row wins: what FFmpeg said, what it means for the camera, and the remedy."""


def _look_at_file(path: Path) -> None:
    if not path.exists():
        raise SourceNotFoundError(f"{path}: does not exist; correct the path")
    if path.is_dir():
        raise SourceNotFoundError(f"{path}: is a folder; name a video file in it")
    if path.stat().st_size == 0:
        raise UnreadableError(f"{path}: is empty (0 bytes); record it again or name another")
