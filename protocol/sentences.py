"""The shared catalogues: a `Text` (message id and arguments) becomes a sentence in the reader's language.

An argument whose value is itself an id of the catalogue (`label.person`, `towards.left`) is translated first.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

import yaml

from protocol.messages import Text

LANGUAGES = ("zh", "en")
ENGLISH = "en"
TAGS = {"zh": "zh-Hans", "en": "en"}
"""What a page's `lang` says (BCP 47): which script decides which characters a browser draws."""


def spoken(environment: Mapping[str, str], arguments: Sequence[str] = ()) -> str:
    """The language to speak: of `--language`, else of SHOUWANG_LANGUAGE, else Chinese under a Chinese locale."""
    asked = [*arguments, ""]
    named = [value for option, value in pairwise(asked) if option == "--language"]
    named += [one.removeprefix("--language=") for one in asked if one.startswith("--language=")]
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    wishes = (*reversed(named), environment.get("SHOUWANG_LANGUAGE", ""), locale)
    return next((short for wish in wishes if (short := wish[:2].lower()) in LANGUAGES), ENGLISH)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every sentence of a language by its id. Raises KeyError for a language we do not speak."""
    if language not in LANGUAGES:
        raise KeyError(f"no catalogue for language «{language}»; there are {', '.join(LANGUAGES)}")
    text = resources.files("protocol").joinpath(f"texts/{language}.yaml").read_text("utf-8")
    sentences: dict[str, str] = yaml.safe_load(text)
    return sentences


def sentence(text: Text, language: str) -> str:
    """The sentence of a message id with its arguments filled in; it begins with a capital.

    A message id or argument that this version does not know is shown as it is: an old server must still be able to
    show the alert of a newer node.
    """
    filled = phrase(text, language)
    return filled if filled.startswith(text.id) else filled[:1].upper() + filled[1:]


def phrase(text: Text, language: str) -> str:
    """The same for a cell or the middle of a line: it begins as the catalogue has it."""
    sentences = catalogue(language)
    template = sentences.get(text.id)
    if template is None:
        return " ".join([text.id, *(f"{name}={value}" for name, value in text.arguments.items())])
    arguments = {
        name: _in_sentence(sentences, value) if isinstance(value, str) else value
        for name, value in text.arguments.items()
    }
    try:
        return template.format_map(arguments)
    except (KeyError, ValueError, IndexError):
        return f"{text.id} {arguments}"


def _in_sentence(sentences: dict[str, str], value: str) -> str:
    for kind in ("label.", "class."):
        if value.startswith(kind) and value not in sentences:
            return value.removeprefix(kind)
    return sentences.get(value, value)
