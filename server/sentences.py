"""The server's catalogue: the shared sentences and its own, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic_core import ErrorDetails

from protocol import sentences as shared
from protocol.findings import finding
from protocol.messages import Text
from protocol.sentences import LANGUAGES


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every sentence of a language by its id, the shared ones included. Raises KeyError for a language not spoken."""
    text = resources.files("server").joinpath(f"texts/{language}.yaml").read_text("utf-8")
    own: dict[str, str] = yaml.safe_load(text)
    return shared.catalogue(language) | own


def sentence(text: Text, language: str) -> str:
    """The sentence of a message id with its arguments filled in; ids and arguments not known are shown as they are."""
    sentences = catalogue(language)
    template = sentences.get(text.id)
    if template is None:
        return shared.sentence(text, language)
    arguments = {
        name: sentences.get(value, value.removeprefix("label.")) if isinstance(value, str) else value
        for name, value in text.arguments.items()
    }
    try:
        return template.format_map(arguments)
    except (KeyError, ValueError, IndexError):
        return f"{text.id} {arguments}"


@dataclass(frozen=True, slots=True)
class WrongFields:
    """What pydantic found in settings or in a request; what was written there is not told, it may be a password."""

    details: tuple[ErrorDetails, ...]

    def told(self, language: str) -> str:
        """Each field with what is wrong with it."""
        sentences = catalogue(language)
        return sentences["fields.between"].join(self._told(detail, sentences) for detail in self.details)

    @staticmethod
    def _told(detail: ErrorDetails, sentences: Mapping[str, str]) -> str:
        found = finding(detail, sentences)
        arguments = {
            name: value if isinstance(value, str) else sentences["choices.between"].join(value)
            for name, value in found.arguments.items()
        }
        field = ".".join(map(str, detail["loc"]))
        return sentences["fields.one"].format(field=field, problem=sentences[found.id].format_map(arguments))


def preferred(accept_language: str | None) -> str:
    """The best of our languages for a browser's Accept-Language; Chinese when it asks for none of them.

    >>> preferred("en-GB,en;q=0.9,zh;q=0.5")
    'en'
    """
    weighted: list[tuple[float, str]] = []
    for part in (accept_language or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        try:
            weighted.append((float(weight or 1), language))
        except ValueError:
            continue
    known = [(weight, language) for weight, language in weighted if language in LANGUAGES and weight > 0]
    return max(known, key=lambda pair: pair[0])[1] if known else LANGUAGES[0]
