"""All that a node remembers: on disk, which outlives a crash, and in memory, which does not."""

from msgspec import Struct, field

from app.protocols.client_messages import Context
from app.protocols.leaderless.membership import NO_RING, Ring
from app.trace.values import CART, Value
from app.versions.dotted import DottedVersion, Siblings


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

    `ring`: where keys lie, on a ring; `streamed`: the step of it whose ranges have all come;
    `asked`: how often a range was asked for.
    """

    versions: dict[str, Siblings] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Taken] = field(default_factory=dict)
    gossip_count: int = 0
    wipes: int = 0
    actor: str = ""
    hints: dict[str, dict[str, Siblings]] = field(default_factory=dict)
    ring: Ring = NO_RING
    streamed: int = -1
    asked: int = 0


class Pending(Struct):
    """A request that this node coordinates: who answered, and with what (an ack brings nothing).

    `context` is what the client of a write is given with its OK, and of an operation `values` as
    well; a read finds its own. `asked`: replica → who was asked in its place, mostly itself.
    `written`: the version of a write. A read that mends before its reply waits for `mending`.
    `step`: of the ring, when it began.
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
    step: int = 0


class Memory(Struct):
    """`pending` by op id; `suspected` peers in the order of suspicion.

    `gaps`: of each peer the newest times between signs of life; `beats`: the number of its last
    heartbeat that was heard of; `settled`: the last step of the ring that it is known to have done.
    `streams`: who is asked for a range, and which keys of it have come.
    """

    pending: dict[str, Pending] = field(default_factory=dict)
    last_heard: dict[str, int] = field(default_factory=dict)
    suspected: tuple[str, ...] = ()
    gaps: dict[str, list[int]] = field(default_factory=dict)
    beats: dict[str, int] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)
    streams: dict[str, tuple[str, ...]] = field(default_factory=dict)


class ReplicaState(Struct):
    disk: Disk = field(default_factory=Disk)
    memory: Memory = field(default_factory=Memory)
