"""The SQLite file that holds answers, what was spent, what is on its way, and batches.

    store = Store(Path("judgements/answers.sqlite"))
    store.reserve(key, cost, tokens, budget)      →  "reserved": it is counted before it is sent
    store.settle(key, answer)                     →  the answer and its price, in one transaction
    store.find(key)                               →  Answered("{…}", …), in this run or in any later one

Whatever a process was doing when it died, the file is whole (write-ahead log), no answer that was received is lost,
and what was on its way counts as "lost": it may have been billed. Several processes may use one file: they share the
budget, and a question that one is asking the other waits for. A file is for one machine (SQLite's log does not work on
network folders). The log is not flushed to the disk at every answer: a process may be killed, a power cut may cost the
last answers.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from uiebench.errors import UiebenchError
from uiebench.judge.budget import Budget

VERSION = 1
ALL = 2**62
"""Picodollars, or tokens, at which sums stay (4.6 million dollars): more is beyond SQLite's range."""
STALE = 60.0
"""Seconds without a sign of life after which a process is taken for dead, should its number be in use again."""
_TABLES = """
CREATE TABLE answers (key TEXT PRIMARY KEY, model TEXT, text TEXT, finish TEXT, refusal TEXT, bytes INTEGER,
  tokens_in INTEGER, tokens_cached INTEGER, tokens_out INTEGER, cost INTEGER, dialect TEXT) WITHOUT ROWID;
CREATE TABLE flights (key TEXT PRIMARY KEY, run INTEGER, batch TEXT, cost INTEGER, tokens INTEGER) WITHOUT ROWID;
CREATE INDEX flights_of_batch ON flights (batch);
CREATE TABLE runs (id INTEGER PRIMARY KEY, pid INTEGER, beat REAL);
CREATE TABLE account (answers INTEGER, tokens_in INTEGER, tokens_out INTEGER, spent INTEGER, lost_answers INTEGER,
  lost INTEGER, lost_tokens INTEGER, reserved INTEGER, reserved_tokens INTEGER);
INSERT INTO account VALUES (0, 0, 0, 0, 0, 0, 0, 0, 0);
CREATE TABLE batches (name TEXT PRIMARY KEY, run INTEGER, base_url TEXT, state TEXT, file TEXT, batch TEXT);
"""


_HEAVIER = "CREATE TABLE IF NOT EXISTS heavier (model TEXT PRIMARY KEY, factor REAL) WITHOUT ROWID"
"""Of each model that answered, the most that it used as a multiple of the worst case; files of before have none."""


class Answered(msgspec.Struct, frozen=True):
    """An answer as the cache has it. `cost` is in picodollars; `bytes` is the length of what was asked."""

    key: str
    model: str
    text: str
    finish: str
    refusal: str
    bytes: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost: int
    dialect: str


class Account(msgspec.Struct, frozen=True):
    """What the answers of a file cost over all runs: received, perhaps billed but lost, and on the way now.

    Money is in picodollars.
    """

    answers: int
    tokens_in: int
    tokens_out: int
    spent: int
    lost_answers: int
    lost: int
    lost_tokens: int
    reserved: int
    reserved_tokens: int


class BatchRow(msgspec.Struct, frozen=True):
    """A batch and how far it is: prepared (nothing sent), uploaded, created, collected."""

    name: str
    run: int
    base_url: str
    state: Literal["prepared", "uploaded", "created", "collected"]
    file: str
    batch: str


class Flight(msgspec.Struct, frozen=True):
    """The worst case of a request that is to be sent: picodollars and tokens."""

    key: str
    cost: int
    tokens: int


Reserved = Literal["reserved", "answered", "elsewhere", "in a batch", "full", "never"]


