"""Options that several commands have in common."""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from edge.vision.card import Licences
from protocol.sentences import LANGUAGES, spoken

FIRST_YEAR, LAST_YEAR = 1971, 2999
"""No camera has watched before, and a calendar ends somewhere."""
LONGEST_S = 585
"""A ring holds no more, see `VideoSettings.ring_seconds`."""

ModelOption = Annotated[Path | None, typer.Option(help="A model card or an ONNX file; else ours.")]
LicencesOption = Annotated[
    Licences,
    typer.Option(envvar="SHOUWANG_LICENCES", help="permissive: refuse a model of unknown or AGPL licence."),
]
EveryFrame = Annotated[bool, typer.Option(help="Analyse every frame instead of the configured rate.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads of one inference.")]


OF_SYSTEM = ""
"""The language of who has not asked for one: see `spoken`."""


def _known_language(value: str) -> str:
    if value == OF_SYSTEM:
        return spoken(os.environ)
    if value not in LANGUAGES:
        raise typer.BadParameter(f"«{value}» is not spoken here; choose from {', '.join(LANGUAGES)}")
    return value


Language = Annotated[
    str,
    typer.Option(
        help=f"Language of the sentences: {', '.join(LANGUAGES)}; else that of SHOUWANG_LANGUAGE or of the system.",
        show_default=False,
        callback=_known_language,
    ),
]


def must_have_zone(start: datetime | None) -> None:
    """Raises typer.BadParameter for a --start that may mean any hour of a day, or is near the end of the calendar."""
    if start is not None and start.tzinfo is None:
        raise typer.BadParameter("needs a zone, for example 2026-03-01T08:00:00+08:00", param_hint="--start")
    if start is not None and not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise typer.BadParameter(
            f"lies too far away; choose a year from {FIRST_YEAR} to {LAST_YEAR}", param_hint="--start"
        )


def seconds_of(text: str) -> float:
    """A length of time as people write it: 60, 60s, 2m. Raises typer.BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m)?", text.strip())
    seconds = float(found[1]) * (60 if found[2] == "m" else 1) if found else 0.0
    if not 1 <= seconds <= LONGEST_S:
        raise typer.BadParameter(
            f"«{text}» is no time from 1s to {LONGEST_S // 60}m; for example 60s", param_hint="--for"
        )
    return seconds
