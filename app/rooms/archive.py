"""Where logs are kept: the one thing a room cannot lose."""

from typing import Protocol

from app.errors import CommandRejected
from app.rooms.log import AnyEntry


class ArchiveUnavailable(CommandRejected):
    """The log cannot be written or read now (a full disk, a lost file); nothing was changed."""


class Archive(Protocol):
    """Ordered logs by room code, and notes by learner. What returned normally is kept.

    Every method may raise ArchiveUnavailable; then nothing was written.
    """

    async def append(self, room: str, expected_seq: int, entry: AnyEntry) -> bool:
        """Put `entry` at position `expected_seq` (from 0); False when that place is taken or the
        places before it are not all there."""
        ...

    async def read(self, room: str, from_seq: int) -> list[AnyEntry]:
        """The entries from `from_seq` on; empty for a room that does not exist."""
        ...

    async def news(self, since: int) -> tuple[int, list[str]]:
        """Rooms that got entries after mark `since`, and the mark to ask with next time.

        `since` −1 gives the mark of now and no rooms. Marks only rise; they are this archive's own.
        """
        ...

    async def note(self, learner: str, name: str, value: str) -> None:
        """Keep `value` under the learner's `name`; it replaces what was there."""
        ...

    async def notes(self, learner: str) -> dict[str, str]:
        """All that is kept for the learner, by name."""
        ...

    def close(self) -> None:
        """Finish what was begun; nothing may be asked afterwards."""
        ...
