"""All that a node remembers: on disk, which outlives a crash, and in memory, which does not."""

from msgspec import Struct, field

from app.protocols.client_messages import ClientWrite, Context
from app.protocols.leaderless.ballots import Acceptor
from app.protocols.leaderless.levels import Need, is_met
from app.protocols.leaderless.round_state import Round
from app.trace.values import CART, Value
from app.versions.dotted import DottedVersion, Siblings

NOBODY = Need(0, ())


class Taken(Struct, frozen=True, array_like=True):
    """So many increments, their sum, and the last request among them.

    `recent`: the operations of the newest ones, which are known when they are asked for again;
    `made`: the sum as it was stored and sent.
    """

    count: int
    amount: int
    op: str
    recent: tuple[str, ...] = ()
    made: DottedVersion | None = None


class Disk(Struct):
    """`versions`: by key. `counters` number the writes of each key that this node coordinated: a
    dot is never given twice. `tallies`: what this node took in by increments, in all, by key.

    `gossip_count` is kept here so that after a restart no message repeats an earlier name; `wipes`
    counts lost disks. `actor` names this disk in dots: a new disk gives dots of a new name, for it
    does not know which ones the old one gave. `hints`: by home and key, what is kept for it.

    `rounds`: by key, what this replica has promised and accepted; `ballot`: the moment of the last
    one that it opened.
    """

    versions: dict[str, Siblings] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Taken] = field(default_factory=dict)
    gossip_count: int = 0
    wipes: int = 0
    actor: str = ""
    hints: dict[str, dict[str, Siblings]] = field(default_factory=dict)
    rounds: dict[str, Acceptor] = field(default_factory=dict)
    ballot: int = 0


class Pending(Struct):
    """A request that this node coordinates: who answered, and with what (an ack brings nothing).

    `context` is what the client of a write is given with its OK, and of an operation `values` as
    well; a read finds its own. `asked`: replica → who was asked in its place, mostly itself.
    `written`: the version of a write. A read that mends before its reply waits for `mending`.

    `rule`: what must be met, of which `need` is the number of answers; `of`: so many copies there
    are; `reached`: it was met. `hinted`: this node's hint is an answer. `rest`: who has not been
    asked; `digests`: what replicas sent in short; `again`: who was asked for everything after that;
    `noted`: replicas that miss the write, for which a hint was thought of; `step`: of a write that
    a round has decided, which acknowledgements are meant; `first`: who is written to before all
    others, and has not answered; `wish`: so many answers are waited for until the time-out;
    `nothings`: of a read to which nothing found is no answer, how many of those end it (0: it is).
    """

    kind: str
    client: str
    attempt: int
    need: int
    context: Context
    values: tuple[Value, ...] = ()
    answers: dict[str, Siblings] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    written: Siblings = ()
    repair: str = "off"
    found: Siblings = ()
    mending: list[str] = field(default_factory=list)
    key: str = CART
    rule: Need = NOBODY
    of: int = 0
    reached: bool = False
    hinted: bool = False
    rest: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    step: int = 0
    first: str = ""
    wish: int = 0
    nothings: int = 0

    def answered(self) -> list[str]:
        """Of the homes whose answers count, those that have answered, or whose stand-in has."""
        if self.hinted and self.answers and not self.heard():
            return [self.rule.voters[0]]
        return [home for home in self._telling() if home in self.rule.voters]

    def _telling(self) -> list[str]:
        """The homes whose answers say something."""
        heard = self.heard()
        if not self.nothings:
            return heard
        return [home for home in heard if self.answers[self.asked[home]]]

    def is_nothing(self) -> bool:
        """Have too many of them nothing of the key, where that is no answer?"""
        return 0 < self.nothings <= len(self.heard()) - len(self._telling())

    def heard(self) -> list[str]:
        """The homes that have answered, or whose stand-in has."""
        return [home for home, asked in self.asked.items() if asked in self.answers]

    def is_enough(self) -> bool:
        """Is the rule met?"""
        heard = self._telling()
        own = sum(1 for home in heard if self.asked[home] == home)
        return (self.hinted and self.rule.hint) or is_met(self.rule, heard, own)


class Handed(Struct):
    """A write that was handed on, and to whom so far; nobody has said that it has it."""

    client: str
    request: ClientWrite
    tried: tuple[str, ...] = ()


class Memory(Struct):
    """`pending` by op id; `handed` by op; `suspected` peers in the order of suspicion; `pushed_at`:
    when hints were last handed over; `compacted_at`: when tombstones were last let go;
    `compared_at`: when this node last began to compare trees by itself. `trees`: by comparison that
    it began, how many hashes it has sent of each level. `reaping`: by op, the key and ids of
    tombstones that all replicas hold. `rounds`: by op, those that this node leads."""

    pending: dict[str, Pending] = field(default_factory=dict)
    last_heard: dict[str, int] = field(default_factory=dict)
    suspected: tuple[str, ...] = ()
    pushed_at: int = 0
    compacted_at: int = 0
    compared_at: int = 0
    trees: dict[str, list[int]] = field(default_factory=dict)
    reaping: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    handed: dict[str, Handed] = field(default_factory=dict)


class ReplicaState(Struct):
    disk: Disk = field(default_factory=Disk)
    memory: Memory = field(default_factory=Memory)
