"""One scenario from file to clip, truth and camera file."""

from collections.abc import Callable
from dataclasses import dataclass

from tools.footage.camera_file import write_camera_file
from tools.footage.choreography import Stride
from tools.footage.encode import Encoder
from tools.footage.files import Files, fingerprint
from tools.footage.film import Film, StudioOf, in_order
from tools.footage.stage import Stage
from tools.footage.truth import CameraTruth, Row, Truth, write_truth


@dataclass(frozen=True, slots=True)
class Production:
    """What draws and how long strides are; `produce` makes the files of one stage, the truth last."""

    studio_of: StudioOf
    stride: Stride

    def produce(self, stage: Stage, files: Files, tell: Callable[[], None] = lambda: None) -> None:
        """`tell` is called after each picture that is drawn."""
        film, scenario = Film(stage, self.studio_of, self.stride), stage.scenario
        view, count = stage.view, scenario.frames
        files.clip.parent.mkdir(parents=True, exist_ok=True)
        # An interrupted run must not leave a truth that speaks of the old clip beside the new one.
        files.truth.unlink(missing_ok=True)
        frames: list[tuple[Row, ...]] = []
        with Encoder(files.clip, view.width, view.height, scenario.fps) as encoder:
            for shot in in_order(film.shots(tell), count):
                encoder.add(shot.rgb)
                frames.append(shot.rows)
        write_camera_file(stage, files)
        occurs = {row.id for frame in frames for row in frame}
        truth = Truth(
            clip=files.clip.name,
            made_from=fingerprint(stage),
            place=scenario.place,
            light=scenario.light,
            camera=CameraTruth(position=view.position, target=view.target, fov_deg=view.fov_deg),
            width=view.width,
            height=view.height,
            fps=scenario.fps,
            things=tuple(t for t in film.things if t.id in occurs or any(t.id in e.of for e in film.events)),
            events=film.events,
            frames=tuple(frames),
        )
        write_truth(files.truth, truth)
