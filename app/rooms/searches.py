"""Searches that are under way or done: one after another part, as a visitor's share allows.

Whoever asks knows a search by its id alone, which nobody can guess; whoever began it may end it.
"""

import asyncio
import contextlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from app.errors import CommandRejected
from app.rooms.pool import Pool

PART = 40
"""Tries in one piece of work: a second or so, after which others have their turn."""
KEPT = 200
ASKED = "Find a bad run."
State = Literal["running", "found", "none", "ended", "failed"]


class Search(Struct):
    """`tried` of `most` were looked at so far. `found`: what the last piece of work returned;
    `said`: why it ended, where nothing was found."""

    id: str
    visitor: str
    most: int
    about: Any
    state: State = "running"
    tried: int = 0
    found: Any = None
    said: str = ""


class Searches:
    """`look(about, first, count)` says as a job which of these tries it is, or None; `shrink` what
    is to be shown of it. Both are given to the pool with what `part` makes of them."""

    def __init__(
        self,
        pool: Pool,
        part: Callable[[Any, int, int], Any],
        look: Callable[[Any], int | None],
        shrink: Callable[[Any], Any],
    ) -> None:
        self.pool = pool
        self.part = part
        self.look = look
        self.shrink = shrink
        self._kept: OrderedDict[str, Search] = OrderedDict()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, visitor: str, about: Any, most: int) -> Search:
        """Begin one; raises CommandRejected when this visitor has one under way, or no share."""
        self.pool.check(visitor, ASKED)
        if any(one.visitor == visitor and one.state == "running" for one in self._kept.values()):
            raise CommandRejected(
                ASKED, "A search of yours is under way.", "Wait for its end, or end it."
            )
        search = Search(secrets.token_urlsafe(12), visitor, most, about)
        self._kept[search.id] = search
        while len(self._kept) > KEPT:
            _, oldest = self._kept.popitem(last=False)
            self.end(oldest)
        self._tasks[search.id] = asyncio.create_task(self._work(search))
        return search

    def find(self, name: str) -> Search:
        """The search of this id; raises CommandRejected."""
        if name not in self._kept:
            raise CommandRejected(
                "Open this search.", "It is not kept any more.", "Begin another one."
            )
        return self._kept[name]

    def end(self, search: Search) -> None:
        """Stop it where it is; one that is done stays as it is."""
        task = self._tasks.get(search.id)
        if task is not None:
            task.cancel()

    async def over(self, search: Search) -> None:
        """Until nothing is worked on for it any more."""
        task = self._tasks.get(search.id)
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def close(self) -> None:
        for search in self._kept.values():
            self.end(search)
        for search in list(self._kept.values()):
            await self.over(search)

    async def _work(self, search: Search) -> None:
        try:
            number = await self._first(search)
            if number is None:
                search.state = "none"
                return
            part = self.part(search.about, number, 1)
            search.found = await self.pool.run(search.visitor, self.shrink, part, ASKED)
            search.state = "found"
        except CommandRejected as no:
            search.state, search.said = "failed", f"{no.reason} {no.remedy}"
        except asyncio.CancelledError:
            search.state = "ended"
            raise
        finally:
            del self._tasks[search.id]

    async def _first(self, search: Search) -> int | None:
        """The number of the first try that breaks it."""
        while search.tried < search.most:
            count = min(PART, search.most - search.tried)
            part = self.part(search.about, search.tried, count)
            number = await self.pool.run(search.visitor, self.look, part, ASKED)
            if number is not None:
                search.tried = number + 1
                return number
            search.tried += count
        return None
