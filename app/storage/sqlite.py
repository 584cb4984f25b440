"""Logs in one SQLite file, which outlives the process and may be shared by several.

All writes go through one thread, which takes what waits and commits it together: a caller hears
of success only after the commit is on the disk. Reads have a connection of their own. Wall-clock
times stand beside the entries as information; order comes from `seq` and `id` alone.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple

import msgspec

from app.rooms.archive import ArchiveUnavailable
from app.rooms.log import AnyEntry
from app.storage.sqlite_file import LOCKED, code_of, connect, plainly, prepare, transaction

# Logs have no gaps, so the last place tells the length without counting.
APPEND = """INSERT INTO entry (room, seq, at_ms, data) SELECT ?1, ?2, ?3, ?4
    WHERE ?2 = coalesce((SELECT max(seq) FROM entry WHERE room = ?1), -1) + 1"""
NOTE = "INSERT OR REPLACE INTO note (learner, name, value) VALUES (?, ?, ?)"
READ = "SELECT seq, data FROM entry WHERE room = ? AND seq >= ? ORDER BY seq"
NEWS = "SELECT room, max(id) FROM entry WHERE id > ? GROUP BY room ORDER BY max(id)"
MARK = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'entry'"
# The clock may have gone back within a room, so the latest time in it counts.
OLD = "SELECT room FROM entry GROUP BY room HAVING max(at_ms) < ?"
GROUP = 500


class Job(NamedTuple):
    """One write, and who waits for it."""

    sql: str
    values: tuple[str | int | bytes, ...]
    future: asyncio.Future[bool]


class SqliteArchive:
    """An Archive in the file `path`, made when it is not there; raises StorageError.

    `clock` gives seconds of wall time. `max_bytes` limits the file, without the write-ahead log
    beside it. `patience_ms` is how long to wait for another process that is writing.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        max_bytes: int | None = None,
        patience_ms: int = 5_000,
    ) -> None:
        self._path, self._clock = path, clock
        self._decode = msgspec.json.Decoder(AnyEntry).decode
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._gate = Lock()
        self._reading = Lock()
        self._closed = False
        with contextlib.ExitStack() as opened, plainly(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = opened.enter_context(contextlib.closing(connect(path, patience_ms)))
            prepare(self._writer, path, patience_ms, max_bytes)
            self._reader = opened.enter_context(contextlib.closing(connect(path, patience_ms)))
            opened.pop_all()
        # A daemon: a process that ends without close() must not hang, and what was not
        # acknowledged by then was promised to nobody.
        self._thread = Thread(target=self._write_on, name="archive-writer", daemon=True)
        self._thread.start()

    # ---- the contract -------------------------------------------------------------------------

    async def append(self, room: str, expected_seq: int, entry: AnyEntry) -> bool:
        at_ms = int(self._clock() * 1000)
        return await self._ask(APPEND, (room, expected_seq, at_ms, msgspec.json.encode(entry)))

    async def read(self, room: str, from_seq: int) -> list[AnyEntry]:
        return await asyncio.to_thread(self._read, room, from_seq)

    async def news(self, since: int) -> tuple[int, list[str]]:
        if since < 0:
            rows = await asyncio.to_thread(self._rows, "Look for news.", MARK, ())
            return rows[0][0], []
        rows = await asyncio.to_thread(self._rows, "Look for news.", NEWS, (since,))
        return max((since, *(mark for _, mark in rows))), [room for room, _ in rows]

    async def note(self, learner: str, name: str, value: str) -> None:
        await self._ask(NOTE, (learner, name, value))

    async def notes(self, learner: str) -> dict[str, str]:
        sql = "SELECT name, value FROM note WHERE learner = ?"
        return dict(await asyncio.to_thread(self._rows, "Read your notes.", sql, (learner,)))

    def close(self) -> None:
        """Commit what waits, then let go of the file. What is asked afterwards is refused."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        with self._reading:
            self._reader.close()

    def forget(self, older_than_ms: int) -> int:
        """Drop rooms that got nothing since that wall-clock moment; how many they were.

        None when an entry is from the future: then the clock is not to be trusted. Meant for the
        start, before anybody is served. Raises StorageError.
        """
        now_ms = int(self._clock() * 1000)
        with self._reading, plainly(self._path), transaction(self._reader) as at:
            (newest,) = at.execute("SELECT coalesce(max(at_ms), 0) FROM entry").fetchone()
            if now_ms < newest:
                return 0
            old = at.execute(OLD, (older_than_ms,)).fetchall()
            at.executemany("DELETE FROM entry WHERE room = ?", old)
            return len(old)

    # ---- writing ------------------------------------------------------------------------------

    async def _ask(self, sql: str, values: tuple[str | int | bytes, ...]) -> bool:
        """Let the writer do this; returns after its commit."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        # The gate keeps every job before the None that ends the thread.
        with self._gate:
            if self._closed:
                raise _closed("Keep this.")
            self._queue.put(Job(sql, values, future))
        return await future

    def _write_on(self) -> None:
        """The thread: commit what waits, until None comes."""
        while jobs := self._waiting():
            self._write([job for job in jobs if not job.future.cancelled()])
        self._writer.close()

    def _waiting(self) -> list[Job]:
        """At least one job and at most GROUP; none at the end."""
        jobs: list[Job] = []
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == GROUP:
                return jobs
            try:
                job = self._queue.get_nowait()
            except Empty:
                return jobs
        if jobs:
            self._queue.put(None)
        return jobs

    def _write(self, jobs: list[Job]) -> None:
        """Commit the jobs together, and tell their callers. Never raises: the thread must live."""
        try:
            with transaction(self._writer) as at:
                written = [at.execute(job.sql, job.values).rowcount == 1 for job in jobs]
        except Exception as error:
            if len(jobs) > 1 and code_of(error) not in LOCKED:
                # Perhaps only one of them is too much: each gets its own chance, in order.
                for job in jobs:
                    self._write([job])
                return
            _settle([(job.future, _refusal("Keep this.", error)) for job in jobs])
        else:
            _settle([(job.future, done) for job, done in zip(jobs, written, strict=True)])

    # ---- reading ------------------------------------------------------------------------------

    def _rows(self, asked: str, sql: str, values: tuple[str | int, ...]) -> list[Any]:
        with self._reading:
            if self._closed:
                raise _closed(asked)
            try:
                return self._reader.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise _refusal(asked, error) from error

    def _read(self, room: str, from_seq: int) -> list[AnyEntry]:
        entries: list[AnyEntry] = []
        for place, (seq, data) in enumerate(
            self._rows("Open this room.", READ, (room, from_seq)), from_seq
        ):
            try:
                if seq != place:
                    raise msgspec.DecodeError("missing")
                entries.append(self._decode(data))
            except (msgspec.DecodeError, RecursionError) as error:
                raise ArchiveUnavailable(
                    "Open this room.",
                    f"Entry {place} of its log is damaged, or a newer version of this server "
                    "wrote it.",
                    "Open the start page for a new room, or ask whoever runs the server to start "
                    "the newer version.",
                ) from error
        return entries


def _closed(asked: str) -> ArchiveUnavailable:
    return ArchiveUnavailable(
        asked, "The server is shutting down.", "Nothing was changed. Reload the page in a minute."
    )


def _refusal(asked: str, error: Exception) -> ArchiveUnavailable:
    reason, remedy = f"The server's archive does not work: {error}.", "Try again later."
    if code_of(error) == sqlite3.SQLITE_FULL:
        reason, remedy = "The server's disk is full.", "Try again when space was made on it."
    elif code_of(error) in LOCKED:
        reason, remedy = "Another process keeps the server's archive busy.", "Try again."
    return ArchiveUnavailable(asked, reason, f"Nothing was changed. {remedy}")


def _settle(outcomes: list[tuple[asyncio.Future[bool], bool | ArchiveUnavailable]]) -> None:
    """Tell the callers, each in its loop; those that left, or whose loop is over, are skipped."""
    loops: dict[asyncio.AbstractEventLoop, list[int]] = {}
    for number, (future, _) in enumerate(outcomes):
        loops.setdefault(future.get_loop(), []).append(number)

    def tell(numbers: list[int]) -> None:
        for future, outcome in (outcomes[number] for number in numbers):
            if future.done():
                continue
            if isinstance(outcome, ArchiveUnavailable):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    for loop, numbers in loops.items():
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, numbers)
