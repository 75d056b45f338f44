"""One scenario from file to clip, truth and camera file."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from tools.footage.camera_file import camera_file
from tools.footage.choreography import Stride
from tools.footage.encode import BY_DAY, IN_THE_DARK, Encoder
from tools.footage.files import Files, fingerprint
from tools.footage.film import Film, StudioOf, in_order
from tools.footage.places import FIXTURE_ID
from tools.footage.stage import Stage
from tools.footage.truth import CameraTruth, Row, Truth, read_truth, write_truth
from tools.footage.world import DAYLIGHT


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
        files.camera.parent.mkdir(parents=True, exist_ok=True)
        # An interrupted run must not leave a truth that speaks of the old clip beside the new one.
        files.truth.unlink(missing_ok=True)
        frames: list[tuple[Row, ...]] = []
        quality = BY_DAY if scenario.light in DAYLIGHT else IN_THE_DARK
        with Encoder(files.clip, view.width, view.height, scenario.fps, quality) as encoder:
            for shot in in_order(film.shots(tell), count):
                encoder.add(shot.rgb)
                frames.append(shot.rows)
        write_camera(stage, files)
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

    def retell(self, stage: Stage, files: Files) -> None:
        """The truth anew for a clip that stays as it is: what moves as it was told, what is parked as it is seen now.

        Of the studio only depths are asked: see `outlines`.
        """
        film, kept = Film(stage, self.studio_of, self.stride), read_truth(files.truth, files.clip)
        frames = [[row for row in frame if row.id < FIXTURE_ID] for frame in kept.frames]
        for number, rows in film.rows():
            frames[number] += [row for row in rows if row.id >= FIXTURE_ID]
        occurs = {row.id for frame in frames for row in frame}
        things = [thing for thing in kept.things if thing.id < FIXTURE_ID]
        things += [thing for thing in film.things if thing.id >= FIXTURE_ID and thing.id in occurs]
        told = kept.model_copy(update={"things": tuple(things), "frames": tuple(map(tuple, frames))})
        write_truth(files.truth, told)


def camera_of(stage: Stage, files: Files) -> str:
    """The text of the camera file that belongs to a clip."""
    clip, scenario = (os.path.relpath(path, files.root) for path in (files.clip, files.scenario))
    return camera_file(stage, clip, scenario, take=files.take)


def write_camera(stage: Stage, files: Files) -> None:
    """Write it."""
    files.camera.parent.mkdir(parents=True, exist_ok=True)
    files.camera.write_text(camera_of(stage, files), "utf-8")
