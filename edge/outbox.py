"""Store and forward: revisions and evidence wait here, in SQLite (WAL), until the server has them.

Invariants, which `check` looks after:
1. A revision is forgotten only by `receipt`, or given up by a bound, which is counted.
2. Revision and evidence of one report are put in one transaction: either all of it is here or nothing.
3. A higher revision of an alert replaces a waiting lower one: it says all that the lower one said.
4. An alert whose newest revision is not an end is open; after a crash `open_alerts` names it, whatever was receipted.
5. Age is the time for which the outbox has been open since, over all processes, and never a matter of the wall clock:
   neither a clock that is put right nor a box that was off makes anything old before it could be sent.

Full: by bytes or age, the oldest clips go first, then tracks and snapshots, alerts last. Written by the analysis
thread, read and cleared by the uplink; every method is one transaction under one lock.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from edge.alerts.evidence import Piece
from edge.clock import monotonic_s
from edge.complaints import ComplaintError, complaint
from protocol.kinds import Phase
from protocol.messages import Alert, EvidenceKind, OutboxHealth, encode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS alerts (
  id TEXT PRIMARY KEY, revision INTEGER NOT NULL, payload BLOB NOT NULL, put_at REAL NOT NULL, refused TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS open_alerts (id TEXT PRIMARY KEY, payload BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS evidence (
  sha256 TEXT PRIMARY KEY, kind TEXT NOT NULL, media_type TEXT NOT NULL, data BLOB NOT NULL, put_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS dropped (what TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (put_at);
CREATE INDEX IF NOT EXISTS evidence_by_kind ON evidence (kind, put_at);
CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), open_s REAL NOT NULL) STRICT;
INSERT OR IGNORE INTO clock SELECT 1, coalesce(max(put_at), 0) FROM (
  SELECT put_at FROM alerts UNION ALL SELECT put_at FROM evidence
);
"""
"""`put_at` is read off `clock`; in a file older than its clock, this goes on from the newest row."""

_GIVEN_UP_FIRST = (EvidenceKind.CLIP, EvidenceKind.TRACKS, EvidenceKind.SNAPSHOT)
_PASSING = ("refused.bad_signature", "refused.future_version")
"""Refusals that need not last: the node has been enrolled again since, or the server renewed."""
_DAY_S = 86_400.0


class OutboxSettings(BaseModel):
    """How much may wait while the server is away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_mb: float = Field(default=2048, gt=0, description="of evidence and alerts together")
    max_days: float = Field(default=30, gt=0, description="given up when the node has run for so long with it")


class OutboxError(ComplaintError):
    """The outbox cannot be opened, read or written; the sentence names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class WaitingAlert:
    """A signed revision to be published until its receipt comes."""

    id: UUID
    revision: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class WaitingEvidence:
    """A piece of evidence to be uploaded."""

    sha256: str
    media_type: str
    data: bytes


