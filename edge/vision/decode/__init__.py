"""Output formats: one file each. A module here that subclasses `Decoder` is found by itself."""

import importlib
import pkgutil

from edge.vision.decode.base import Decoder, RawDetections, formats

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["Decoder", "RawDetections", "formats"]
