"""Heavy work in processes of their own, few and of low priority, so that no room notices it.

One job runs in one process at a time. Jobs wait in one line a visitor, and the lines take turns, so
nobody's long work holds up another's short one. A job that is not wanted any more, or that takes
too long, is ended with its process. Other jobs never notice that, nor when a process ends by
itself, since each has one of its own; the next job in that place gets a new one.

Functions and what they are given and return travel between processes: top-level functions, Structs.
"""

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar, cast

from app.errors import CommandRejected
from app.rooms.limits import Limits
from app.rooms.quota import Quota

NICE = 10
"""How far behind the server the processes stand when the processor is wanted."""
Job = TypeVar("Job")
Result = TypeVar("Result")


class Ended(CommandRejected):
    """The process ended before it had an answer; the same work may well succeed in another."""


class Broken(Exception):
    """The process ended before it had an answer."""


class TooLong(Exception):
    """There was no answer in time."""


class TooLarge(Exception):
    """The job needed more memory than a process may have."""


class Failed(Exception):
    """The function raised: our bug, named in the text."""


def work_on(pipe: Connection, most_bytes: int) -> None:
    """What a process does: one job after another until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    while True:
        try:
            function, job = pipe.recv()
        except EOFError:
            return
        try:
            answer = ("done", function(job))
        except MemoryError:
            answer = ("large", None)
        except Exception as error:
            answer = ("failed", f"{type(error).__name__}: {error}")
        del job
        try:
            pipe.send(answer)
        except MemoryError:
            pipe.send(("large", None))


class Slot:
    """A place for one process; `call` waits in a thread, and `give_up` ends its job from another.
    Set `wanted` before each call: a job may be given up before its thread has begun."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.process: BaseProcess | None = None
        self.pipe: Connection | None = None
        self.wanted = False
        self._starting = threading.Lock()

    def call(self, function: Callable[[Any], Any], job: Any, seconds: float) -> Any:
        """What the function returns; raises Broken, TooLong, TooLarge or Failed."""
        with self._starting:
            if not self.wanted:
                raise Broken
            pipe = self._pipe()
        try:
            pipe.send((function, job))
            if not pipe.poll(seconds):
                self.kill()
                raise TooLong
            word, answer = pipe.recv()
        except (EOFError, OSError):
            self.kill()
            raise Broken from None
        if word == "large":
            # What was taken may be in pieces: a new process has it whole again.
            self.kill()
            raise TooLarge
        if word == "failed":
            raise Failed(answer)
        return answer

    def give_up(self) -> None:
        """Nobody wants the answer any more."""
        with self._starting:
            self.wanted = False
            self.kill()

    def kill(self) -> None:
        """End the process and whatever it does; the next job starts another."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.join()

    def _pipe(self) -> Connection:
        if self.process is None or not self.process.is_alive() or self.pipe is None:
            self.kill()
            if self.pipe is not None:
                self.pipe.close()
            context = multiprocessing.get_context("spawn")
            self.pipe, theirs = context.Pipe()
            process = context.Process(
                target=work_on, args=(theirs, self.most_bytes), daemon=True, name="work"
            )
            process.start()
            theirs.close()
            self.process = process
        return self.pipe

    def close(self) -> None:
        self.give_up()
        if self.pipe is not None:
            self.pipe.close()


class Pool:
    """`clock` gives seconds that only rise. Use it from one event loop alone."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.clock = clock
        self.quota = Quota(limits.work_seconds, limits.work_share, clock)
        self.slots = [Slot(limits.worker_bytes) for _ in range(limits.workers)]
        self._free = deque(self.slots)
        self._lines: OrderedDict[str, deque[asyncio.Future[Slot]]] = OrderedDict()
        self._threads = ThreadPoolExecutor(limits.workers, "work")

    @property
    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return sum(map(len, self._lines.values()))

    def check(self, visitor: str, asked: str) -> None:
        """Raise CommandRejected if a job of this visitor would not be taken now."""
        self.quota.check(visitor, asked)
        if len(self._lines.get(visitor, ())) >= self.limits.jobs_a_visitor:
            raise CommandRejected(
                asked,
                f"{self.limits.jobs_a_visitor} pieces of work of yours wait already.",
                "Wait until one of them is done.",
            )
        if self.waiting >= self.limits.jobs_waiting:
            raise CommandRejected(
                asked, "Too many people have work waiting here.", "Try again in a minute."
            )

    async def run(
        self,
        visitor: str,
        function: Callable[[Job], Result],
        job: Job,
        asked: str,
        seconds: float = 60.0,
    ) -> Result:
        """What `function(job)` returns, for this visitor. Raises CommandRejected, in the words of
        `asked`, when it is not taken or comes to nothing; cancelling ends the work at once."""
        self.check(visitor, asked)
        slot = await self._turn(visitor)
        slot.wanted, began = True, self.clock()
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._threads, slot.call, function, job, seconds)
        try:
            return cast(Result, await asyncio.shield(call))
        except asyncio.CancelledError:
            await asyncio.to_thread(slot.give_up)
            with contextlib.suppress(Exception):
                await call
            raise
        except Broken:
            reason = "The process that worked on it ended before it had an answer."
            raise Ended(asked, reason, "Ask again; nothing else was lost.") from None
        except TooLong:
            reason = f"It takes longer than {seconds:.0f} s."
            raise CommandRejected(asked, reason, "Ask for less at once.") from None
        except TooLarge:
            size = f"{self.limits.worker_bytes // 1_000_000} MB"
            reason = f"It needs more memory than the {size} that one piece of work may use."
            raise CommandRejected(asked, reason, "Ask for less at once.") from None
        except Failed as bug:
            reason = f"Our code failed on it ({bug})."
            remedy = "That is our fault: report it with what you asked for."
            raise CommandRejected(asked, reason, remedy) from None
        finally:
            self.quota.charge(visitor, self.clock() - began)
            self._give(slot)

    async def _turn(self, visitor: str) -> Slot:
        """A free place, when it is this visitor's turn."""
        if self._free:
            return self._free.popleft()
        place: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(visitor, deque()).append(place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._give(place.result())
            elif visitor in self._lines and place in self._lines[visitor]:
                self._lines[visitor].remove(place)
                if not self._lines[visitor]:
                    del self._lines[visitor]
            raise

    def _give(self, slot: Slot) -> None:
        """The place is free: for the first of the next visitor's line."""
        while self._lines:
            visitor, line = self._lines.popitem(last=False)
            place = line.popleft()
            if line:
                self._lines[visitor] = line
            if not place.done():
                place.set_result(slot)
                return
        self._free.append(slot)

    def close(self) -> None:
        """End all processes."""
        for slot in self.slots:
            slot.close()
        self._threads.shutdown(wait=False)