class Outbox:
    """One file per node."""

    def __init__(self, path: Path, settings: OutboxSettings, clock: Callable[[], float] = monotonic_s) -> None:
        """`clock` counts seconds from anywhere. Raises OutboxError if the file cannot be opened or is no outbox."""
        self._path, self._clock = path, clock
        self._settings = settings
        self._lock = threading.Lock()
        self.changed = threading.Event()
        """Set by `put`, cleared by who sends."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            open_s: float = self._db.execute("SELECT open_s FROM clock").fetchone()[0]
        except (OSError, sqlite3.Error) as error:
            raise OutboxError(complaint("outbox.unopened", path=path, why=str(error))) from None
        self._began_s = clock() - open_s

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            with suppress(sqlite3.Error):  # on a full disk, what waits is younger by the time since the last `put`
                self._tick(self._db)
            self._db.close()

    def put(self, alert: Alert, pieces: tuple[Piece, ...]) -> None:
        """Keep a signed revision and its new evidence. Raises OutboxError if the disk does not take it."""
        payload, key = encode(alert), str(alert.id)
        with self._transaction() as db:
            at = self._tick(db)
            db.execute(
                "INSERT INTO alerts (id, revision, payload, put_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "revision = excluded.revision, payload = excluded.payload, refused = NULL "
                "WHERE excluded.revision > alerts.revision",
                (key, alert.revision, payload, at),
            )
            if alert.phase is Phase.END:
                db.execute("DELETE FROM open_alerts WHERE id = ?", (key,))
            else:
                db.execute("INSERT OR REPLACE INTO open_alerts (id, payload) VALUES (?, ?)", (key, payload))
            for piece in pieces:
                about = piece.about
                db.execute(
                    "INSERT OR IGNORE INTO evidence (sha256, kind, media_type, data, put_at) VALUES (?, ?, ?, ?, ?)",
                    (about.sha256, about.kind, about.media_type, piece.data, at),
                )
            self._keep_bounds(db, at)
        self.changed.set()

    def receipt(self, alert: UUID, revision: int) -> None:
        """The server has this revision; a higher one that came meanwhile stays."""
        with self._transaction() as db:
            db.execute("DELETE FROM alerts WHERE id = ? AND revision <= ?", (str(alert), revision))

    def refused(self, alert: UUID, revision: int, reason: str) -> None:
        """The server will never take this revision: keep it for a person to look at, and stop sending it."""
        with self._transaction() as db:
            db.execute("UPDATE alerts SET refused = ? WHERE id = ? AND revision = ?", (reason, str(alert), revision))

    def try_again(self, fitted: Callable[[bytes], bytes]) -> int:
        """Let wait again what was refused for a passing reason, and make of each waiting revision what `fitted` does.

        Returns how many that has changed. Raises OutboxError if the disk does not take it.
        """
        changed = 0
        with self._transaction() as db:
            db.execute("UPDATE alerts SET refused = NULL WHERE refused IN (?, ?)", _PASSING)
            for key in db.execute("SELECT id FROM alerts WHERE refused IS NULL").fetchall():
                (payload,) = db.execute("SELECT payload FROM alerts WHERE id = ?", key).fetchone()
                fitting = fitted(payload)
                if fitting != payload:
                    db.execute("UPDATE alerts SET payload = ? WHERE id = ?", (fitting, *key))
                    changed += 1
        return changed

    def uploaded(self, sha256: str) -> None:
        """The server has these bytes."""
        with self._transaction() as db:
            db.execute("DELETE FROM evidence WHERE sha256 = ?", (sha256,))

    def waiting_alerts(self, limit: int = 200) -> list[WaitingAlert]:
        """The oldest revisions that await their receipt."""
        rows = self._read(
            "SELECT id, revision, payload FROM alerts WHERE refused IS NULL ORDER BY put_at, id LIMIT ?", limit
        )
        return [WaitingAlert(UUID(key), revision, payload) for key, revision, payload in rows]

    def waiting_evidence(self, skip: frozenset[str] = frozenset()) -> WaitingEvidence | None:
        """The next piece to upload: snapshots before tracks before clips, oldest first."""
        rows = self._read(
            "SELECT sha256 FROM evidence ORDER BY CASE kind WHEN 'snapshot' THEN 0 WHEN 'tracks' THEN 1 ELSE 2 END, "
            "put_at, sha256"
        )
        for (sha256,) in rows:
            if sha256 in skip:
                continue
            found = self._read("SELECT sha256, media_type, data FROM evidence WHERE sha256 = ?", sha256)
            return WaitingEvidence(*found[0]) if found else None
        return None

    def open_alerts(self) -> list[Alert]:
        """Alerts that had not ended when the process did."""
        return [Alert.model_validate_json(payload) for (payload,) in self._read("SELECT payload FROM open_alerts")]

    def health(self) -> OutboxHealth:
        """Figures for the health message."""
        dropped: dict[str, int] = dict(self._read("SELECT what, count FROM dropped"))
        (alerts,), (evidence,) = (
            self._read("SELECT count(*) FROM alerts WHERE refused IS NULL")[0],
            self._read("SELECT count(*) FROM evidence")[0],
        )
        return OutboxHealth(
            waiting_alerts=alerts,
            waiting_evidence=evidence,
            bytes=self._bytes(self._db),
            dropped_clips=dropped.get("clip", 0),
            dropped_snapshots=dropped.get("snapshot", 0) + dropped.get("tracks", 0),
            dropped_alerts=dropped.get("alert", 0),
        )

    @property
    def empty(self) -> bool:
        """Whether nothing waits for the server."""
        health = self.health()
        return not (health.waiting_alerts or health.waiting_evidence)

    def check(self) -> list[str]:
        """What is wrong with the file, one sentence each; empty if nothing is."""
        faults = [f"SQLite: {text}" for (text,) in self._read("PRAGMA integrity_check") if text != "ok"]
        for (key,) in self._read("SELECT id FROM alerts WHERE revision < 1"):
            faults.append(f"alert {key} has a revision below 1")
        return faults

    def _tick(self, db: sqlite3.Connection) -> float:
        """Seconds for which the outbox has been open in all processes, kept in the file."""
        open_s = self._clock() - self._began_s
        db.execute("UPDATE clock SET open_s = ?", (open_s,))
        return open_s

    def _keep_bounds(self, db: sqlite3.Connection, now_s: float) -> None:
        oldest = now_s - self._settings.max_days * _DAY_S
        for kind in _GIVEN_UP_FIRST:
            gone = db.execute("DELETE FROM evidence WHERE kind = ? AND put_at < ?", (kind, oldest)).rowcount
            self._count_dropped(db, kind, gone)
        self._count_dropped(db, "alert", db.execute("DELETE FROM alerts WHERE put_at < ?", (oldest,)).rowcount)
        limit = self._settings.max_mb * 1e6
        while self._bytes(db) > limit and self._drop_one(db):
            pass

    def _drop_one(self, db: sqlite3.Connection) -> bool:
        for kind in _GIVEN_UP_FIRST:
            row = db.execute("SELECT sha256 FROM evidence WHERE kind = ? ORDER BY put_at LIMIT 1", (kind,)).fetchone()
            if row:
                db.execute("DELETE FROM evidence WHERE sha256 = ?", row)
                self._count_dropped(db, kind, 1)
                return True
        row = db.execute("SELECT id FROM alerts ORDER BY put_at LIMIT 1").fetchone()
        if not row:
            return False
        db.execute("DELETE FROM alerts WHERE id = ?", row)
        self._count_dropped(db, "alert", 1)
        return True

    @staticmethod
    def _count_dropped(db: sqlite3.Connection, what: str, count: int) -> None:
        if count:
            db.execute(
                "INSERT INTO dropped VALUES (?, ?) ON CONFLICT (what) DO UPDATE SET count = count + excluded.count",
                (what, count),
            )

    @staticmethod
    def _bytes(db: sqlite3.Connection) -> int:
        row = db.execute(
            "SELECT (SELECT coalesce(sum(length(data)), 0) FROM evidence) + "
            "(SELECT coalesce(sum(length(payload)), 0) FROM alerts)"
        ).fetchone()
        return int(row[0])

    def _read(self, sql: str, *values: object) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise OutboxError(complaint("outbox.unreadable", path=self._path, why=str(error))) from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise OutboxError(complaint("outbox.unwritten", path=self._path, why=str(error))) from None
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
