"""The log-in page, the end of a session, and the choice of language and theme."""

import secrets
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from protocol.sentences import LANGUAGES
from server.console.shell import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, InShell, render
from server.dependencies import (
    COOKIE,
    CsrfChecked,
    Database,
    MaybeSignedIn,
    Now,
    SameOrigin,
    ServerContext,
    address_of,
    forget,
    over_tls,
    remember,
)
from server.errors import NotAllowed
from server.people.sessions import RefusalReason, Refused, log_in, log_out
from server.people.users import set_locale

FORM_COOKIE = "shouwang_form"
YEAR_S = 365 * 86_400

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Context:
    """The log-in form."""

    form_token: str
    """The same as in the cookie of the form."""
    next: str
    """Where to go afterwards, a path of this site."""
    name: str = ""
    """What was typed, after a refusal."""
    refusal: RefusalReason | None = None
    retry_after_s: int = 0


def own_path(path: str) -> str:
    """The path if it leads nowhere but to this site, else the board."""
    fits = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if fits else "/"


@router.get("/login")
def page(request: Request, shell: InShell, context: ServerContext, next: str = "/") -> Response:
    """The form; who is signed in already goes on."""
    if shell.person is not None:
        return RedirectResponse(own_path(next), 303)
    token = secrets.token_urlsafe(24)
    answer = render("login.html", shell, Context(token, own_path(next)))
    _keep_form_token(answer, token, secure=over_tls(request, context))
    return answer


@router.post("/login", dependencies=[SameOrigin])
def submit(
    request: Request,
    shell: InShell,
    context: ServerContext,
    now: Now,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    form_token: Annotated[str, Form(max_length=100)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Opens a session, or shows the form again with what was wrong."""
    kept = request.cookies.get(FORM_COOKIE, "")
    if not kept or not secrets.compare_digest(kept.encode(), form_token.encode()):
        raise NotAllowed("error.csrf")
    result = log_in(
        context.database, context.passwords, name, password, address_of(request), now, context.settings.session_hours
    )
    if isinstance(result, Refused):
        page = Context(kept, own_path(next), name[:60], result.reason, result.retry_after_s)
        too_many = result.reason is RefusalReason.TOO_MANY
        refused = render("login.html", replace(shell, path="/login"), page, 429 if too_many else 401)
        if too_many:
            refused.headers["Retry-After"] = str(result.retry_after_s)
        return refused
    answer = RedirectResponse(own_path(next), 303)
    remember(answer, request, context, result)
    answer.delete_cookie(FORM_COOKIE, path="/login")
    return answer


@router.post("/logout", dependencies=[CsrfChecked])
def leave(request: Request, db: Database) -> Response:
    """Ends the session."""
    log_out(db, request.cookies.get(COOKIE, ""))
    db.commit()
    answer = RedirectResponse("/login", 303)
    forget(answer)
    return answer


@router.post("/preferences", dependencies=[SameOrigin])
def prefer(
    request: Request,
    db: Database,
    context: ServerContext,
    person: MaybeSignedIn,
    language: Annotated[str, Form(max_length=10)] = "",
    theme: Annotated[str, Form(max_length=10)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Keeps a choice of language or theme for a year, the language with the person too."""
    answer, secure = RedirectResponse(own_path(next), 303), over_tls(request, context)
    if language in LANGUAGES:
        _keep(answer, LANGUAGE_COOKIE, language, secure=secure)
        if person is not None:
            set_locale(db, person.name, language)
            db.commit()
    if theme in THEMES:
        _keep(answer, THEME_COOKIE, theme, secure=secure)
    return answer


def login_address(path: str) -> str:
    """The log-in page that leads back to a path."""
    return f"/login?{urlencode({'next': path})}" if path not in ("/", "") else "/login"


def _keep(answer: Response, name: str, value: str, *, secure: bool) -> None:
    answer.set_cookie(name, value, max_age=YEAR_S, path="/", samesite="lax", secure=secure, httponly=True)


def _keep_form_token(answer: HTMLResponse, token: str, *, secure: bool) -> None:
    answer.set_cookie(FORM_COOKIE, token, max_age=3600, path="/login", samesite="strict", secure=secure, httponly=True)
