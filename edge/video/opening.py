"""Opening a video source by its address: a file, rtsp://, http(s)://, or a V4L2 device."""

from pathlib import Path

import av
from av.container import InputContainer

from edge.complaints import complaint
from edge.video.errors import (
    NoVideoStreamError,
    SourceError,
    SourceNotFoundError,
    StalledError,
    UnauthorisedError,
    UnreachableError,
    UnreadableError,
)
from edge.video.settings import VideoSettings

_UNSTAMPED_FORMATS = frozenset({"mpjpeg", "mjpeg"})
"""Streams whose pictures carry no times: FFmpeg would number them at 25 a second; their arrival is the better time."""


def is_live(address: str) -> bool:
    """Whether an address is a stream or device rather than a file."""
    return "://" in address or address.startswith("/dev/video")


def open_source(address: str, settings: VideoSettings) -> InputContainer:
    """An open container with a video stream whose decoder is set up; the caller closes it.

    Raises a SourceError that names the cause. Reading from it raises PyAV's errors: see `explain_reading`.
    """
    if not is_live(address):
        look_at_file(Path(address))
    container = _open(address, settings, _options(address, settings))
    if address.startswith("http") and container.format.name in _UNSTAMPED_FORMATS:
        container.close()
        container = _open(address, settings, _options(address, settings) | {"use_wallclock_as_timestamps": "1"})
    if not container.streams.video:
        container.close()
        raise NoVideoStreamError(complaint("source.holds_no_video", address=address))
    codec = container.streams.video[0].codec_context
    if codec is None or not codec.width:
        container.close()
        raise UnreadableError(complaint("source.undecodable", address=address))
    codec.thread_count = settings.decoder_threads
    if settings.decoder_threads != 1:
        codec.thread_type = "AUTO"
    return container


def _open(address: str, settings: VideoSettings, options: dict[str, str]) -> InputContainer:
    form = "v4l2" if address.startswith("/dev/video") else None
    patience_s = (settings.connect_timeout_s, settings.stall_timeout_s)
    try:
        return av.open(address, format=form, options=options, timeout=patience_s)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise explain_opening(error, address) from None


def _options(address: str, settings: VideoSettings) -> dict[str, str]:
    patience_us = str(int(settings.stall_timeout_s * 1e6))
    if address.startswith(("rtsp://", "rtsps://")):
        # Enough to learn the codec; longer probing would hold the first packets back and blur when they came.
        probing = {"fpsprobesize": "0", "analyzeduration": "500000"}
        return {"rtsp_transport": settings.transport, "timeout": patience_us, **probing}
    if address.startswith(("http://", "https://")):
        return {"rw_timeout": patience_us}
    return {}


_Row = tuple[tuple[type[Exception], ...], type[SourceError], str]
_TIMEOUTS = (av.ExitError, TimeoutError)
_CAUSES: tuple[_Row, ...] = (
    (
        (av.HTTPUnauthorizedError, av.HTTPForbiddenError),
        UnauthorisedError,
        "source.unauthorised",
    ),
    (
        (FileNotFoundError, av.HTTPNotFoundError),
        SourceNotFoundError,
        "source.missing",
    ),
    (
        (ConnectionError, av.HTTPError),
        UnreachableError,
        "source.refused",
    ),
    ((PermissionError,), SourceNotFoundError, "source.forbidden"),
    (
        (av.InvalidDataError, av.EOFError, av.DecoderNotFoundError),
        UnreadableError,
        "source.damaged",
    ),
)
"""First fitting row wins: what FFmpeg said, what it means for the camera, and the sentence with the remedy."""


def explain_opening(error: Exception, address: str) -> SourceError:
    """Why a source could not be opened, in one sentence with its remedy, without credentials."""
    if isinstance(error, _TIMEOUTS):
        return UnreachableError(complaint("source.no_answer", address=address))
    return _explain(error, address)


def explain_reading(error: Exception, address: str) -> SourceError:
    """Why an open source could not be read on."""
    if isinstance(error, SourceError):
        return error
    if isinstance(error, _TIMEOUTS):
        return StalledError(complaint("source.silent", address=address))
    return _explain(error, address)


def _explain(error: Exception, address: str) -> SourceError:
    for causes, kind, id_ in _CAUSES:
        if isinstance(error, causes):
            return kind(complaint(id_, address=address))
    reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
    return UnreachableError(complaint("source.unreadable", address=address, why=reason))


def look_at_file(path: Path) -> None:
    """Raises a SourceError if there is no file at a path, or nothing in it."""
    if not path.exists():
        raise SourceNotFoundError(complaint("source.no_file", path=path))
    if path.is_dir():
        raise SourceNotFoundError(complaint("source.folder", path=path))
    if path.stat().st_size == 0:
        raise UnreadableError(complaint("source.empty", path=path))
