"""Options that several commands have in common."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from edge.vision.card import Licences

ModelOption = Annotated[Path | None, typer.Option(help="A model card or an ONNX file; else ours.")]
LicencesOption = Annotated[
    Licences,
    typer.Option(envvar="SHOUWANG_LICENCES", help="permissive: refuse a model of unknown or AGPL licence."),
]
EveryFrame = Annotated[bool, typer.Option(help="Analyse every frame instead of the configured rate.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads of one inference.")]


def must_have_zone(start: datetime | None) -> None:
    """Raises typer.BadParameter for a --start that may mean any hour of a day."""
    if start is not None and start.tzinfo is None:
        raise typer.BadParameter("needs a zone, for example 2026-03-01T08:00:00+08:00", param_hint="--start")
