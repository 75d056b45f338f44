"""The page for what went wrong: not signed in leads to the log-in, all else is told in the look of the console."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from protocol.messages import Text
from server.clock import utc_now
from server.console.pages.login import login_address
from server.console.shell import render, shell_of
from server.dependencies import context_of, maybe_signed_in
from server.errors import NotSignedIn, Problem, TooMany

TITLED = frozenset({403, 404, 409, 422, 429, 500, 503})


@dataclass(frozen=True, slots=True)
class Context:
    """One thing that went wrong."""

    status: int
    """HTTP status; has a title of its own where the catalogue has one."""
    text: Text
    """Why, in the reader's language."""

    @property
    def title(self) -> str:
        """Message id of the title."""
        return f"problem.{self.status if self.status in TITLED else 'other'}"


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks for a page or a part of one."""
    if request.url.path.startswith(("/api/", "/evidence/")):
        return False
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")


def answer(request: Request, problem: Problem) -> Response:
    """The page of a problem. htmx, which would show it in the middle of another page, is told to go to the log-in."""
    if isinstance(problem, NotSignedIn):
        back = request.url.path if request.method == "GET" else "/"
        if "hx-request" in request.headers:
            return Response(status_code=401, headers={"HX-Redirect": "/login"})
        return RedirectResponse(login_address(back), 303)
    now = utc_now()
    try:
        person = maybe_signed_in(request, context_of(request), now)
    except Exception:  # the database itself may be what went wrong; the page is shown all the same
        person = None
    template = "partials/toast.html" if "hx-request" in request.headers else "problem.html"
    shell = shell_of(request, person, now)
    shown = render(template, shell, Context(problem.status, problem.text_in(shell.language)), problem.status)
    if isinstance(problem, TooMany):
        shown.headers["Retry-After"] = str(problem.retry_after_s)
    return shown
