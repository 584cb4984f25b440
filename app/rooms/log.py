"""The log of a room and what it adds up to. Pure: entries in, state out.

Everything that matters of a room is in its log: what was commanded (the only part that changes
the trace) and where the head was put. Two readers of one log are in the same state; a repeat of
an entry's (sender, counter) is answered from the fold and never logged twice.
"""

from msgspec import Struct, field

from app.rooms.frames import BranchLine, Head
from app.trace.commands import Configure, PlacedCommand
from app.trace.events import snake_case


class Entry(Struct, frozen=True, tag=snake_case, kw_only=True):
    """Base of log entries: who wrote it and the writer's own count."""

    sender: str
    counter: int


class RoomMade(Entry, frozen=True):
    """The first entry: scenario, seed and engine digest, and the run it starts from (a link's)."""

    scenario: str
    seed: int
    engine: str
    commands: tuple[PlacedCommand, ...] = ()
    until: int = 0


class Acted(Entry, frozen=True):
    """Commands were given on `branch`; a new one kept the first `kept` commands of `parent`."""

    branch: int
    parent: int | None
    kept: int
    forked_at: int
    placed: tuple[PlacedCommand, ...]
    from_at: int
    until: int
    note: str = ""


class Moved(Entry, frozen=True):
    """The head was put somewhere, or time was let run."""

    branch: int
    from_at: int
    until: int
    playing: bool = False
    speed: int = 100


AnyEntry = RoomMade | Acted | Moved


def configured(commands: tuple[PlacedCommand, ...]) -> tuple[Configure, ...]:
    """The settings that were changed; they act before the start."""
    return tuple(c.command for c in commands if isinstance(c.command, Configure))


class Branch(Struct):
    """One line of history. `commands` in order; `stops` rising; `frontier`: how far it was seen."""

    id: int
    parent: int | None
    forked_at: int
    commands: tuple[PlacedCommand, ...] = ()
    stops: tuple[int, ...] = (0,)
    frontier: int = 0

    def stopped_at(self, until: int) -> None:
        self.stops = tuple(sorted({*self.stops, until}))
        self.frontier = max(self.frontier, until)


class RoomFold(Struct):
    """The state of a room: the sum of its log up to `seq` (the number of entries taken in)."""

    seq: int = 0
    scenario: str = ""
    seed: int = 0
    engine: str = ""
    head: Head = Head(0, 0, 0, False, 100)
    branches: list[Branch] = field(default_factory=lambda: [Branch(0, None, 0)])
    answered: dict[str, int] = field(default_factory=dict)
    note: str = ""

    @property
    def current(self) -> Branch:
        return self.branches[self.head.branch]

    def take(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.seq += 1
        self.answered[entry.sender] = max(self.answered.get(entry.sender, 0), entry.counter)
        self.note = ""
        match entry:
            case RoomMade():
                self.scenario, self.seed, self.engine = entry.scenario, entry.seed, entry.engine
                self.branches[0].commands = entry.commands
                self.branches[0].stopped_at(entry.until)
                self.head = Head(0, entry.until, entry.until, False, 100)
            case Acted():
                self._acted(entry)
            case Moved():
                self.branches[entry.branch].frontier = max(
                    self.branches[entry.branch].frontier, entry.from_at
                )
                if not entry.playing:
                    self.branches[entry.branch].stopped_at(entry.until)
                self.head = Head(
                    entry.branch, entry.from_at, entry.until, entry.playing, entry.speed
                )

    def _acted(self, entry: Acted) -> None:
        if entry.branch == len(self.branches):
            parent = self.branches[entry.parent or 0]
            commands = parent.commands[: entry.kept]
            seen = max([entry.forked_at, *(placed.at for placed in commands)])
            kept_stops = tuple(stop for stop in parent.stops if stop <= seen)
            self.branches.append(
                Branch(
                    entry.branch,
                    parent.id,
                    entry.forked_at,
                    commands,
                    kept_stops or (0,),
                    entry.forked_at,
                )
            )
        branch = self.branches[entry.branch]
        branch.commands = tuple(
            sorted((*branch.commands, *entry.placed), key=lambda placed: placed.at)
        )
        if entry.from_at:
            branch.stopped_at(entry.from_at)
        branch.stopped_at(entry.until)
        self.head = Head(entry.branch, entry.from_at, entry.until, False, self.head.speed)
        self.note = entry.note

    def lines(self) -> tuple[BranchLine, ...]:
        return tuple(
            BranchLine(b.id, b.parent, b.forked_at, b.frontier, len(b.commands))
            for b in self.branches
        )
