"""Resident memory of the real edge process with one camera and with more, and how many cameras two cores carry."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from edge.heartbeat import FILE
from edge.uplink.credentials import Credentials
from protocol.messages import Health
from tools.bench.footage import CLIPS, YOLOX, need
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_most
from tools.demo.sources import CAMERAS
from tools.running import free_port, process

CLIP = CLIPS / "person-bicycle-car.mp4"
WIDTH, HEIGHT = 640, 360
FPS = 5.0
FILLED_S = 50
"""Until the packet rings, which hold 45 s, are full."""
BEAT_S = 2.0
CORES = 2
MOST = 8
"""Cameras whose memory is taken; the search for the load begins there."""
MORE, FEWER = 4, 2
TRIALS = 3
TRIAL_S = 10
KEPT_UP = 0.97
"""Share of the frames due that must have been analysed."""


@dataclass(frozen=True, slots=True)
class Load:
    """A node at work in its steady state: means over its last heartbeats."""

    cameras: int
    resident_mb: float
    cpu_percent: float
    analysed_per_s: float
    """Of the slowest camera."""

    @property
    def keeps_up(self) -> bool:
        """Whether no camera falls behind."""
        return self.analysed_per_s >= KEPT_UP * FPS


def bench() -> Result:
    """One camera alone, two and four side by side, eight alone; then more, while they keep up."""
    need(CLIP, YOLOX)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = [rotated(CLIP, folder / f"clip{place}.mp4", place / MOST) for place in range(MOST)]
        [one] = side_by_side(folder, clips, [1], FILLED_S)
        few = side_by_side(folder, clips, [2, 4], FILLED_S)
        [many] = side_by_side(folder, clips, [MOST], FILLED_S)
        tried = [many, *search(many, lambda count: side_by_side(folder, clips, [count], TRIAL_S)[0])]
    loads = [one, *few, many]
    slope = slope_mb(loads)
    carried = max((load.cameras for load in tried if load.keeps_up), default=0)
    figures = (
        Figure("resident memory with one camera", one.resident_mb, "MB", at_most(220)),
        Figure("each further camera", slope, "MB", at_most(25)),
        Figure(f"cameras that {CORES} cores carry", carried, "cameras"),
    )
    return Result(
        "Memory of the edge process, and how many cameras it carries",
        f"`shouwang-edge run` with YOLOX-nano 416 and cameras of {WIDTH}×{HEIGHT} (person-bicycle-car.mp4 "
        f"scaled, 12 fps, each beginning elsewhere in it, played in a loop in real time), {FPS:g} analysed fps, "
        f"default settings, one rule; on {CORES} cores, one thread of inference. Read from its own heartbeats "
        f"once the packet rings of 45 s are full; where the number is sought that {CORES} cores carry ({MORE} more "
        f"than {MOST} at a time, or {FEWER} fewer), after {TRIAL_S} s, which says nothing of memory. No server "
        "answers: alerts wait in the outbox.",
        figures,
        (table(loads, tried),),
        remarks(tried),
    )


def slope_mb(loads: Sequence[Load]) -> float:
    """Memory that a further camera takes: least squares over the numbers of cameras."""
    return float(np.polyfit([load.cameras for load in loads], [load.resident_mb for load in loads], 1)[0])


def search(first: Load, measure: Callable[[int], Load]) -> Iterator[Load]:
    """More and more cameras until they fall behind, or fewer until they do not; a few times at most."""
    step = MORE if first.keeps_up else -FEWER
    last = first
    for _ in range(TRIALS):
        count = last.cameras + step
        if count < 1 or last.keeps_up is not first.keeps_up:
            return
        last = measure(count)
        yield last


def rotated(clip: Path, path: Path, share: float) -> Path:
    """The clip scaled to a camera's second stream, beginning at a share of it and ending there.

    Without B-frames, as cameras send: each picture comes out of the decoder when its packet goes in.
    """
    with av.open(str(clip)) as source:
        rate = source.streams.video[0].average_rate or Fraction(12)
        pictures = [frame.reformat(WIDTH, HEIGHT, "yuv420p") for frame in source.decode(video=0)]
    first = int(share * len(pictures))
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "g": str(round(2 * rate)), "crf": "26", "bf": "0"}
        stream: Any = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number_, picture in enumerate([*pictures[first:], *pictures[:first]]):
            picture.pts, picture.time_base, picture.pict_type = number_, 1 / Fraction(rate), 0
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def side_by_side(folder: Path, clips: Sequence[Path], counts: Sequence[int], seconds: float) -> list[Load]:
    """Nodes with so many cameras each, at the same time; their loads after so many seconds."""
    with ExitStack() as running:
        nodes = [running.enter_context(node(Path(tempfile.mkdtemp(dir=folder)), clips, count)) for count in counts]
        time.sleep(seconds)
        beats: list[list[Health]] = [[] for _ in nodes]
        for _ in range(5):
            time.sleep(BEAT_S)
            for place, path in enumerate(nodes):
                beats[place].append(Health.model_validate_json((path / "data" / FILE).read_bytes()))
    return [load_of(count, health) for count, health in zip(counts, beats, strict=True)]


def load_of(cameras: int, beats: Sequence[Health]) -> Load:
    """The means of some heartbeats."""
    names = [camera.name for camera in beats[0].cameras]
    rates = [
        statistics.fmean(camera.analysed_per_s for health in beats for camera in health.cameras if camera.name == name)
        for name in names
    ]
    return Load(
        cameras,
        statistics.fmean(health.resident_mb for health in beats),
        statistics.fmean(health.cpu_percent for health in beats),
        min(rates),
    )


@contextmanager
def node(folder: Path, clips: Sequence[Path], count: int) -> Iterator[Path]:
    """A node's process with so many cameras, on two cores."""
    enrolled(folder / "data")
    example = yaml.safe_load((CAMERAS / "car-park.yaml").read_text("utf-8"))
    for place in range(count):
        camera = {**example, "name": f"camera-{place}", "source": str(clips[place % len(clips)]), "looping": True}
        (folder / f"camera-{place}.yaml").write_text(yaml.safe_dump(camera), "utf-8")
    about = {
        "name": "bench",
        "model": str(YOLOX),
        "health_every_s": BEAT_S,
        "cameras": [f"camera-{place}.yaml" for place in range(count)],
    }
    (folder / "node.yaml").write_text(yaml.safe_dump(about), "utf-8")
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(everywhere)[:CORES])
    try:
        with process(
            "shouwang-edge", "run", str(folder / "node.yaml"), environment=dict(os.environ), log=folder / "log"
        ):
            yield folder
    finally:
        os.sched_setaffinity(0, everywhere)


