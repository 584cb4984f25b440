"""The log of a room and what it adds up to. Pure: entries in, state out.

Everything that matters of a room is in its log: what was commanded (the only part that changes
the trace) and where the head was put. Two readers of one log are in the same state; a repeat of
an entry's (sender, counter) is answered from the fold and never logged twice.
"""

from msgspec import Struct, field

from app.rooms.branches import Branch, holds_from_start, name_of
from app.rooms.frames import BranchLine, Head
from app.trace.commands import Configure, PlacedCommand
from app.trace.events import snake_case


class Entry(Struct, frozen=True, tag=snake_case, kw_only=True, omit_defaults=True):
    """Base of log entries: who wrote it and the writer's own count.

    `wall`: milliseconds on the log's clock, which never goes back; it places the head of a room
    that plays, for those who come late, and nothing else.
    """

    sender: str
    counter: int
    wall: int = 0


class RoomMade(Entry, frozen=True):
    """The first entry: scenario, seed and engine digest, and the run it starts from (a link's).

    `lesson`: the slug of what is asked here. `presenter`, `recovery`: hashes of the secrets of the
    one who drives; without one everybody in the room does. `file`: the text of the scene file that
    the room is about, where it is none of ours. `shown`: where the head stands, None for `until`.
    `told`: what the link's writer saw, by cluster (`replays.py`)."""

    scenario: str
    seed: int
    engine: str
    commands: tuple[PlacedCommand, ...] = ()
    until: int = 0
    lesson: str = ""
    presenter: str = ""
    recovery: str = ""
    file: str = ""
    shown: int | None = None
    told: tuple[str, ...] = ()


class Acted(Entry, frozen=True):
    """Commands were given on `branch`; a new one kept the first `kept` commands of `parent`.

    `worked`: it is a lesson's worked run, not the learner's own.
    """

    branch: int
    parent: int | None
    kept: int
    forked_at: int
    placed: tuple[PlacedCommand, ...]
    from_at: int
    until: int
    note: str = ""
    worked: bool = False


class Moved(Entry, frozen=True):
    """The head was put somewhere, or time was let run."""

    branch: int
    from_at: int
    until: int
    playing: bool = False
    speed: int = 100


class Posed(Entry, frozen=True):
    """A question is put. With a run, on a new `branch`: `placed` is shown up to `at`, and what is
    asked about, `held` up to `until`, stays behind the gate. `right`: the option that holds.
    """

    question: str
    branch: int
    placed: tuple[PlacedCommand, ...]
    at: int
    held: tuple[PlacedCommand, ...]
    until: int
    right: int


class Voted(Entry, frozen=True):
    """One answer; `choice` −1 is "I don't know". A voter's last one counts."""

    question: str
    voter: str
    choice: int


class Shown(Entry, frozen=True):
    """The question goes on: `what` is closed, split, run, answer or withdrawn."""

    question: str
    what: str


class Passed(Entry, frozen=True):
    """A step of the lesson is behind the learner: worked, hint-1 …, solution, solved."""

    what: str


class Named(Entry, frozen=True):
    """A branch is called so from now on."""

    branch: int
    name: str


class Handed(Entry, frozen=True):
    """The presenter's secrets are new: who had the old ones follows from now on. Hashes."""

    presenter: str
    recovery: str


AnyEntry = RoomMade | Acted | Moved | Posed | Voted | Shown | Passed | Named | Handed


def configured(commands: tuple[PlacedCommand, ...]) -> tuple[Configure, ...]:
    """The settings that were changed; they act before the start."""
    return tuple(c.command for c in commands if isinstance(c.command, Configure) and not c.at)


class Asked(Struct):
    """A question in the room and how far it is. `votes`: choice by voter."""

    name: str
    branch: int
    at: int
    held: tuple[PlacedCommand, ...]
    until: int
    right: int
    votes: dict[str, int] = field(default_factory=dict)
    closed: bool = False
    split: bool = False
    ran: bool = False
    answered: bool = False

    @property
    def gated(self) -> bool:
        """Is there a run that nobody may see yet?"""
        return bool(self.held) and not self.ran


