"""`--set rule.field=value,value`: which rule, which field, which values; refused where stored scenes cannot answer."""

import difflib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from edge.complaints import ComplaintError, as_complaint, complaint
from edge.config import CameraConfig, classes_of
from edge.documents import plain_sentence
from edge.rules.base import Rule, RuleSettings
from edge.rules.engine import RuleEngine
from edge.rules.errors import RuleError

MOST_SETTINGS = 1000
SEEING = ("gate", "tracker", "video", "masks")
"""Parts of a camera file that decide what was seen, not what was made of it."""


PLACES = ("zone", "line")
"""Fields that say where a rule looks."""


class DialError(ComplaintError):
    """A --set that cannot be tried; the text says why, and what there is."""


@dataclass(frozen=True, slots=True)
class Dial:
    """One field of one rule, and the values to try. `rule`: its number in the camera file, from 0."""

    rule: int
    name: str
    field: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings to try together: (rule number, field, value) of each dial."""

    turned: tuple[tuple[int, str, Any], ...]

    def __hash__(self) -> int:
        """By what is written: values may be lists, which have no hash."""
        return hash(str(self.turned))

    def of(self, rule: int) -> dict[str, Any]:
        """The fields of one rule that are other than stored."""
        return {field: value for number, field, value in self.turned if number == rule}


def parse_dial(text: str, camera: CameraConfig) -> Dial:
    """Read a --set. Raises DialError."""
    left, equals, right = text.partition("=")
    name, dot, field = left.strip().rpartition(".")
    if not equals or not dot or not name or not field:
        raise DialError(complaint("whatif.no_setting", text=text))
    if name in SEEING and all(name not in (rule.name, rule.kind) for rule in camera.build_rules()):
        raise DialError(complaint("whatif.seeing", text=text, name=name))
    rule = find_rule(name, camera, f"--set {text}")
    settings = camera.rules[rule]
    if field not in type(settings).model_fields or field == "kind":
        known = [known for known in type(settings).model_fields if known != "kind"]
        found = {"text": text, "rule": name, "kind": settings.kind, "field": field, "known": known}
        near = difflib.get_close_matches(field, known, 1)
        raise DialError(
            complaint("whatif.no_field_near", **found, near=near[0]) if near else complaint("whatif.no_field", **found)
        )
    return Dial(rule, _label(rule, camera), field, tuple(_values(right, text)))


def find_rule(name: str, camera: CameraConfig, where: str) -> int:
    """The number of a rule by its name, its kind, or its number from 1. Raises DialError that names those there are."""
    rules = camera.build_rules()
    if name.isdigit() and 1 <= int(name) <= len(rules):
        return int(name) - 1
    called = [number for number, rule in enumerate(rules) if name == rule.name]
    called = called or [number for number, rule in enumerate(rules) if name == rule.kind]
    if len(called) == 1:
        return called[0]
    there = [complaint("whatif.rule", number=n, name=rule.name, kind=rule.kind) for n, rule in enumerate(rules, 1)]
    problem = "whatif.several_rules" if called else "whatif.no_rule"
    raise DialError(
        complaint(problem, where=where, name=name, camera=camera.name, there=there or complaint("whatif.no_rules"))
    )


def _label(number: int, camera: CameraConfig) -> str:
    """A rule's name as people know it, with its number where two have the same."""
    names = [rule.name for rule in camera.build_rules()]
    return names[number] if names.count(names[number]) == 1 else f"{names[number]} ({number + 1})"


def _values(text: str, whole: str) -> list[Any]:
    """As in a camera file: numbers, words, [lists]; commas stand between values."""
    try:
        values = yaml.safe_load(f"[{text}]")
    except yaml.YAMLError:
        values = None
    if not values:
        raise DialError(complaint("whatif.no_values", text=whole))
    return list(values)


def grid(dials: Sequence[Dial]) -> list[Setting]:
    """Every combination of the dials' values, the last dial turning fastest.

    Raises DialError if there are too many, or two dials turn the same field.
    """
    fields = [(dial.rule, dial.field) for dial in dials]
    twice = next((dial for dial in dials if fields.count((dial.rule, dial.field)) > 1), None)
    if twice is not None:
        raise DialError(complaint("whatif.set_twice", what=f"{twice.name}.{twice.field}"))
    count = 1
    for dial in dials:
        count *= len(dial.values)
    if count > MOST_SETTINGS:
        raise DialError(complaint("whatif.too_many", count=count, most=MOST_SETTINGS))
    choices = [[(dial.rule, dial.field, value) for value in dial.values] for dial in dials]
    return [Setting(turned) for turned in itertools.product(*choices)]


def turned(camera: CameraConfig, setting: Setting) -> CameraConfig:
    """The camera with a setting. Raises DialError for a value out of range and for what stored scenes cannot answer."""
    rules = tuple(turned_rule(camera, number, setting) for number in range(len(camera.rules)))
    other = camera.model_copy(update={"rules": rules})
    what = [f"{_label(rule, camera)}.{field}={value}" for rule, field, value in setting.turned]
    try:
        built = other.build_rules()
    except RuleError as error:
        raise DialError(complaint("whatif.unfit", what=what, problem=as_complaint(error))) from None
    if any(field in PLACES for _, field, _ in setting.turned):
        raise DialError(complaint("whatif.other_place", what=what))
    _check_seen_alike(camera, other, built, what)
    return other


def turned_rule(camera: CameraConfig, number: int, setting: Setting) -> RuleSettings:
    """One rule of the camera with what of a setting is its own. Raises DialError for a value out of range."""
    settings: RuleSettings = camera.rules[number]
    changes = setting.of(number)
    if not changes:
        return settings
    try:
        return type(settings).model_validate({**settings.model_dump(by_alias=True), **changes})
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        field = ".".join(map(str, detail["loc"])) or ", ".join(changes)
        what = f"{_label(number, camera)}.{field}"
        raise DialError(complaint("whatif.unfit", what=what, problem=plain_sentence(detail))) from None


def _check_seen_alike(camera: CameraConfig, other: CameraConfig, built: Sequence[Rule[Any]], what: list[str]) -> None:
    """Stored scenes answer only what would have been seen alike: same places, same classes, same senses."""
    old, new = RuleEngine(camera.build_rules()), RuleEngine(built)
    if _regions(old) != _regions(new):
        raise DialError(complaint("whatif.other_gate", what=what))
    if classes_of([camera]) != classes_of([other]):
        raise DialError(complaint("whatif.other_classes", what=what))
    senses = [sense for rule in old.rules for sense in rule.senses]
    if any(sense not in senses for rule in new.rules for sense in rule.senses):
        raise DialError(complaint("whatif.other_senses", what=what))


def _regions(engine: RuleEngine) -> frozenset[tuple[tuple[float, float], ...]] | None:
    return None if engine.regions is None else frozenset(tuple(region) for region in engine.regions)