def enrolled(folder: Path) -> None:
    """Credentials of a server where nobody listens."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    port = free_port(0)
    Credentials(
        server=f"http://127.0.0.1:{port}",
        node="bench",
        mqtt_host="127.0.0.1",
        mqtt_port=port,
        mqtt_tls=False,
        mqtt_username="bench",
        mqtt_password=SecretStr("bench"),
        evidence_token=SecretStr("bench"),
        private_key=SecretStr(pem.decode()),
    ).save(folder)


def table(loads: Sequence[Load], tried: Sequence[Load]) -> Table:
    """Every number of cameras once; no memory of those tried for `TRIAL_S` alone, whose packet rings are not full."""
    measured = [(number(load.resident_mb), load) for load in loads] + [("–", load) for load in tried[1:]]
    rows = tuple(
        (str(load.cameras), resident_mb, number(load.cpu_percent), number(load.analysed_per_s))
        for resident_mb, load in measured
    )
    head = ("cameras", "resident, MB", "CPU, % of a core", "analysed fps of the slowest camera")
    return Table("Loads (two and four cameras ran at the same time)", head, rows)


def remarks(tried: Sequence[Load]) -> tuple[str, ...]:
    """Whether the search found where it ends."""
    most = max(tried, key=lambda load: load.cameras)
    if most.keeps_up:
        return (f"{most.cameras} cameras still kept up at {most.cpu_percent:.0f} % of a core: more were not tried.",)
    least = min((load for load in tried if not load.keeps_up), key=lambda load: load.cameras)
    behind = f"{least.cameras} cameras fell behind ({number(least.analysed_per_s)} of {FPS:g} fps)"
    return (
        f"{behind} at {least.cpu_percent:.0f} % of a core: one loop looks for all cameras, decoding runs beside it.",
    )
