"""Runs a module of `tools/bench/peers` in the peers' own environment and reads the JSON that it prints."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.machine import ROOT
from tools.bench.result import Absent

PYTHON = ROOT / ".venv-bench" / "bin" / "python"


def ask(module: str, *arguments: str | Path, environment: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
    """The document that the module printed. Raises Absent without that environment, or if it lacks the peer."""
    if not PYTHON.exists():
        raise Absent("the peers' environment .venv-bench is not here; `make bench` makes it from locks/bench.txt")
    command = [str(PYTHON), "-m", f"tools.bench.peers.{module}", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, text=True, capture_output=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        if last.startswith("ModuleNotFoundError"):
            raise Absent(f"the peers' environment lacks a library: {last}; see locks/bench.in and bench-ultralytics.in")
        raise RuntimeError(f"{module}: {last}")
    return json.loads(done.stdout.strip().splitlines()[-1])
