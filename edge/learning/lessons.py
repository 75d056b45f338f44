"""Lessons on disk: one readable YAML file a camera, which people may look into, mend and remove."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from edge.complaints import complaint
from edge.documents import ConfigError, plain_sentence
from edge.files import kept_whole
from edge.learning.exceptions import Lessons

FOLDER = "learnt"
"""In the data folder of a node."""
HEAD = (
    "# What verdicts have taught this camera's rules. To take an exception back, remove it here or say\n"
    "# shouwang-edge lessons remove; a node that runs follows within a second.\n"
)
LOCK = ".lessons.lock"


class LessonsFile(BaseModel):
    """All lessons of one camera, by the names of its rules."""

    model_config = ConfigDict(extra="forbid")

    camera: str
    rules: dict[str, Lessons] = {}


def lessons_file(folder: Path, camera: str) -> Path:
    """Where a camera's lessons are kept."""
    return folder / f"{camera}.lessons.yaml"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While the block lasts no other process changes lessons in the folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def load_lessons(path: Path, camera: str) -> Mapping[str, Lessons]:
    """Lessons by the rules' names. Raises ConfigError for a file that is broken or another camera's."""
    if not path.is_file():
        return {}
    try:
        found = LessonsFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or complaint("lessons.file")
        raise ConfigError(complaint("lessons.unfit", path=path, place=place, problem=plain_sentence(first))) from None
    except (OSError, yaml.YAMLError, ValueError) as error:  # no text, no YAML, and dates that no calendar has
        raise ConfigError(complaint("lessons.unreadable", path=path, why=str(error))) from None
    if found.camera != camera:
        raise ConfigError(complaint("lessons.of_another", path=path, whose=found.camera, camera=camera))
    return found.rules


def save_lessons(path: Path, camera: str, rules: Mapping[str, Lessons]) -> None:
    """Write those of rules that have learnt something, all or nothing. Raises OSError."""
    taught = {name: lessons for name, lessons in rules.items() if lessons.taught}
    document = LessonsFile(camera=camera, rules=taught).model_dump(mode="json", exclude_none=True)
    text = HEAD + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
    with kept_whole(path) as file:
        file.write(text.encode())
