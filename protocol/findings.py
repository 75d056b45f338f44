"""What pydantic finds wrong with a field that somebody has written, in our words: an id of the shared catalogues."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

NO_NAME = "string_pattern_mismatch"
SAY_ENOUGH = frozenset({"missing", "extra_forbidden", "too_short", NO_NAME})
"""Of the findings, those that need not show once more what was found."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: its sentence, and whether it helps to show what was written."""

    id: str
    arguments: Mapping[str, str | Sequence[str]]
    shows: bool


def finding(detail: ErrorDetails, known: Container[str]) -> Finding:
    """A finding of pydantic's; one that is not among the `known` ids keeps pydantic's words."""
    context, value, kind = detail.get("ctx", {}), detail.get("input"), detail["type"]
    id_ = f"field.{kind}"
    message = f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return Finding(
        id_ if id_ in known else "field.other",
        {"message": message, **_details(context, value if kind == NO_NAME else None)},
        kind not in SAY_ENOUGH and not isinstance(value, dict | list),
    )


def _details(context: Mapping[str, Any], value: object) -> dict[str, str | Sequence[str]]:
    """What pydantic says beside its sentence, as the templates name it."""
    found: dict[str, str | Sequence[str]] = {name: _as_written(limit) for name, limit in context.items()}
    limit = context.get("min_length", context.get("max_length"))
    found |= {"expected_plural": "" if limit == 1 else "s", "value": str(value)}
    if "field_type" in context:
        found["field_type"] = str(context["field_type"]).lower()
    if "expected" in context:
        found["choices"] = re.split(r", | or ", str(context["expected"]))
    return found


def _as_written(limit: object) -> str:
    """A limit as people write it: 1, not 1.0."""
    return f"{limit:.0f}" if isinstance(limit, float) and limit.is_integer() else str(limit)
