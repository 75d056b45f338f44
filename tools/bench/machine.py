"""The machine and the versions that a figure was taken with: a number means little without them."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numpy", "lapx", "opencv-python-headless", "av", "onnxruntime", "pydantic", "paho-mqtt", "fastapi")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Machine:
    """As it was when a benchmark began."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    packages: tuple[str, ...]
    commit: str
    load: float
    """Mean number of runnable processes in the minute before: above 0.5 somebody else was at work."""

    @classmethod
    def here(cls) -> "Machine":
        """This one, now."""
        return cls(
            processor=_processor(),
            cores=len(os.sched_getaffinity(0)),
            memory_gb=round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
            system=f"{platform.system()} {platform.release()}",
            python=platform.python_version(),
            packages=versions(PACKAGES),
            commit=_commit(),
            load=round(os.getloadavg()[0], 2),
        )


def versions(packages: Sequence[str]) -> tuple[str, ...]:
    """«name 1.2.3» of each that is installed in this environment."""
    found = []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return tuple(found)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _commit() -> str:
    """Short hash, with a plus where tracked files differ from it; empty outside a checkout."""
    done = subprocess.run(
        ["git", "describe", "--always", "--exclude=*", "--dirty=+"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
