"""All that a node remembers: on disk, which outlives a crash, and in memory, which does not."""

from msgspec import Struct, field

from app.trace.values import CART, Value


class LogEntry(Struct, frozen=True, array_like=True, gc=False):
    """One entry of the replication log. `value` None: the entry that opens a leader's term."""

    term: int
    op: str
    value: Value | None
    key: str = CART


class Disk(Struct):
    """Term, vote and log outlive a crash (Raft §5, figure 2: persistent state).

    `beats` numbers the node's heartbeats, so that none ever repeats a name; `wipes` counts lost
    disks for the same reason. `rejoining`: the disk is new, and what stood on the old one is not
    known yet. `named`: the term in which people, not votes, made this node the leader; it leads on
    after a restart while that is the newest it knows of. 0: none.
    """

    term: int = 1
    voted_for: str | None = None
    log: list[LogEntry] = field(default_factory=list)
    beats: int = 0
    wipes: int = 0
    rejoining: bool = False
    named: int = 0


class Waiting(Struct):
    """A request the leader works on. `sources`: the nodes counted so far, each once.

    `asker` is the client, or the node that forwarded the request. `values`: what to answer a write
    with.
    """

    kind: str
    asker: str
    need: int
    position: int
    sources: list[str] = field(default_factory=list)
    answered: bool = False
    values: tuple[Value, ...] = ()
    key: str = CART


class Memory(Struct):
    """`leader` None: hears none. `match`: log position known to be on each follower.

    `forwarded`: which client waits here for which operation. `beat_length`: the log's length at
    the last heartbeat; what a follower has not acknowledged since then is sent again.
    `heard_at`: when the newest message was sent that a follower has acknowledged. `logs`: what the
    others told a node that rejoins, each (term, log). `index`: the log positions that hold a value
    of each key, up to position `indexed`; made from the log when it is asked for.

    `heard_leader_at` −1: not since the restart. `pre_votes`: who would vote for this node, while it
    asks; `tries`: how often it has asked in this term. `office_at`: since when it leads;
    `transfer`: for whom it is about to leave, "" nobody. `tails`: what the others have beyond its
    log, while `catching_up`.
    """

    role: str = "follower"
    leader: str | None = None
    commit: int = 0
    serves_from: int = 0
    match: dict[str, int] = field(default_factory=dict)
    beat_length: int = 0
    waiting: dict[str, Waiting] = field(default_factory=dict)
    forwarded: dict[str, str] = field(default_factory=dict)
    votes: list[str] = field(default_factory=list)
    heard_at: dict[str, int] = field(default_factory=dict)
    fenced: bool = False
    logs: dict[str, tuple[int, tuple[LogEntry, ...]]] = field(default_factory=dict)
    asked: int = 0
    heard_leader_at: int = -1
    pre_votes: list[str] = field(default_factory=list)
    tries: int = 0
    office_at: int = 0
    transfer: str = ""
    catching_up: bool = False
    tails: dict[str, tuple[LogEntry, ...]] = field(default_factory=dict)
    index: dict[str, list[int]] = field(default_factory=dict)
    indexed: int = 0


class ReplicaState(Struct):
    disk: Disk = field(default_factory=Disk)
    memory: Memory = field(default_factory=Memory)


class Place(Struct, frozen=True):
    """Where a process stands: its own name, all nodes, the others; how many are a majority.

    `lease_us` 0: leaders are not fenced. `priority` 0: it never stands.
    """

    node: str
    nodes: tuple[str, ...]
    others: tuple[str, ...]
    majority: int
    copies: int
    lease_us: int = 0
    priority: int = 1
