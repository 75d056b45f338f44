"""The console's catalogue: the server's sentences and those of the pages, in each language."""

from collections.abc import Iterable
from functools import cache
from importlib import resources

import yaml

from protocol.messages import Text
from server import sentences


@cache
def own_catalogue(language: str) -> dict[str, str]:
    """The sentences of the pages alone, by id."""
    text = resources.files("server.console").joinpath(f"texts/{language}.yaml").read_text("utf-8")
    own: dict[str, str] = yaml.safe_load(text)
    return own


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every sentence a page may say. Raises KeyError for a language not spoken."""
    return sentences.catalogue(language) | own_catalogue(language)


def say(language: str, message_id: str, **arguments: object) -> str:
    """A sentence of a page with its arguments filled in. Raises KeyError for an id or argument that is missing."""
    template = catalogue(language)[message_id]
    return template.format_map(arguments) if arguments else template


def listed(language: str, texts: Iterable[Text]) -> str:
    """Parts of a sentence, one after the other."""
    return say(language, "list.comma").join(sentences.sentence(text, language) for text in texts)


def noun(language: str, label: str) -> str:
    """What a detector's label is called on a page, without article; a label not known stands as it is."""
    return catalogue(language).get(f"object.{label}", label)
