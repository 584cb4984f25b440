"""Where logs are kept: the one thing a room cannot lose."""

from typing import Protocol

from app.rooms.log import AnyEntry


class Archive(Protocol):
    """Ordered logs by room code. An append that returned True is kept."""

    async def append(self, room: str, expected_seq: int, entry: AnyEntry) -> bool:
        """Put `entry` at position `expected_seq` (from 0); False when that place is taken."""
        ...

    async def read(self, room: str, from_seq: int) -> list[AnyEntry]:
        """The entries from `from_seq` on; empty for a room that does not exist."""
        ...
