"""`make footage`: renders the scenarios of footage/ whose clips are missing or were made from something else."""

import time
from functools import partial
from pathlib import Path
from typing import Annotated

import cv2
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from edge.documents import ConfigError
from tools.footage.camera_file import camera_name
from tools.footage.checking import load
from tools.footage.files import ROOT, Files, all_names, fingerprint
from tools.footage.film import Film, contact_sheet
from tools.footage.outlines import Outlines
from tools.footage.places import PLACES
from tools.footage.production import Production, camera_of, write_camera
from tools.footage.stage import Stage
from tools.footage.takes import FIRST
from tools.footage.truth import read_truth

out = Console()
BAD_INPUT = 3
SHEET = 12


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Scenarios; none: all of footage/.")] = None,
    take: Annotated[
        int,
        typer.Option(min=FIRST, help="2: the second set, into footage/second/; more: by chance, into out/footage/."),
    ] = FIRST,
    check: Annotated[bool, typer.Option(help="Only check files and truths, and say what is out of date.")] = False,
    again: Annotated[bool, typer.Option(help="Render even what is up to date.")] = False,
    sheet: Annotated[bool, typer.Option(help="Only a sheet of a dozen pictures each, into out/footage/.")] = False,
    truth: Annotated[bool, typer.Option(help="Only what truths say of parked things, anew; clips stay.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from", exists=True, file_okay=False, help="Scenarios of this folder instead, into out/footage/NAME/."
        ),
    ] = None,
) -> None:
    """Render what changed. May be interrupted: what is drawn already is not drawn again."""
    folder = folder.resolve() if folder else None
    wanted = [Files(ROOT, name, take, folder) for name in names or all_names(folder or ROOT / "footage")]
    stages = loaded(wanted)
    again = again or sheet
    due = [files for files in wanted if again or files.made_from() != fingerprint(stages[files.name])]
    if check:
        raise typer.Exit(checked(wanted, due, stages))
    if truth:
        retell([files for files in wanted if files not in due], stages)
        return
    for files in wanted:
        if files not in due and not camera_fits(stages[files.name], files):
            write_camera(stages[files.name], files)
    if not due:
        out.print(f"all {len(wanted)} clips are up to date")
        return
    # Blender comes only with the environment of `make footage`; everything above works without it.
    from tools.footage.motion import stride_m  # noqa: PLC0415
    from tools.footage.render import Studio  # noqa: PLC0415

    if sheet:
        for files in due:
            out.print(str(write_sheet(Film(stages[files.name], Studio, stride_m), files)), highlight=False)
        return
    production = Production(Studio, stride_m)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=out) as progress:
        total = progress.add_task("all", total=sum(stages[files.name].scenario.frames for files in due))
        for files in due:
            render(production, stages[files.name], files, progress, total)


def camera_fits(stage: Stage, files: Files) -> bool:
    """Whether a camera file is what its scenario makes of it: rules may change while the clip stays."""
    return files.camera.is_file() and files.camera.read_text("utf-8") == camera_of(stage, files)


def retell(wanted: list[Files], stages: dict[str, Stage]) -> None:
    """Truths anew, of clips that are up to date."""
    from tools.footage.motion import stride_m  # noqa: PLC0415 - as in `main`
    from tools.footage.render import Studio  # noqa: PLC0415

    for files in wanted:
        Production(partial(Outlines, Studio), stride_m).retell(stages[files.name], files)
        out.print(str(files.truth.relative_to(ROOT)), highlight=False)


def render(production: Production, stage: Stage, files: Files, progress: Progress, total: TaskID) -> None:
    """One scenario, with a bar of its own while it is drawn."""
    began_s = time.monotonic()
    task = progress.add_task(files.name, total=stage.scenario.frames)

    def tell() -> None:
        progress.advance(task)
        progress.advance(total)

    production.produce(stage, files, tell)
    progress.remove_task(task)
    kilobytes, took_s = files.clip.stat().st_size / 1000, time.monotonic() - began_s
    progress.print(f"{files.clip.relative_to(ROOT)}: {kilobytes:.0f} kB, {took_s:.0f} s", highlight=False)


def write_sheet(film: Film, files: Files) -> Path:
    """A dozen pictures of a scene side by side, to look at before all are drawn."""
    shots = list(film.shots(every=max(1, film.stage.scenario.frames // SHEET)))
    shots.sort(key=lambda shot: shot.number)
    of = f"{files.folder.name}-" if files.folder else ""
    path = ROOT / "out" / "footage" / f"{of}{camera_name(files.name, files.take)}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = contact_sheet([shot.rgb for shot in shots][:SHEET], columns=3)
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return path


def loaded(wanted: list[Files]) -> dict[str, Stage]:
    """All scenarios; ends the program with every mistake in any of them."""
    stages: dict[str, Stage] = {}
    problems: list[str] = []
    for files in wanted:
        try:
            stages[files.name] = load(files.scenario, PLACES, files.take)
        except ConfigError as error:
            problems += str(error).splitlines()
    if problems:
        out.print("\n".join(problems), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT)
    return stages


def checked(wanted: list[Files], due: list[Files], stages: dict[str, Stage]) -> int:
    """Says what is out of date and which truths do not fit; the exit status."""
    status = 0
    for files in wanted:
        try:
            if files in due or not camera_fits(stages[files.name], files):
                out.print(f"{files.clip.relative_to(ROOT)}: is out of date; make footage", markup=False)
                status = 1
            else:
                read_truth(files.truth, files.clip)
        except ConfigError as error:
            out.print(str(error), style="red", markup=False, soft_wrap=True)
            status = BAD_INPUT
    if not status:
        out.print(f"{len(wanted)} clips are up to date and their truths fit")
    return status


if __name__ == "__main__":
    typer.run(main)
