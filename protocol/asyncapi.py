"""The AsyncAPI 3 document of the protocol, made from its topics and messages."""

from typing import Any

from pydantic.json_schema import models_json_schema

from protocol import PROTOCOL_VERSION
from protocol.topics import CHANNELS, ROOT, Channel


def document() -> dict[str, Any]:
    """The whole document; `protocol/asyncapi.yaml` holds it."""
    models = [facts.message for facts in CHANNELS.values()]
    _, schemas = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Shouwang between edge and server",
            "version": str(PROTOCOL_VERSION),
            "description": (
                "QoS 1, JSON in UTF-8. At least once on the wire, exactly once in effect: a node repeats an alert's "
                "revision until its receipt has come, the server keeps the highest revision of an id."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {str(channel): _channel(channel) for channel in CHANNELS},
        "operations": {f"{channel}": _operation(channel) for channel in CHANNELS},
        "components": {
            "messages": {
                facts.message.__name__: {
                    "name": facts.message.__name__,
                    "summary": facts.about,
                    "payload": {"$ref": f"#/components/schemas/{facts.message.__name__}"},
                }
                for facts in CHANNELS.values()
            },
            "schemas": schemas["$defs"],
        },
    }


def _channel(channel: Channel) -> dict[str, Any]:
    facts = CHANNELS[channel]
    name = facts.message.__name__
    return {
        "address": f"{ROOT}/{{node}}/{channel}",
        "description": facts.about,
        "parameters": {"node": {"description": "Name of the node; it may use no other."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"mqtt": {"bindingVersion": "0.2.0"}},
    }


def _operation(channel: Channel) -> dict[str, Any]:
    """Seen from the node."""
    facts = CHANNELS[channel]
    return {
        "action": "send" if facts.from_node else "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": facts.about,
        "bindings": {"mqtt": {"qos": 1, "retain": facts.retained, "bindingVersion": "0.2.0"}},
    }
