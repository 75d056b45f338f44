"""Zones by name, whatever a node calls its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.clock import zone_named


@pytest.fixture
def zones_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where the package tzdata is installed: a folder, in which Python looks for what the system does not know."""
    (tmp_path / "tzdata/zoneinfo/Asia").mkdir(parents=True)
    for folder in ("tzdata", "tzdata/zoneinfo"):
        (tmp_path / folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    zone_named.cache_clear()
    yield
    zone_named.cache_clear()


@pytest.mark.usefixtures("zones_of_a_package")
@pytest.mark.parametrize("name", ["Asia", "A" * 300, "../../etc/passwd", "Mars/Base", ""])
def test_what_is_no_zone_is_utc(name: str) -> None:
    assert zone_named(name).key == "UTC"


def test_a_zone_is_found_by_its_name() -> None:
    assert zone_named("Asia/Shanghai").key == "Asia/Shanghai"