class RoomFold(Struct):
    """The state of a room: the sum of its log up to `seq` (the number of entries taken in).

    `moved_at`: when the head was last set going. `question`: the one that is open or was last;
    `asked`: all by name. `worked`: branches that show a worked run.
    """

    seq: int = 0
    scenario: str = ""
    seed: int = 0
    engine: str = ""
    head: Head = Head(0, 0, 0, False, 100)
    branches: list[Branch] = field(default_factory=lambda: [Branch(0, None, 0)])
    answered: dict[str, int] = field(default_factory=dict)
    note: str = ""
    lesson: str = ""
    presenter: str = ""
    recovery: str = ""
    wall: int = 0
    moved_at: int = 0
    question: Asked | None = None
    asked: dict[str, Asked] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    worked: list[int] = field(default_factory=list)

    @property
    def gated(self) -> bool:
        return self.question is not None and self.question.gated

    @property
    def answers_are_final(self) -> bool:
        """Alone with a lesson one's prediction is locked; in a class it may change until closed."""
        return not self.recovery

    @property
    def current(self) -> Branch:
        return self.branches[self.head.branch]

    def take(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.seq += 1
        self.answered[entry.sender] = max(self.answered.get(entry.sender, 0), entry.counter)
        self.note = ""
        self.wall = max(self.wall, entry.wall)
        head = self.head
        match entry:
            case Posed():
                self._posed(entry)
            case Voted(question=name, voter=voter, choice=choice):
                self.asked[name].votes[voter] = choice
            case Shown():
                self._shown(entry)
            case Passed(what=what):
                if what not in self.passed:
                    self.passed.append(what)
            case Named(branch=branch, name=name):
                self.branches[branch].name = name
            case Handed():
                self.presenter, self.recovery = entry.presenter, entry.recovery
            case RoomMade():
                self.scenario, self.seed, self.engine = entry.scenario, entry.seed, entry.engine
                self.lesson, self.presenter = entry.lesson, entry.presenter
                self.recovery = entry.recovery
                self.branches[0].commands = entry.commands
                self.branches[0].stopped_at(entry.until)
                shown = entry.until if entry.shown is None else entry.shown
                self.branches[0].stopped_at(shown)
                self.head = Head(0, shown, shown, False, 100)
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
        if self.head is not head:
            self.moved_at = self.wall

    def _posed(self, entry: Posed) -> None:
        if entry.branch == len(self.branches):
            self.branches.append(Branch(entry.branch, 0, 0, name=f"Question: {entry.question}"))
            self.branches[-1].commands = entry.placed
            self.branches[-1].stopped_at(entry.at)
            self.head = Head(entry.branch, 0, entry.at, False, self.head.speed)
        asked = Asked(entry.question, entry.branch, entry.at, entry.held, entry.until, entry.right)
        self.question = self.asked[entry.question] = asked

    def _shown(self, entry: Shown) -> None:
        asked = self.asked[entry.question]
        match entry.what:
            case "closed":
                asked.closed = True
            case "split":
                asked.closed = asked.split = True
            case "answer":
                asked.closed = asked.answered = True
            case "run":
                asked.closed = asked.ran = True
                branch = self.branches[asked.branch]
                branch.commands += asked.held
                branch.stopped_at(asked.until)
                self.head = Head(branch.id, asked.at, asked.until, False, self.head.speed)
            case "withdrawn":
                self.question = None
                del self.asked[entry.question]

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
                    name_of(entry.branch, entry.placed),
                )
            )
            if holds_from_start(entry.placed):
                head = self.head
                seen = min(head.until, self.branches[head.branch].frontier)
                self.branches[-1].came_from = (head.branch, seen)
                self.branches[-1].born = entry.until
        branch = self.branches[entry.branch]
        branch.acted = self.seq
        branch.commands = tuple(
            sorted((*branch.commands, *entry.placed), key=lambda placed: placed.at)
        )
        if entry.from_at:
            branch.stopped_at(entry.from_at)
        branch.stopped_at(entry.until)
        self.head = Head(entry.branch, entry.from_at, entry.until, False, self.head.speed)
        self.note = entry.note
        if entry.worked:
            self.worked.append(branch.id)

    def lines(self) -> tuple[BranchLine, ...]:
        return tuple(branch.line() for branch in self.branches)
