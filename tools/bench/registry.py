"""The benchmarks by name, in the order of the report: to add one is to add its module and a line here."""

import importlib
from collections.abc import Callable, Mapping
from typing import cast

from tools.bench.result import Result

BENCHES: Mapping[str, str] = {
    "pipeline": "tools.bench.pipeline",
    "gating": "tools.bench.gating",
    "peers": "tools.bench.alternatives",
    "tracker": "tools.bench.tracker",
    "rates": "tools.bench.rates",
    "rules": "tools.bench.rules",
    "ordinary": "tools.bench.ordinary",
    "falls": "tools.bench.falls",
    "fights": "tools.bench.fights",
    "tamper": "tools.bench.tamper",
    "unusual": "tools.bench.unusual",
    "whatif": "tools.bench.whatif",
    "memory": "tools.bench.memory",
    "latency": "tools.bench.latency",
    "ingest": "tools.bench.ingest",
    "realism": "tools.bench.realism",
    "detector": "tools.bench.detector",
}
"""Name, and the module whose function `bench() -> Result` takes the figures or raises Absent."""


def take(name: str) -> Result:
    """Run one benchmark in this process. Raises Absent."""
    return cast(Callable[[], Result], importlib.import_module(BENCHES[name]).bench)()
