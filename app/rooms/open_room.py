"""A room in memory with those who watch it, and how they are told: by `offer` alone, never waited
for. Each frame is encoded once for all."""

import asyncio
from collections.abc import Callable

from app.rooms import roles
from app.rooms.frames import Roll, RoomState, Rows, Seen, Stopped
from app.rooms.log import Acted, AnyEntry
from app.rooms.member import Batch, Member
from app.rooms.room import Room
from app.trace.codec import encode

COUNT_SECONDS = 0.25
"""Votes and observers are counted out at most this often: nobody needs each of 200 at once."""
ROWS_A_FRAME = 500
"""So many a browser reads between two pictures of an animation."""

Shown = tuple[int, dict[str, int]]
"""The branch on screen and how many of its rows viewers have, by cluster."""


class OpenRoom:
    """`lock` is held from plan to tell. `wall`: milliseconds since 1970, may jump."""

    def __init__(self, room: Room, now: float, wall: Callable[[], int]) -> None:
        self.room = room
        self.members: list[Member] = []
        self.lock = asyncio.Lock()
        self.used_at = now
        self._wall = wall
        self._counting: asyncio.TimerHandle | None = None

    @property
    def code(self) -> str:
        return self.room.code or ""

    @property
    def wall(self) -> int:
        """The log's clock: never behind what the log says."""
        return max(self.room.fold.wall, self._wall())

    # ---- viewers ------------------------------------------------------------------------------

    def enter(self, member: Member) -> None:
        member.room = self.room.code
        if member not in self.members:
            self.members.append(member)
        self.count_soon()

    def leave(self, member: Member) -> None:
        if member in self.members:
            self.members.remove(member)
            self.count_soon()

    def welcome(self, member: Member) -> bytes:
        return encode(roles.welcome(self.room, member.key, member.learner, member.voter))

    def welcome_all(self) -> None:
        """Tell everybody anew who drives: the presenter has changed."""
        for member in self.members:
            member.offer(Batch(self.welcome(member)))

    def catch_up(self, member: Member, have: dict[str, int], *first: bytes) -> None:
        """All that the viewer lacks, in one piece, so that one that was behind gets it or waits."""
        rows = [encode(frame) for frame in self.room.rows(have, ROWS_A_FRAME)]
        member.offer(Batch(*first, *rows, encode(self.state())))

    # ---- telling ------------------------------------------------------------------------------

    def state(self) -> RoomState:
        return self.room.state(self.wall)

    def shown(self) -> Shown:
        room = self.room
        timeline = room.timelines.get(room.fold.head.branch)
        upto = max(room.fold.current.frontier, room.fold.head.until)
        counts = (
            {}
            if timeline is None
            else {name: track.count(upto) for name, track in timeline.tracks.items()}
        )
        return room.fold.head.branch, counts

    def tell(self, before: Shown, entry: AnyEntry) -> None:
        """The log has a new entry: what it brought, and the state."""
        branch, counts = before
        same = branch == self.room.fold.head.branch
        if same and isinstance(entry, Acted):
            # Who played holds rows of a future that does not come any more.
            tracks = self.room.timeline(branch).tracks
            counts = {n: min(c, tracks[n].count(entry.forked_at)) for n, c in counts.items()}
        self._tell(counts if same else {})

    def tell_all(self) -> None:
        """Another process wrote: whatever viewers hold may be void."""
        self._tell({})

    def _tell(self, have: dict[str, int]) -> None:
        rows = self._news(have)
        self._offer(Batch(*rows, encode(self.room.state())))

    def tell_more(self, seen: Seen) -> None:
        """Simulate on for who plays, and tell all what came; the log does not hear of it."""
        held = self.room.held()
        self.room.more(seen)
        self._offer(Batch(*self._news(held)))

    def tell_stopped(self, stopped: Stopped) -> None:
        self._offer(Batch(encode(stopped)))

    def _news(self, have: dict[str, int]) -> list[bytes]:
        """Frames of rows that viewers with `have` lack; one without news is not sent."""

        def new(rows: Rows) -> bool:
            return not rows.is_empty or rows.start != have.get(rows.cluster, 0)

        return [encode(rows) for rows in self.room.rows(have, ROWS_A_FRAME) if new(rows)]

    def _offer(self, batch: Batch) -> None:
        for member in self.members:
            member.offer(batch)

    # ---- counting -----------------------------------------------------------------------------

    def count_soon(self) -> None:
        """Tell how many follow and how many answered, a little later, once for all of them."""
        if self._counting is None and self.room.fold.recovery:
            loop = asyncio.get_running_loop()
            self._counting = loop.call_later(COUNT_SECONDS, self._count)

    def _count(self) -> None:
        self._counting = None
        driving = [m for m in self.members if roles.drives(self.room, m.key, m.learner)]
        roll = Batch(encode(Roll(len(self.members) - len(driving))))
        for member in driving:
            member.offer(roll)
        self._offer(Batch(encode(self.state())))
