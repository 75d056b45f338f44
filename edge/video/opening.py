"""Opening a video source by its address: a file, rtsp://, http(s)://, or a V4L2 device."""

from pathlib import Path

import av
from av.container import InputContainer

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
        raise NoVideoStreamError(f"{address}: holds no video; name a video file or a camera's video address")
    codec = container.streams.video[0].codec_context
    if codec is None or not codec.width:
        container.close()
        raise UnreadableError(
            f"{address}: its video cannot be decoded: cut short, damaged or of an unknown codec; record it again, or "
            "set the camera to H.264 or H.265"
        )
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
        "the camera refuses user name or password; correct them in the address",
    ),
    (
        (FileNotFoundError, av.HTTPNotFoundError),
        SourceNotFoundError,
        "does not exist; correct the path or plug the camera in",
    ),
    (
        (ConnectionError, av.HTTPError),
        UnreachableError,
        "refuses the connection; check address and port, and that the camera's stream is switched on",
    ),
    ((PermissionError,), SourceNotFoundError, "may not be read; give this user the right to read it"),
    (
        (av.InvalidDataError, av.EOFError, av.DecoderNotFoundError),
        UnreadableError,
        "is damaged, cut short or no video; record it again or name another",
    ),
)
"""First fitting row wins: what FFmpeg said, what it means for the camera, and the remedy."""


def explain_opening(error: Exception, address: str) -> SourceError:
    """Why a source could not be opened, in one sentence with its remedy, without credentials."""
    if isinstance(error, _TIMEOUTS):
        return UnreachableError(f"{address}: no answer in time; check the camera's power, network and address")
    return _explain(error, address)


def explain_reading(error: Exception, address: str) -> SourceError:
    """Why an open source could not be read on."""
    if isinstance(error, SourceError):
        return error
    if isinstance(error, _TIMEOUTS):
        return StalledError(f"{address}: sends nothing any more; check the camera's power and network")
    return _explain(error, address)


def _explain(error: Exception, address: str) -> SourceError:
    for causes, kind, text in _CAUSES:
        if isinstance(error, causes):
            return kind(f"{address}: {text}")
    reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
    return UnreachableError(f"{address}: cannot be read ({reason}); check the address and the network")


def look_at_file(path: Path) -> None:
    """Raises a SourceError if there is no file at a path, or nothing in it."""
    if not path.exists():
        raise SourceNotFoundError(f"{path}: does not exist; correct the path")
    if path.is_dir():
        raise SourceNotFoundError(f"{path}: is a folder; name a video file in it")
    if path.stat().st_size == 0:
        raise UnreadableError(f"{path}: is empty (0 bytes); record it again or name another")
