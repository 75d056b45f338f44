"""What handlers ask FastAPI for: the database, the person who is signed in, and the checks of his rights."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request, Response
from sqlalchemy.orm import Session

from server.clock import utc_now
from server.context import Context
from server.db.tables.people import Role
from server.errors import NotAllowed, NotSignedIn
from server.people.person import Person
from server.people.sessions import LoggedIn, person_of

COOKIE = "shouwang_session"
LineId = Annotated[int, Query(ge=1, lt=2**63)]
"""Of a line of a case's history; larger numbers no database takes."""
LONGEST_ADDRESS = 60
"""That attempts are counted by."""
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def context_of(request: Request) -> Context:
    """The server's parts."""
    context: Context = request.app.state.context
    return context


ServerContext = Annotated[Context, Depends(context_of)]


def transaction(request: Request, context: ServerContext) -> Iterator[Session]:
    """One transaction per request. A handler that changes something commits visibly; all else is rolled back.

    It is held until the response is sent: endless streams must not ask for it.
    """
    opened = context.database.reading() if request.method in READING_METHODS else context.database.writing()
    with opened as session:
        yield session


Database = Annotated[Session, Depends(transaction)]


def current_time() -> datetime:
    """The request's time."""
    return utc_now()


Now = Annotated[datetime, Depends(current_time)]


def maybe_signed_in(request: Request, context: ServerContext, now: Now) -> Person | None:
    """Who is signed in, if anybody. Takes its own short transaction, so that streams may ask for it."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    with context.database.reading() as session:
        return person_of(session, token, now)


MaybeSignedIn = Annotated[Person | None, Depends(maybe_signed_in)]


def signed_in(person: MaybeSignedIn) -> Person:
    """Who is signed in. Raises NotSignedIn, which sends a browser to the log-in page and tells the API 401."""
    if person is None:
        raise NotSignedIn("error.not_signed_in")
    return person


SignedIn = Annotated[Person, Depends(signed_in)]


def require(role: Role) -> Callable[[Person], Person]:
    """A dependency: the person who is signed in, whose role includes `role`; NotAllowed otherwise."""

    def required(person: SignedIn) -> Person:
        if not person.may_act_as(role):
            raise NotAllowed("error.role", role=f"role.{role}")
        return person

    return required


Operator = Annotated[Person, Depends(require(Role.OPERATOR))]
Administrator = Annotated[Person, Depends(require(Role.ADMINISTRATOR))]


async def csrf_checked(request: Request, person: SignedIn) -> None:
    """Raises NotAllowed unless header X-CSRF-Token or form field csrf_token holds the session's token."""
    token: object = request.headers.get("x-csrf-token")
    if token is None and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        token = (await request.form()).get("csrf_token")
    if not isinstance(token, str) or not secrets.compare_digest(token.encode(), person.csrf_token.encode()):
        raise NotAllowed("error.csrf")


CsrfChecked = Depends(csrf_checked)


def same_origin(request: Request, context: ServerContext) -> None:
    """For forms before any session, the log-in: raises NotAllowed when a browser says the form is another site's."""
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {urlsplit(context.settings.address).netloc, request.headers.get("host", "")}
    if _host_of(origin) not in ours:
        raise NotAllowed("error.csrf")


SameOrigin = Depends(same_origin)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no browser says so
        return None


def address_of(request: Request) -> str:
    """The caller's address; behind a trusted proxy uvicorn has already put here what is forwarded, whatever it is."""
    return request.client.host[:LONGEST_ADDRESS] if request.client else "unknown"


def over_tls(request: Request, context: Context) -> bool:
    """Whether a browser reaches us by https, as settings or a trusted proxy say: its cookies go by nothing else."""
    return context.settings.address.startswith("https://") or request.url.scheme == "https"


def remember(response: Response, request: Request, context: Context, logged_in: LoggedIn) -> None:
    """Put the session's cookie on a response."""
    response.set_cookie(
        COOKIE,
        logged_in.token,
        max_age=int(context.settings.session_hours * 3600),
        path="/",
        httponly=True,
        samesite="lax",
        secure=over_tls(request, context),
    )


def forget(response: Response) -> None:
    """Take the session's cookie away."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
