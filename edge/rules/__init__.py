"""Rules: scenes in, findings out. One file per kind; a module here that subclasses `Rule` is found by itself."""

import importlib
import pkgutil

from edge.rules.base import Rule, kinds

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["Rule", "kinds"]
