from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import av
import pytest

from edge.uplink.credentials import load_credentials
from protocol.messages import CameraHealth, CameraState, Health
from tests.edge.clips import draw_clip
from tools.bench.memory import Load, enrolled, load_of, remarks, rotated, search, slope_mb, table

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def beat(resident_mb: float, *rates: float) -> Health:
    cameras = tuple(
        CameraHealth(name=f"camera-{n}", state=CameraState.WATCHING, since=NOW, analysed_per_s=rate)
        for n, rate in enumerate(rates)
    )
    return Health(
        node="bench", at=NOW, boot=uuid4(), uptime_s=1, resident_mb=resident_mb, cpu_percent=50, cameras=cameras
    )


def test_the_slope_is_what_a_further_camera_takes() -> None:
    assert slope_mb([Load(n, 150 + 12 * n, 10, 5) for n in (1, 2, 4, 8)]) == pytest.approx(12)


def test_a_load_is_judged_by_its_slowest_camera() -> None:
    load = load_of(2, [beat(200, 5, 4), beat(210, 5, 4.5)])
    assert load == Load(2, 205, 50, 4.25)
    assert not load.keeps_up


@pytest.mark.parametrize(
    ("carried", "tried"), [(2, [6, 4, 2]), (5, [6, 4]), (8, [12]), (13, [12, 16]), (99, [12, 16, 20]), (0, [6, 4, 2])]
)
def test_the_search_goes_on_until_it_has_seen_both_sides(carried: int, tried: list[int]) -> None:
    def measure(count: int) -> Load:
        return Load(count, 200, 100, 5 if count <= carried else 3)

    assert [load.cameras for load in search(measure(8), measure)] == tried


def test_it_is_told_where_the_search_ended() -> None:
    assert "still kept up" in remarks([Load(8, 1, 90, 5)])[0]
    assert "12 cameras fell behind (3 of 5 fps)" in remarks([Load(8, 1, 90, 5), Load(12, 1, 100, 3)])[0]
    assert "6 cameras fell behind" in remarks([Load(8, 1, 90, 2), Load(6, 1, 90, 3), Load(4, 1, 90, 5)])[0]


def test_of_a_load_that_was_only_tried_no_memory_is_shown() -> None:
    steady, many, tried = Load(1, 197, 6, 5), Load(8, 244, 35, 5), Load(12, 252, 56, 4.9)
    rows = table([steady, many], [many, tried]).rows
    assert rows == (("1", "197", "6", "5"), ("8", "244", "35", "5"), ("12", "–", "56", "4.9"))


def test_a_rotated_clip_has_all_frames_in_a_cameras_size(tmp_path: Path) -> None:
    clip = rotated(draw_clip(tmp_path / "clip.mp4", seconds=3), tmp_path / "rotated.mp4", 0.5)
    with av.open(str(clip)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 30
    assert (frames[0].width, frames[0].height) == (640, 360)
    assert frames[-1].time == pytest.approx(2.9)


def test_the_node_can_read_its_credentials(tmp_path: Path) -> None:
    enrolled(tmp_path)
    assert load_credentials(tmp_path, "bench").node == "bench"