class Store:
    """One open file. Not for several threads."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path, self.read_only = path, read_only
        self.run = 0
        with self._explained():
            if read_only:
                if not path.is_file():
                    raise UiebenchError(f"{path}: there is no cache yet; run it without --offline first")
                self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._open()

    def _open(self) -> None:
        db = self._db
        db.execute("PRAGMA busy_timeout = 30000")
        if self.read_only:
            self._check(db.execute("PRAGMA user_version").fetchone()[0])
            return
        self._use_wal()
        db.execute("PRAGMA synchronous = NORMAL")
        with self._writing():
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == 0 and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in _TABLES.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")
                version = VERSION
            self._check(version)
            db.execute(_HEAVIER)
            cursor = db.execute("INSERT INTO runs (pid, beat) VALUES (?, ?)", (os.getpid(), time.time()))
            self.run = cursor.lastrowid or 0
            self._bury()

    def _use_wal(self) -> None:
        """Switch to the write-ahead log. SQLite does not wait where another process is just doing the same."""
        patience = time.monotonic() + 30
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > patience:
                    raise
                time.sleep(0.01)

    def _check(self, version: int) -> None:
        if version != VERSION:
            raise UiebenchError(f"{self.path}: not a cache of answers of this version; name another file")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. What this process has not finished counts as lost."""
        with self._explained():
            if not self.read_only:
                with self._writing():
                    self._db.execute("DELETE FROM runs WHERE id = ?", (self.run,))
                    self._lose("run = ? AND batch = ''", (self.run,))
            self._db.close()

    def beat(self) -> None:
        """Give a sign of life, and see who gave none."""
        with self._explained(), self._writing():
            self._db.execute("UPDATE runs SET beat = ? WHERE id = ?", (time.time(), self.run))
            self._bury()

    # --- answers and money ------------------------------------------------------------------------

    def find(self, key: str) -> Answered | None:
        """The answer with a key, if it was received."""
        with self._explained():
            row = self._db.execute("SELECT * FROM answers WHERE key = ?", (key,)).fetchone()
        return Answered(*row) if row else None

    def account(self) -> Account:
        """What was spent so far."""
        with self._explained():
            return Account(*self._db.execute("SELECT * FROM account").fetchone())

    def measured(self, model: str) -> tuple[int, int, int, int]:
        """Of the answers of a model: how many, the bytes asked, the tokens these were, the tokens answered."""
        with self._explained():
            row = self._db.execute(
                "SELECT count(*), sum(bytes), sum(tokens_in), sum(tokens_out) FROM answers WHERE model = ?", (model,)
            ).fetchone()
        count, asked, tokens_in, tokens_out = (value or 0 for value in row)
        return count, asked, tokens_in, tokens_out

    def heavier(self, model: str) -> float | None:
        """The most that an answer of a model used, as a multiple of its worst case; None if none was received."""
        with self._explained():
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'heavier'").fetchone():
                return None  # a file of before, open for reading
            row = self._db.execute("SELECT factor FROM heavier WHERE model = ?", (model,)).fetchone()
        return row[0] if row else None

    def weigh(self, model: str, factor: float) -> None:
        """Note how much an answer of a model used, as a multiple of its worst case."""
        with self._explained(), self._writing():
            self._db.execute(
                "INSERT INTO heavier VALUES (?, ?) ON CONFLICT (model) DO UPDATE SET factor = max(factor, ?)",
                (model, factor, factor),
            )

    def reserve(self, flight: Flight, budget: Budget, batch: str = "") -> Reserved:
        """Set aside the worst case of a request, if the budget has room for it.

        Returns: "reserved"; "answered" or on its way "elsewhere" or "in a batch"; "full" if there may be room when
        what is on its way has come back, "never" if there will be none.
        """
        with self._explained(), self._writing():
            if self._db.execute("SELECT 1 FROM answers WHERE key = ?", (flight.key,)).fetchone():
                return "answered"
            other = self._db.execute("SELECT run, batch FROM flights WHERE key = ?", (flight.key,)).fetchone()
            if other and other[1]:
                return "in a batch"
            if other and self._alive(other[0]):
                return "elsewhere"
            if other:
                self._lose("key = ?", (flight.key,))
            room = self._room(flight, budget)
            if (
                room == "full"
                and not batch
                and not self._db.execute("SELECT 1 FROM flights WHERE batch = ''").fetchone()
            ):
                return "never"  # what fills it is in batches, which nobody waits for here
            if room == "reserved":
                self._db.execute(
                    "INSERT INTO flights VALUES (?, ?, ?, ?, ?)",
                    (flight.key, self.run, batch, flight.cost, flight.tokens),
                )
                self._db.execute(
                    "UPDATE account SET reserved = min(?, reserved + ?), reserved_tokens = min(?, reserved_tokens + ?)",
                    (ALL, flight.cost, ALL, flight.tokens),
                )
            return room

    def _room(self, flight: Flight, budget: Budget) -> Reserved:
        now = Account(*self._db.execute("SELECT * FROM account").fetchone())
        used = (
            (budget.pico, flight.cost, now.spent + now.lost, now.reserved),
            (budget.tokens, flight.tokens, now.tokens_in + now.tokens_out + now.lost_tokens, now.reserved_tokens),
        )
        if any(limit is not None and gone + wanted > limit for limit, wanted, gone, _ in used):
            return "never"
        if any(limit is not None and gone + away + wanted > limit for limit, wanted, gone, away in used):
            return "full"
        return "reserved"

    def settle(self, answer: Answered) -> None:
        """Keep an answer and count its price in place of what was reserved for it."""
        with self._explained(), self._writing():
            self._settle(answer)

    def _settle(self, answer: Answered) -> None:
        kept = self._db.execute(
            "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", msgspec.structs.astuple(answer)
        )
        self._release("key = ?", (answer.key,))
        if kept.rowcount:
            self._db.execute(
                "UPDATE account SET answers = answers + 1, tokens_in = tokens_in + ?, tokens_out = tokens_out + ?, "
                "spent = min(?, spent + ?)",
                (answer.tokens_in, answer.tokens_out, ALL, answer.cost),
            )

    def release(self, key: str) -> None:
        """Give back what was reserved for a request that costs nothing."""
        with self._explained(), self._writing():
            self._release("key = ?", (key,))

    def lose(self, key: str) -> None:
        """Count a request whose answer did not arrive at its worst case."""
        with self._explained(), self._writing():
            self._lose("key = ?", (key,))

    def _release(self, where: str, values: tuple[object, ...]) -> tuple[int, int, int]:
        flights, cost, tokens = self._db.execute(
            f"SELECT count(*), ifnull(sum(cost), 0), ifnull(sum(tokens), 0) FROM flights WHERE {where}", values
        ).fetchone()
        if flights:
            self._db.execute(f"DELETE FROM flights WHERE {where}", values)
            self._db.execute(
                "UPDATE account SET reserved = max(0, reserved - ?), reserved_tokens = max(0, reserved_tokens - ?)",
                (cost, tokens),
            )
        return flights, cost, tokens

    def _lose(self, where: str, values: tuple[object, ...]) -> None:
        count, cost, tokens = self._release(where, values)
        self._db.execute(
            "UPDATE account SET lost_answers = lost_answers + ?, lost = min(?, lost + ?), "
            "lost_tokens = min(?, lost_tokens + ?)",
            (count, ALL, min(ALL, cost), ALL, min(ALL, tokens)),
        )

    # --- batches ----------------------------------------------------------------------------------

    def batches(self, base_url: str) -> list[tuple[BatchRow, bool]]:
        """The batches of a server that are not collected, and whether another living process sees to them."""
        with self._explained():
            rows = self._db.execute(
                "SELECT * FROM batches WHERE base_url = ? AND state != 'collected' ORDER BY name", (base_url,)
            ).fetchall()
            found = [BatchRow(*row) for row in rows]
            return [(row, row.run != self.run and self._alive(row.run)) for row in found]

    def prepare(self, name: str, base_url: str) -> None:
        """Note a batch before anything of it is sent. Its flights are reserved under its name."""
        with self._explained(), self._writing():
            self._db.execute("INSERT INTO batches VALUES (?, ?, ?, 'prepared', '', '')", (name, self.run, base_url))

    def advance(self, name: str, state: str, *, file: str = "", batch: str = "") -> None:
        """Note how far a batch is, and that this process sees to it."""
        with self._explained(), self._writing():
            self._db.execute(
                "UPDATE batches SET run = ?, state = ?, file = ifnull(nullif(?, ''), file), "
                "batch = ifnull(nullif(?, ''), batch) WHERE name = ?",
                (self.run, state, file, batch, name),
            )

    def flights(self, batch: str) -> dict[str, Flight]:
        """The requests of a batch, by key."""
        with self._explained():
            rows = self._db.execute("SELECT key, cost, tokens FROM flights WHERE batch = ?", (batch,)).fetchall()
        return {row[0]: Flight(*row) for row in rows}

    def collect(self, name: str, answers: Iterable[Answered], lost: Iterable[str] = ()) -> None:
        """Keep the answers of a batch, and give back what it did not answer: all of it, or nothing."""
        with self._explained(), self._writing():
            for answer in answers:
                self._settle(answer)
            for key in lost:
                self._lose("key = ?", (key,))
            self._release("batch = ?", (name,))
            self._db.execute("UPDATE batches SET state = 'collected' WHERE name = ?", (name,))

    # --- processes --------------------------------------------------------------------------------

    def _bury(self) -> None:
        """Count what dead processes had on its way as lost."""
        for (run,) in self._db.execute("SELECT id FROM runs").fetchall():
            if not self._alive(run):
                self._lose("run = ? AND batch = ''", (run,))
                self._db.execute("DELETE FROM runs WHERE id = ?", (run,))

    def _alive(self, run: int) -> bool:
        row = self._db.execute("SELECT pid, beat FROM runs WHERE id = ?", (run,)).fetchone()
        if row is None:
            return False
        pid, beat = row
        if run != self.run and time.time() - beat > STALE:
            return False
        if os.name == "nt" or pid == os.getpid():  # there, signal 0 would end the process
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            pass
        return True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction that no other process writes beside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What SQLite raises, as one line."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise UiebenchError(
                    f"{self.path}: the disk is full; every answer written before is kept: make room, and run it again"
                ) from None
            raise UiebenchError(f"{self.path}: cannot be used as a cache of answers ({error})") from None
        except OSError as error:
            raise UiebenchError(f"{self.path}: cannot be written ({error.strerror or error})") from None
