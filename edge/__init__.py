"""The box beside the cameras: frames in, signed alerts out."""

__version__ = "0.1.0"
