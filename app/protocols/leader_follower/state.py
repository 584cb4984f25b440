"""All that a node remembers: on disk, which outlives a crash, and in memory, which does not."""

from msgspec import Struct, field

from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.standbys import NO_LIST, Standbys
from app.trace.values import CART, Value


class LogEntry(Struct, frozen=True, array_like=True, gc=False):
    """One entry of the replication log. `value` None: the entry that opens a leader's term."""

    term: int
    op: str
    value: Value | None
    key: str = CART


class Disk(Struct):
    """Term, vote and log outlive a crash (Raft §5, figure 2: persistent state).

    `unflushed`: so many entries at the end of the log are not flushed yet, `unhanded` of them not
    even handed to the operating system (`disk.py`). `torn`: a crash took some of them.

    `beats` numbers the node's heartbeats, so that none ever repeats a name; `wipes` counts lost
    disks for the same reason. `rejoining`: the disk is new, and what stood on the old one is not
    known yet. `named`: the term in which people, not votes, made this node the leader; it leads on
    after a restart while that is the newest it knows of. 0: none.

    `diverged`: the position from which its log is not the leader's and stays so, 0: none. `saved`:
    what was thrown away and kept in a list; `errant`: what it is to ask for again, for the time
    `resent` (`tails.py`). `promised_until`: it does not take the lock before (`lease.py`).
    """

    term: int = 1
    voted_for: str | None = None
    log: list[LogEntry] = field(default_factory=list)
    beats: int = 0
    wipes: int = 0
    rejoining: bool = False
    unflushed: int = 0
    unhanded: int = 0
    torn: bool = False
    named: int = 0
    diverged: int = 0
    saved: list[LogEntry] = field(default_factory=list)
    errant: list[LogEntry] = field(default_factory=list)
    resent: int = 0
    promised_until: int = 0


class Waiting(Struct):
    """A request the leader works on. `sources`: the nodes counted so far, each once.

    `asker` is the client, or the node that forwarded the request. `values`: what to answer a write
    with. `level`: the durability it waits for. `reached`: as many as needed stood behind it.
    `deadline` 0: there is none; after it, `on_timeout`. `released`: why the leader waits for fewer
    now.
    """

    kind: str
    asker: str
    need: int
    position: int
    sources: list[str] = field(default_factory=list)
    answered: bool = False
    values: tuple[Value, ...] = ()
    key: str = CART
    level: str = "on"
    deadline: int = 0
    on_timeout: str = "wait"
    reached: bool = False
    released: str = ""


class PendingRead(Struct, array_like=True):
    """A read that waits until this node shows `position`; refused at `deadline`."""

    asker: str
    position: int
    deadline: int
    key: str = CART


class Memory(Struct):
    """`leader` None: hears none. `match`: log position known to be on each follower, received
    (handed to its operating system); `flushed`, `applied`: and flushed, applied.

    `forwarded`: which client waits here for which operation. `beat_length`: the log's length at
    the last heartbeat; what a follower has not acknowledged since then is sent again.
    `heard_at`: when the newest message was sent that a follower has acknowledged. `logs`: what the
    others told a node that rejoins, each (term, log). `index`: the log positions that hold a value
    of each key, up to position `indexed`; made from the log when it is asked for. So is `made_of`:
    by operation, the first position that one of its tries became, up to position `searched`.

    At the leader: `office_at`, when it took office; `seen_at`, when each follower last spoke;
    `streaming`, those that had caught up while they are heard; `standbys`, those it waits for with
    a FIRST or ANY list; `fallback`, it has fallen back to asynchronous; `acked`, the highest
    position answered OK; `lag`, what it last said of each follower.

    At a follower: `unapplied` entries at the end of the log; `applying`, (position, when) of those
    that are flushed; `agreed`, up to where its log is known to be its leader's in `agreed_term`;
    `reads` that wait. `flushing`: up to where the flush under way goes, 0 for none; `lagging`: a
    position was behind when it was last written down.

    Of elections: `heard_leader_at` −1: not since the restart. `pre_votes`: who would vote for this
    node, while it asks; `tries`: how often it has asked in this term. `transfer`: for whom it is
    about to leave, "" nobody. `tails`: what the others have beyond its log, while `catching_up`.

    Of the lock: `lease_until`, the leader's own; `taking`, the request for it under way, which is
    void at `taking_until`, `wanted` by a person; `sync_told`: of the follower that alone may take
    over it has told the service, which has `sync_known` for sure (`in_sync.py`); `failsafe`: in
    office without it; `failsafe_asked`, and who said yes. `waits_until`: fenced, for an older lease
    may run (`fencing.py`). `errant_told`: of so many writes to ask for again it has
    written down last.
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
    transfer: str = ""
    catching_up: bool = False
    lease_until: int = 0
    taking: str = ""
    taking_until: int = 0
    wanted: bool = False
    failsafe: bool = False
    failsafe_asked: bool = False
    failsafe_ok: list[str] = field(default_factory=list)
    waits_until: int = 0
    errant_told: int = 0
    tails: dict[str, tuple[LogEntry, ...]] = field(default_factory=dict)
    index: dict[str, list[int]] = field(default_factory=dict)
    indexed: int = 0
    made_of: dict[str, int] = field(default_factory=dict)
    searched: int = 0
    flushed: dict[str, int] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    office_at: int = 0
    seen_at: dict[str, int] = field(default_factory=dict)
    streaming: list[str] = field(default_factory=list)
    standbys: tuple[str, ...] = ()
    fallback: bool = False
    acked: int = 0
    lag: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    unapplied: int = 0
    applying: list[tuple[int, int]] = field(default_factory=list)
    agreed: int = 0
    agreed_term: int = 0
    reads: dict[str, PendingRead] = field(default_factory=dict)
    flushing: int = 0
    lagging: bool = False
    sync_told: str = ""
    sync_known: str = ""


class ReplicaState(Struct):
    disk: Disk = field(default_factory=Disk)
    memory: Memory = field(default_factory=Memory)


class Place(Struct, frozen=True):
    """Where a process stands: its own name, all nodes, the others; how many are a majority.

    `copies`: on how many nodes a write must be for its OK. `lease_us` 0: leaders are not fenced.
    `rules`: the settings; `standbys`: its list, read. `priority` 0: it never stands. `data`: the
    nodes that hold a copy, `peers`: those of them that this node is not; `safe`: on how many of
    them an entry must be to be committed (`arbiters.py`).
    """

    node: str
    nodes: tuple[str, ...]
    others: tuple[str, ...]
    majority: int
    copies: int
    lease_us: int = 0
    rules: LeaderFollowerSettings = LeaderFollowerSettings()
    standbys: Standbys = NO_LIST
    priority: int = 1
    data: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    safe: int = 1

    @property
    def is_arbiter(self) -> bool:
        return self.node not in self.data

    def of(self, kind: str) -> int:
        """How many nodes a write, or a read, could be counted on: arbiters confirm reads."""
        return len(self.data) if kind == "write" else len(self.nodes)
