"""Writing a card: only what differs from what a card has anyway, labels by the word «coco» where they are COCO's."""

from typing import Any

import yaml

from edge.vision.card import ModelCard
from edge.vision.coco import COCO_80


class _Flow(list[object]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    _Flow, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def card_text(card: ModelCard) -> str:
    """The card as YAML that `load_card` reads back to the same card."""
    fields = card.model_dump(mode="json", exclude_defaults=True)
    if card.labels == COCO_80:
        fields["labels"] = "coco"
    # How a picture is fitted decides whether boxes are right, so it stands there even where it is the default.
    fields["input"] = card.input.model_dump(mode="json", exclude_defaults=True) | {
        "colour": card.input.colour,
        "fit": card.input.fit.value,
    }
    return yaml.dump(_flowing(fields), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def _flowing(part: Any) -> Any:  # noqa: ANN401 - YAML's values
    if isinstance(part, dict):
        return {key: _flowing(value) for key, value in part.items()}
    if isinstance(part, list) and not any(isinstance(item, dict | list) for item in part):
        return _Flow(part)
    return [_flowing(item) for item in part] if isinstance(part, list) else part
