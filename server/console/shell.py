"""What every page has around it: language, theme, who is signed in, the time; and how a page is rendered."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Annotated, Any, Literal, get_args

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from protocol.messages import Text
from protocol.sentences import LANGUAGES
from server.console import assets, times
from server.console.figures import bytes_text, polygon_points
from server.console.texts import catalogue, listed, noun, say
from server.db.tables.people import Role
from server.dependencies import MaybeSignedIn, Now
from server.people.person import Person
from server.sentences import preferred, sentence

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
LANGUAGE_COOKIE = "shouwang_language"
THEME_COOKIE = "shouwang_theme"


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page."""

    language: str
    """One of LANGUAGES."""
    theme: Theme
    person: Person | None
    """Who is signed in; None on the log-in page and on errors before it."""
    path: str
    """Path and query that a change of language or theme comes back to."""
    now: datetime

    @property
    def operates(self) -> bool:
        """Whether the person may judge alerts and move cases."""
        return self.person is not None and self.person.may_act_as(Role.OPERATOR)

    @property
    def administers(self) -> bool:
        """Whether the person may enrol nodes and see refused messages."""
        return self.person is not None and self.person.may_act_as(Role.ADMINISTRATOR)


def shell_of(request: Request, person: Person | None, now: datetime) -> Shell:
    """Language by the cookie, else the person's, else the browser's; theme by the cookie, else the system's.

    A page that answers a form cannot be asked for again: who renders one puts a `path` that can.
    """
    chosen = request.cookies.get(LANGUAGE_COOKIE) or (person.locale if person else None)
    language = chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language"))
    cookie = request.cookies.get(THEME_COOKIE)
    theme: Theme = next((theme for theme in THEMES if theme == cookie), "auto")
    query = request.url.query
    path = request.url.path + (f"?{query}" if query else "") if request.method == "GET" else "/"
    return Shell(language, theme, person, path, now)


def _shell(request: Request, person: MaybeSignedIn, now: Now) -> Shell:
    return shell_of(request, person, now)


InShell = Annotated[Shell, Depends(_shell)]


@cache
def environment(language: str) -> Environment:
    """Jinja2 with everything that templates call, in one language. A name that is missing is an error."""
    made = Environment(
        loader=PackageLoader("server.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    functions: dict[str, Callable[..., Any]] = {
        "t": partial(say, language),
        "noun": partial(noun, language),
        "listed": partial(listed, language),
        "sentence": partial(sentence, language=language),
        "asset": assets.address,
        "clock": times.clock,
        "exact": times.exact,
        "machine": times.machine,
        "day": partial(times.day, language=language),
        "short": partial(times.short, language=language),
        "ago": partial(times.ago, language=language),
        "span": partial(times.span, language=language),
        "bytes_text": bytes_text,
        "polygon_points": polygon_points,
        "script_texts": partial(script_texts, language),
        "has_text": catalogue(language).__contains__,
    }
    made.globals.update(functions)
    made.filters["as_text"] = Text.model_validate
    return made


@cache
def script_texts(language: str) -> Markup:
    """The sentences that scripts say, as JSON for a data attribute."""
    words = {
        name: text for name, text in catalogue(language).items() if name.startswith(("script.", "object.", "time."))
    }
    return Markup.escape(json.dumps(words, ensure_ascii=False, separators=(",", ":")))


def render(template: str, shell: Shell, page: object, status: int = 200) -> HTMLResponse:
    """A whole page or a part of one. `page` is the page's own Context."""
    html = environment(shell.language).get_template(template).render(shell=shell, page=page)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"})
