"""Lessons on disk: one readable YAML file a camera, which people may look into, mend and remove."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from edge.documents import ConfigError
from edge.learning.exceptions import Lessons

HEAD = "# What verdicts have taught this camera's rules. Remove an exception, or this file, to take it back.\n"


class LessonsFile(BaseModel):
    """All lessons of one camera, by the names of its rules."""

    model_config = ConfigDict(extra="forbid")

    camera: str
    rules: dict[str, Lessons] = {}


def lessons_file(folder: Path, camera: str) -> Path:
    """Where a camera's lessons are kept."""
    return folder / f"{camera}.lessons.yaml"


def load_lessons(path: Path, camera: str) -> Mapping[str, Lessons]:
    """Lessons by the rules' names. Raises ConfigError for a file that is broken or another camera's."""
    if not path.is_file():
        return {}
    try:
        found = LessonsFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError([f"{path}: cannot be read ({error}); mend or remove it"]) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise ConfigError([f"{path} {place}: {first['msg']}; mend or remove it"]) from None
    if found.camera != camera:
        raise ConfigError([f"{path}: is of camera «{found.camera}», not of «{camera}»; remove it or put it back"])
    return found.rules


def save_lessons(path: Path, camera: str, rules: Mapping[str, Lessons]) -> None:
    """Write them, all or nothing. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = LessonsFile(camera=camera, rules=dict(rules)).model_dump(mode="json", exclude_none=True)
    part = path.with_suffix(".part")
    part.write_text(HEAD + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120), "utf-8")
    part.replace(path)
