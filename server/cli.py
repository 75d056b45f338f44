"""The command line of the server."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO, cast

import structlog
import typer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from typer.main import get_group

from protocol.help import speaking
from protocol.log_stream import LogStream
from protocol.messages import Text
from protocol.sentences import spoken
from server import __version__
from server.checks import check as find
from server.clock import utc_now
from server.db.engine import Database
from server.db.migration import upgrade
from server.db.tables.people import Role
from server.errors import InvariantBroken, ServerError, Unreachable, UsageError
from server.evidence.opening import open_store
from server.nodes.enrolment import new_code as make_code
from server.people.passwords import Passwords, generate
from server.people.person import person
from server.people.users import create_user as make_user
from server.people.users import disable as disable_user
from server.people.users import user_named
from server.people.users import users as all_users
from server.sentences import sentence
from server.serving import serve
from server.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
users_app = typer.Typer(no_args_is_help=True, help="Who may log in.")
app.add_typer(users_app, name="users")


def told(message_id: str, **arguments: str | int) -> str:
    """A sentence of the catalogue in the language of who calls."""
    return sentence(Text(id=message_id, arguments=dict(arguments)), spoken(os.environ))


def say(message_id: str, **arguments: str | int) -> None:
    """Print one."""
    typer.echo(told(message_id, **arguments))


def say_version(asked: bool) -> None:
    """Which version this is, and no more."""
    if asked:
        typer.echo(f"shouwang-server {__version__}")
        raise typer.Exit


@app.callback()
def shouwang_server(
    *, version: Annotated[bool, typer.Option("--version", callback=say_version, help="Say the version.")] = False
) -> None:
    """The command line of the server."""


Config = Annotated[Path | None, typer.Option("--config", "-c", help="YAML file; SHOUWANG_… variables override it.")]


@app.command()
def run(config: Config = None) -> None:
    """Run broker, ingest, console and API until interrupted; first brings the tables up to date."""
    serve(load_settings(config))


@app.command()
def migrate(config: Config = None) -> None:
    """Bring the tables up to date."""
    database = Database(load_settings(config).database)
    upgrade(database)
    database.close()
    say("tables.up_to_date")


@app.command()
def create_user(
    name: str,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.OPERATOR,
    display_name: Annotated[str, typer.Option(help="The name others see.")] = "",
    generated: Annotated[bool, typer.Option("--generate", help="Make a password and print it.")] = False,
    config: Config = None,
) -> None:
    """Create a user; asks for the password twice, or makes one."""
    password = generate() if generated else ask_password()
    with _changing(load_settings(config)) as db:
        make_user(db, Passwords(), name, password, role, utc_now(), display_name)
        db.commit()
    if generated:
        typer.echo(password)


@app.command()
def new_code(
    by: Annotated[str, typer.Option(help="The administrator in whose name it is made.")], config: Config = None
) -> None:
    """Print a code with which one node can join within the hour."""
    with _changing(load_settings(config)) as db:
        user = user_named(db, by)
        if user is None or user.role is not Role.ADMINISTRATOR or user.disabled_at is not None:
            raise UsageError("account.no_administrator", name=by)
        code = make_code(db, person(user, ""), utc_now())
        db.commit()
    typer.echo(code)


@users_app.command("list")
def list_users(config: Config = None) -> None:
    """Name, role and state of all users."""
    with _reading(load_settings(config)) as db:
        for user in all_users(db):
            state = told("account.disabled" if user.disabled_at else "account.active")
            typer.echo(f"{user.name}\t{user.role}\t{state}\t{user.display_name}")


@users_app.command("disable")
def disable(name: str, config: Config = None) -> None:
    """Take a user's rights and end his sessions."""
    with _changing(load_settings(config)) as db:
        disable_user(db, name, utc_now())
        db.commit()


@app.command()
def check(
    deep: Annotated[bool, typer.Option(help="Read all evidence and compare hashes.")] = False, config: Config = None
) -> None:
    """Look for what must not be in database and evidence; exit status 1 if there is any."""
    settings = load_settings(config)
    count = 0
    with _reading(settings) as db:
        for finding in find(db, open_store(settings), deep=deep):
            count += 1
            what, remedy = (sentence(text, spoken(os.environ)) for text in (finding.what, finding.remedy))
            say("check.finding", what=what, remedy=remedy)
    if count:
        raise InvariantBroken("check.findings", count=count)
    say("check.well")


def ask_password() -> str:
    """Twice, unseen."""
    password: str = typer.prompt(
        told("account.password"), hide_input=True, confirmation_prompt=told("account.password_again")
    )
    return password


@contextmanager
def _changing(settings: Settings) -> Iterator[Session]:
    """A session that may write."""
    with _opened(settings) as database, database.writing() as db:
        yield db


@contextmanager
def _reading(settings: Settings) -> Iterator[Session]:
    """A session that keeps nobody from writing."""
    with _opened(settings) as database, database.reading() as db:
        yield db


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    """The database, its tables up to date."""
    database = Database(settings.database)
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def main() -> None:
    """Entry point: a mistake or failure that has a name ends in one sentence and its own exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, LogStream(sys.stderr))),
    )
    language, program = spoken(os.environ), get_group(app)
    try:
        with speaking(program, "server", language):
            program()
    except (ServerError, OperationalError) as error:
        failure = error if isinstance(error, ServerError) else unreachable(error)
        print(f"shouwang-server: {failure.told(language)}", file=sys.stderr)
        sys.exit(failure.exit_code)


def unreachable(error: OperationalError) -> Unreachable:
    """What a database that does not answer says of itself."""
    return Unreachable("start.no_database", why=str(error.orig).splitlines()[0])


if __name__ == "__main__":
    main()
