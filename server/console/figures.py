"""Numbers and shapes as pages show them."""

from collections.abc import Iterable, Sequence


def bytes_text(size: int) -> str:
    """312 B, 48 kB, 1.2 MB; decimal, as file managers count."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit in ("B", "kB") or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError("the last unit takes everything")


def polygon_points(points: Iterable[Sequence[float]], width: float = 1000, height: float = 1000) -> str:
    """Points of 0..1 as the `points` of an SVG polygon in a box of that size."""
    return " ".join(f"{x * width:.1f},{y * height:.1f}" for x, y in points)
