"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Tests say how wide a terminal is; several workers at once would inherit a width that no test can change.
os.environ.pop("COLUMNS", None)

REPOSITORY = Path(__file__).resolve().parent.parent

# How long an example takes says more of the machine, and of what else it does, than of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real clips, weights and ground truth that stands beside a developer's checkout."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(
            "../shared/data is not here: real footage and reference weights are only on developers' machines and CI"
        )
    return folder
