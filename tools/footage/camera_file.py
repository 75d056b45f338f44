"""The camera file that belongs to a clip: its zones and lines as the picture shows them, its rules."""

from typing import Any

import yaml

from tools.footage.stage import Stage
from tools.footage.takes import FIRST, SECOND

HEAD = "# Made by `make footage` from {scenario}; do not edit.\n"
MEASURING = frozenset({"running", "wrong_way", "blocked_passage", "loitering"})
"""Kinds whose rules measure in metres where they can: their camera file says how the picture lies on the ground."""
SUFFIXES = {FIRST: "", SECOND: "-second"}
"""What a take's camera is called after its scenario's name."""
PLACES = 4
"""Decimals of a picture point: a fifteenth of a pixel."""


def camera_file(stage: Stage, clip: str, made_from: str, *, take: int = FIRST) -> str:
    """The YAML text. `clip`: where its video is, from the repository's root; `made_from`: where its scenario is."""
    scenario = stage.scenario
    document: dict[str, Any] = {
        "name": camera_name(stage.name, take),
        "title": scenario.title,
        "source": clip,
        "timezone": "Asia/Shanghai",
    }
    if scenario.zones:
        document["zones"] = [
            {"name": name, "polygon": [_point(point) for point in stage.zone_in_picture(name)]}
            for name in scenario.zones
        ]
    lines = {name: ends for name in scenario.lines if (ends := stage.line_in_picture(name)) is not None}
    if lines:
        document["lines"] = [
            {"name": name, "start": _point(start), "end": _point(end)} for name, (start, end) in lines.items()
        ]
    if any(rule.get("kind") in MEASURING for rule in scenario.rules) and (ground := stage.ground_in_picture()):
        document["ground"] = [[*_point((x, y)), round(east, 2), round(north, 2)] for x, y, east, north in ground]
    if scenario.rules:
        document["rules"] = list(scenario.rules)
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)
    return HEAD.format(scenario=made_from) + text


def camera_name(scenario: str, take: int) -> str:
    """What the camera of a take is called."""
    return scenario + SUFFIXES.get(take, f"-take-{take}")


def _point(point: tuple[float, float]) -> list[float]:
    return [round(point[0], PLACES), round(point[1], PLACES)]
