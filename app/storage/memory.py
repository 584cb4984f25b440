"""Logs in memory: a restart forgets them. The same contract as any other archive."""

from collections import OrderedDict

from app.rooms.log import AnyEntry


class MemoryArchive:
    """Keeps the logs of the `keep` rooms that were used last.

    The compare-and-append is atomic because nothing awaits in between.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._logs: OrderedDict[str, list[AnyEntry]] = OrderedDict()

    async def append(self, room: str, expected_seq: int, entry: AnyEntry) -> bool:
        log = self._logs.setdefault(room, [])
        self._logs.move_to_end(room)
        if len(log) != expected_seq:
            return False
        log.append(entry)
        while len(self._logs) > self._keep:
            self._logs.popitem(last=False)
        return True

    async def read(self, room: str, from_seq: int) -> list[AnyEntry]:
        return self._logs.get(room, [])[from_seq:]
