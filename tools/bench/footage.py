"""Where the benchmarks find their clips and weights: a folder that is not part of the repository."""

import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CLIPS = DATA / "clips"
YOLOX = DATA / "weights" / "yolox_nano_416.onnx"


def need(*paths: Path) -> None:
    """End with a sentence if a file is not here."""
    for path in paths:
        if not path.exists():
            sys.exit(f"{path} is not here: this benchmark needs the reference clips and weights")
