import json
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from protocol.messages import Alert, encode
from protocol.topics import CHANNELS
from tests.conftest import REPOSITORY
from tests.protocol.example import ALERT
from tools.generate import generated


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_generated_documents_have_not_drifted(path: Path) -> None:
    assert generated()[path] == path.read_text("utf-8"), "run `make generate` and commit what it writes"


def test_the_asyncapi_document_names_every_channel_and_resolves_every_reference() -> None:
    document = yaml.safe_load((REPOSITORY / "protocol/asyncapi.yaml").read_text("utf-8"))
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == {str(channel) for channel in CHANNELS}
    for reference in _references(document):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_an_encoded_alert_has_every_field_that_the_schema_requires() -> None:
    schema = TypeAdapter(Alert).json_schema(mode="validation")
    assert set(schema["required"]) <= json.loads(encode(ALERT)).keys()


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [reference for value in part.values() for reference in _references(value)]
    if isinstance(part, list):
        return [reference for value in part for reference in _references(value)]
    return []
