"""The one way in: messages become committed rows, and only then receipts and news for the board."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from protocol.ids import uuid7
from protocol.messages import Alert, Health, Learnt, Message, Outcome, Status, Verdict
from protocol.topics import Channel, split
from server.db.engine import Database
from server.db.tables import DeadLetter, Node
from server.ingest.alerts import store_alerts
from server.ingest.board import BoardEvent, BoardKind
from server.ingest.lessons import store_learnt
from server.ingest.nodes import store_health, store_status
from server.ingest.understand import Incoming, Reason, Refusal, Registration, Understood, refused, understand
from server.lessons.asking import still_asked
from server.settings import Settings

TRY_AGAIN = (OperationalError, InterfaceError, NoConnectionFree, StaleDataError)
"""The database is away, full or busy, or somebody else was first: nothing is committed, the same batch may be tried
again."""
LOOKS = 3
KEPT_BYTES = 64 * 1024
KEPT_DEAD_LETTERS = 10_000
"""The newest are kept; a node that repeats a bad message must not fill the disk."""

log = structlog.get_logger()


@dataclass(slots=True)
class Taken:
    """What a committed batch asks for: words to nodes, news for the board, figures."""

    to_nodes: list[tuple[str, Channel, Message]] = field(default_factory=list)
    news: list[BoardEvent] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(channel, outcome) → count."""
    dead_letters: Counter[str] = field(default_factory=Counter)
    clock_suspect: int = 0
    """Alerts stored with a time that shows a wrong clock."""

    def add(self, other: "Taken") -> None:
        """Take over another batch's part."""
        self.to_nodes += other.to_nodes
        self.news += other.news
        self.outcomes += other.outcomes
        self.dead_letters += other.dead_letters
        self.clock_suspect += other.clock_suspect


def ingest(database: Database, batch: Sequence[Incoming], settings: Settings, now: datetime) -> Taken:
    """Commit a batch, each message exactly once in effect; what is returned is true, also after a power cut.

    A message that spoils its batch is found by taking each alone. If the database will never have it, it becomes a dead
    letter and is refused; if we do not know why, it is left unanswered, and its node repeats it. Raises one of
    TRY_AGAIN with nothing committed.
    """
    try:
        return _look_and_commit(database, batch, settings, now)
    except TRY_AGAIN:
        raise
    except Exception as error:
        if len(batch) > 1:
            taken = Taken()
            for incoming in batch:
                taken.add(ingest(database, [incoming], settings, now))
            return taken
        if _never_storable(error):
            return _commit_unstorable(database, batch[0], error, now)
        log.exception("a message failed; its node will repeat it", topic=batch[0].topic)
        return Taken()


def _never_storable(error: Exception) -> bool:
    """Whether it is the message that a database does not take, and not a trouble of the database's that will pass."""
    of_values = isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return of_values or isinstance(error, DataError | IntegrityError | OverflowError | UnicodeError)


def _look_and_commit(database: Database, batch: Sequence[Incoming], settings: Settings, now: datetime) -> Taken:
    """Another server may write the same camera or alert between our look and our insert; the next look sees it."""
    for _ in range(LOOKS - 1):
        with suppress(IntegrityError):
            return _commit(database, batch, settings, now)
    return _commit(database, batch, settings, now)


def _commit(database: Database, batch: Sequence[Incoming], settings: Settings, now: datetime) -> Taken:
    with database.writing() as db:
        rows = _nodes(db, batch)
        registrations = {name: Registration(row.public_key, row.revoked_at is not None) for name, row in rows.items()}
        taken = Taken()
        alerts: list[tuple[Understood, Alert]] = []
        refusals: list[Refusal] = []
        for incoming in batch:
            result = understand(incoming, registrations)
            if isinstance(result, Refusal):
                refusals.append(result)
            elif isinstance(result.message, Alert):
                alerts.append((result, result.message))
            else:
                _store_word(db, rows[result.node], result.message, incoming.retained, now, taken)
        if alerts:
            stored, more = store_alerts(db, alerts, settings, now)
            refusals += more
            for answer in stored:
                taken.to_nodes.append((answer.node, Channel.RECEIPTS, answer.receipt))
                taken.outcomes[Channel.ALERTS, answer.receipt.outcome] += 1
                taken.clock_suspect += answer.clock_suspect
                if answer.receipt.outcome is Outcome.STORED:
                    taken.news.append(BoardEvent(BoardKind.ALERT, str(answer.receipt.alert), answer.receipt.revision))
        _bury(db, refusals, now, taken)
        db.commit()
    return taken


def _store_word(
    db: Session, node: Node, word: Status | Health | Learnt, retained: bool, now: datetime, taken: Taken
) -> None:
    missed: list[Verdict] = []
    match word:
        case Status():
            channel = Channel.STATUS
            missed = store_status(db, node, word, retained, now)
        case Health():
            channel = Channel.HEALTH
            missed = store_health(db, node, word, now)
            taken.to_nodes += [(node.name, Channel.COMMANDS, command) for command in still_asked(db, node.name, now)]
        case Learnt():
            channel = Channel.LEARNT
            taken.news += [BoardEvent(BoardKind.ALERT, str(id)) for id in store_learnt(db, node.name, word, now)]
    taken.to_nodes += [(node.name, Channel.VERDICTS, verdict) for verdict in missed]
    taken.outcomes[channel, Outcome.STORED] += 1
    taken.news.append(BoardEvent(BoardKind.NODE, node.name))


def _commit_unstorable(database: Database, incoming: Incoming, error: Exception, now: datetime) -> Taken:
    cause = str(error.__cause__ or error).splitlines()[0][:300]
    taken = Taken()
    with database.writing() as db:
        rows = _nodes(db, [incoming])
        result = understand(incoming, {name: Registration(row.public_key, False) for name, row in rows.items()})
        refusal = refused(result, Reason.NOT_STORABLE, cause) if isinstance(result, Understood) else result
        _bury(db, [refusal], now, taken)
        db.commit()
    return taken


def _nodes(db: Session, batch: Sequence[Incoming]) -> dict[str, Node]:
    """The registered nodes that the batch's topics name."""
    names: set[str] = set()
    for incoming in batch:
        try:
            names.add(split(incoming.topic)[0])
        except ValueError:
            continue
    return {row.name: row for row in db.scalars(select(Node).where(Node.name.in_(names)))}


def _bury(db: Session, refusals: Sequence[Refusal], now: datetime, taken: Taken) -> None:
    if not refusals:
        return
    for refusal in refusals:
        incoming = refusal.incoming
        db.add(
            DeadLetter(
                id=uuid7(now),
                received_at=incoming.received_at,
                topic=incoming.topic[:200],
                node=refusal.node,
                reason=refusal.reason,
                detail=refusal.detail.replace("\0", "")[:2000],
                payload=incoming.payload[:KEPT_BYTES],
                size=len(incoming.payload),
            )
        )
        taken.dead_letters[refusal.reason] += 1
        if refusal.receipt is not None and refusal.node is not None:
            taken.to_nodes.append((refusal.node, Channel.RECEIPTS, refusal.receipt))
            taken.outcomes[Channel.ALERTS, Outcome.REFUSED] += 1
    db.flush()
    oldest_kept = db.scalar(
        select(DeadLetter.received_at).order_by(DeadLetter.received_at.desc()).offset(KEPT_DEAD_LETTERS).limit(1)
    )
    if oldest_kept is not None:
        db.execute(delete(DeadLetter).where(DeadLetter.received_at <= oldest_kept))
