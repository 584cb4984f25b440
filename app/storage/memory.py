"""Logs in memory: a restart forgets them. The same contract as any other archive."""

from collections import OrderedDict

from app.rooms.log import AnyEntry


class MemoryArchive:
    """Keeps the logs of the `keep` rooms, and the notes of the `keep` learners, used last.

    The compare-and-append is atomic because nothing awaits in between.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._logs: OrderedDict[str, list[AnyEntry]] = OrderedDict()
        self._marks: OrderedDict[str, int] = OrderedDict()
        self._mark = 0
        self._notes: OrderedDict[str, dict[str, str]] = OrderedDict()

    async def append(self, room: str, expected_seq: int, entry: AnyEntry) -> bool:
        log = self._logs.setdefault(room, [])
        self._logs.move_to_end(room)
        if len(log) != expected_seq:
            return False
        log.append(entry)
        self._mark += 1
        self._marks[room] = self._mark
        self._marks.move_to_end(room)
        while len(self._logs) > self._keep:
            gone, _ = self._logs.popitem(last=False)
            self._marks.pop(gone, None)
        return True

    async def read(self, room: str, from_seq: int) -> list[AnyEntry]:
        return self._logs.get(room, [])[from_seq:]

    async def news(self, since: int) -> tuple[int, list[str]]:
        if since < 0:
            return self._mark, []
        return self._mark, [room for room, mark in self._marks.items() if mark > since]

    async def note(self, learner: str, name: str, value: str) -> None:
        self._notes.setdefault(learner, {})[name] = value
        self._notes.move_to_end(learner)
        while len(self._notes) > self._keep:
            self._notes.popitem(last=False)

    async def notes(self, learner: str) -> dict[str, str]:
        return dict(self._notes.get(learner, {}))

    def close(self) -> None:
        """Nothing is under way."""
