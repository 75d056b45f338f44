"""Things that developers and testers run; edge and server never import them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""
