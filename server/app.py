"""The application: builds the server's parts, starts and stops them, and hangs the routes on. Nothing else."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from types import TracebackType

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException

from server import __version__, console
from server.api import alerts, cases, evidence, monitoring, nodes, snoozes
from server.api.problems import problem_response
from server.bodies import MOST_BYTES, TOO_LARGE, SmallBodies
from server.broker.embedded import EmbeddedBroker
from server.broker.gate import SERVER, Gate
from server.broker.mosquitto import PasswordFile
from server.clock import utc_now
from server.console.headers import HEADERS
from server.console.pages import problem as problem_page
from server.context import Context
from server.db.engine import Database
from server.db.migration import upgrade
from server.errors import Away, NotFound, Problem, TooLarge, Unacceptable, Unreachable
from server.evidence.opening import open_store
from server.evidence.uploads import Uploads
from server.ingest.board import Board
from server.ingest.listener import Account, Listener, account_of
from server.metrics import Metrics
from server.people.passwords import Passwords
from server.sentences import WrongFields
from server.settings import EVERY_ADDRESS, Settings

MOST_TOLD = 5
"""Of a request's wrong fields."""
log = structlog.get_logger()


class Server:
    """The parts of one server process, wired. Building opens files and the object store; `start` opens ports."""

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigurationError or Unreachable."""
        self._settings = settings
        self._database = Database(settings.database)
        self._gate = Gate(self._database)
        board, metrics, store = Board(), Metrics(), open_store(settings)
        uploads = Uploads(
            settings.evidence_folder / "unfinished",
            store,
            settings.evidence.max_bytes,
            settings.evidence.least_free_bytes,
        )
        self._listener = Listener(settings, self._account(), self._database, board, metrics)
        self.context = Context(settings, self._database, store, uploads, board, metrics, Passwords(), self._listener)
        self._running = ExitStack()

    def __enter__(self) -> "Server":
        """Start; what was started before something failed is stopped again."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Bring the tables up to date, then broker, then listener. Raises ConfigurationError or Unreachable."""
        upgrade(self._database)
        self.context.uploads.forget_abandoned(utc_now())
        self._running.callback(self._database.close)
        mqtt = self._settings.mqtt
        if mqtt.broker == "embedded":
            broker = EmbeddedBroker(mqtt, self._gate)
            broker.start()
            self._running.callback(broker.stop)
        elif mqtt.password_file is not None:
            accounts = PasswordFile(mqtt.password_file, self._gate)
            accounts.start()
            self._running.callback(accounts.stop)
        self._listener.start()
        self._running.callback(self._listener.stop)
        log.info("server runs", address=self._settings.address, version=__version__)

    def stop(self) -> None:
        """Stop in the opposite order."""
        self.context.board.close()
        self._running.close()

    def _account(self) -> Account:
        mqtt = self._settings.mqtt
        if mqtt.broker == "external":
            return account_of(mqtt)
        host = EVERY_ADDRESS.get(mqtt.host, mqtt.host)
        return Account(host, mqtt.port, SERVER, self._gate.server_password, version_5=False)


def create_app(settings: Settings) -> FastAPI:
    """The whole server as an ASGI application that starts and stops its parts itself.

    Raises ConfigurationError or Unreachable.
    """
    server = Server(settings)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(server.__enter__)
        try:
            yield
        finally:
            await run_in_threadpool(server.stop)

    return application(server.context, running)


def application(
    context: Context, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None
) -> FastAPI:
    """Routes and error handlers around parts that somebody else starts and stops."""
    app = FastAPI(
        title="Shouwang",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.context = context
    for router in (alerts.router, snoozes.router, cases.router, nodes.router, evidence.router, monitoring.router):
        app.include_router(router)
    app.add_middleware(SmallBodies, streamed=evidence.is_upload)
    console.include(app)
    _add_error_handlers(app)
    return app


def _add_error_handlers(app: FastAPI) -> None:
    """Every failure leaves as a Problem: as a page for people, as JSON for programs."""

    def answer(request: Request, problem: Problem) -> Response:
        if problem_page.wants_page(request):
            return problem_page.answer(request, problem)
        return problem_response(request, problem)

    @app.exception_handler(Problem)
    def on_problem(request: Request, problem: Problem) -> Response:
        return answer(request, problem)

    @app.exception_handler(RequestValidationError)
    def on_invalid(request: Request, error: RequestValidationError) -> Response:
        details = (detail | {"loc": detail["loc"][1:] or detail["loc"]} for detail in error.errors()[:MOST_TOLD])
        return answer(request, Unacceptable("error.invalid", WrongFields(tuple(details))))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return answer(request, NotFound("error.not_found"))
        if error.status_code == TOO_LARGE:
            return answer(request, TooLarge("error.too_large", most_bytes=MOST_BYTES))
        return await http_exception_handler(request, error)

    @app.exception_handler(Exception)  # shown; then raised again, so that the log has it
    def on_fault(request: Request, error: Exception) -> Response:
        shown = answer(request, Problem("error.fault"))
        shown.headers.update(HEADERS)  # this answer is made outside of the application's own middleware
        return shown

    @app.exception_handler(DataError)
    def on_unstorable(request: Request, error: DataError) -> Response:
        return answer(request, Unacceptable("error.unstorable"))

    @app.exception_handler(NoConnectionFree)
    @app.exception_handler(OperationalError)
    @app.exception_handler(InterfaceError)
    @app.exception_handler(Unreachable)
    def on_away(request: Request, error: Exception) -> Response:
        log.error("database or store is away", why=str(getattr(error, "orig", error)))
        return answer(request, Away("error.busy"))
