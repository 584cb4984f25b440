"""The SQLite file itself: opening it, bringing it to the newest version, saying what is wrong."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from app.errors import QuorateError

# Each step is run once, in order; PRAGMA user_version counts those a file has had.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # AUTOINCREMENT: an id is never given twice, so marks rise even when rooms are forgotten.
        """CREATE TABLE entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            room TEXT NOT NULL,
            seq INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (room, seq)
        )""",
        """CREATE TABLE note (
            learner TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (learner, name)
        ) WITHOUT ROWID""",
    ),
)
LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class StorageError(QuorateError):
    """The file cannot be used: which, why not, and what to do."""


def connect(path: Path, patience_ms: int) -> sqlite3.Connection:
    """In autocommit: we say BEGIN ourselves. Each connection is used under one lock or thread."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {patience_ms}")
    return connection


def prepare(
    connection: sqlite3.Connection, path: Path, patience_ms: int, max_bytes: int | None
) -> None:
    """Bring the file to the newest version; nothing is touched in one that is not ours."""
    _check_version(connection, path)
    deadline = time.monotonic() + patience_ms / 1000
    while True:
        # Two processes that make the file at once do not wait for each other here by themselves.
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            if code_of(error) not in LOCKED or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    # FULL: a commit is on the disk when it returns, also when the power goes.
    connection.execute("PRAGMA synchronous = FULL")
    if max_bytes is not None:
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA max_page_count = {max(1, max_bytes // page_bytes)}")
    with transaction(connection) as at:
        for version in range(_check_version(at, path), len(MIGRATIONS)):
            for sql in MIGRATIONS[version]:
                at.execute(sql)
            at.execute(f"PRAGMA user_version = {version + 1}")


def _check_version(connection: sqlite3.Connection, path: Path) -> int:
    """The file's version; raises StorageError when it is not one of ours."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StorageError(
            f"{path} has version {version}, and this server knows versions up to "
            f"{len(MIGRATIONS)}. Start the newer server, or name another file."
        )
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise StorageError(f"{path} is the database of another program. Name another file.")
    return version


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing. IMMEDIATE: other processes are kept out before we look at the log's end."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors; what counts is that it is over.
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Errors of the file become a StorageError that names it."""
    try:
        yield
    except sqlite3.Error as error:
        remedy = {
            sqlite3.SQLITE_NOTADB: "Name another file, or put a copy of the database there.",
            sqlite3.SQLITE_CORRUPT: "Put a copy of the database there, or name another file.",
            sqlite3.SQLITE_FULL: "Make space on the disk, or allow a larger file.",
            sqlite3.SQLITE_BUSY: "End the other process that holds it, or wait for it.",
        }.get(code_of(error), "Name a file in a folder that the server may write to.")
        raise StorageError(f"{path} cannot be used: {error}. {remedy}") from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be used: {error.strerror}. "
            "Name a file in a folder that the server may write to."
        ) from error


def code_of(error: Exception) -> int:
    """SQLite's primary result code, 0 for what is not SQLite's."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
