"""Where the benchmarks find their clips and weights: a folder that is not part of the repository."""

from pathlib import Path

from tools.bench.result import Absent

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CLIPS = DATA / "clips"
WEIGHTS = DATA / "weights"
MOT15 = DATA / "tracking" / "mot15"
YOLOX = WEIGHTS / "yolox_nano_416.onnx"


def need(*paths: Path) -> None:
    """Raises Absent for the first file or folder that is not here."""
    for path in paths:
        if not path.exists():
            raise Absent(f"{path.name} is not here; it belongs into {path.parent}")
