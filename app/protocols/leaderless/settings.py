"""What can be set on the leaderless design, and which settings make no sense."""

from typing import Literal

from msgspec import Struct

from app.errors import CommandRejected
from app.trace.ties import Tie
from app.versions.rules import CartRule, Conflict

ReadRepair = Literal["after_reply", "before_reply", "off"]

MOST = 1_000
EFFECTS: dict[str, str] = {
    "r": "next_operation",
    "w": "next_operation",
    "read_repair": "next_operation",
    "quorum": "next_operation",
    "hints": "at_once",
    "heartbeat_us": "at_once",
    "silence_us": "at_once",
    "request_timeout_us": "next_operation",
    "n": "new_run",
    "placement": "new_run",
    "virtual_nodes": "new_run",
    "spread": "new_run",
    "spares": "new_run",
    "gossip": "new_run",
    "suspicion": "at_once",
    "phi": "at_once",
    "conflict": "new_run",
    "cart": "new_run",
    "counter": "new_run",
    "stamps": "new_run",
    "tie": "new_run",
    "shown": "next_operation",
    "vector_limit": "new_run",
    "sibling_limit": "new_run",
}
"""When a change of a setting takes effect."""


MAX_VIRTUAL_NODES = 64
MAX_PHI = 16


class LeaderlessSettings(Struct, frozen=True):
    """N, R, W and the waiting times.

    R, W and read repair belong to each operation; N shapes the cluster and needs a new run. A node
    that is silent for `silence_us` is suspected; it says that it is alive every `heartbeat_us`.

    `quorum` sloppy: where a replica is suspected, the next node of the list stands in for it and
    counts. `hints`: what a replica missed is kept for it elsewhere and handed over when it is heard
    again.

    `conflict`: what becomes of versions that meet. Siblings: each has a dot, and those of which
    none replaces another stay. Server_vectors, client_vectors, object_vectors: the same by plain
    version vectors, raised by the coordinator or by the client, or one for all siblings of a key.
    Newest_sibling: as the last, and of siblings the newest time stamp stays. Last_write: the newest
    time stamp stays whatever was read. Stamps are of the coordinator's or the client's clock
    (`stamps`); `tie` decides between equal ones. `vector_limit`: vectors have at most so many
    pairs; `sibling_limit`: a write that would leave more siblings is refused; 0: any number.

    `shown`: a reader is told of all siblings, or of the newest alone while its context covers all.

    `cart`: changes are written as the client chooses, or always as operations on an observed-remove
    set, a two-phase set, or cells of which each keeps its last write. `counter` escrow: a node lets
    go no more than came in through it.

    `placement` head: all keys lie on the first N nodes. In_turn: each key on other ones, in turn.
    Partitions and tokens: on a ring (`ring.py`), with `virtual_nodes` positions a node, copies
    spread over all nodes or over regions first; the last `spares` nodes are not on it at the start.

    `gossip`: every heartbeat a node tells all the others that it is alive, or tells, asks, or both,
    one other, drawn by the seed, what it has heard of everybody. `suspicion`: of who was silent for
    `silence_us`, or whose silence has reached φ = `phi` (accrual).
    """

    n: int = 3
    r: int = 2
    w: int = 2
    heartbeat_us: int = 50_000
    silence_us: int = 200_000
    request_timeout_us: int = 300_000
    read_repair: ReadRepair = "after_reply"
    quorum: Literal["strict", "sloppy"] = "strict"
    hints: Literal["off", "on"] = "off"
    conflict: Conflict = "siblings"
    placement: Literal["head", "in_turn", "partitions", "tokens"] = "head"
    virtual_nodes: int = 8
    spread: Literal["any", "regions"] = "any"
    spares: int = 0
    gossip: Literal["all", "push", "pull", "push_pull"] = "all"
    suspicion: Literal["silence", "phi"] = "silence"
    phi: int = 8
    cart: CartRule = "as_written"
    counter: Literal["as_written", "escrow"] = "as_written"
    stamps: Literal["coordinator", "client"] = "coordinator"
    tie: Tie = "id"
    shown: Literal["all", "newest"] = "all"
    vector_limit: int = 0
    sibling_limit: int = 0

    @property
    def on_ring(self) -> bool:
        """Do keys lie on a consistent-hash ring, which nodes may join and leave?"""
        return self.placement in ("partitions", "tokens")

    def validate(self, node_count: int, nodes: tuple[str, ...] = ()) -> None:
        """Raise CommandRejected if a cluster of `node_count` nodes cannot run with this."""
        if not 1 <= self.n <= node_count:
            raise CommandRejected(
                f"N={self.n} was asked for.",
                f"The cluster has {node_count} nodes, and each holds at most one copy.",
                f"Choose N from 1 to {node_count}.",
            )
        for letter, quorum in (("R", self.r), ("W", self.w)):
            if not 1 <= quorum <= self.n:
                raise CommandRejected(
                    f"{letter}={quorum} of N={self.n} was asked for.",
                    f"A request waits for at least one and at most all {self.n} copies.",
                    f"Choose {letter} from 1 to {self.n}.",
                )
        if not 0 < self.heartbeat_us < self.silence_us:
            raise CommandRejected(
                f"Gossip every {self.heartbeat_us} µs, suspicion after {self.silence_us} µs.",
                "A node would suspect peers that are well.",
                "Let the silence be longer than the gossip interval.",
            )
        self._validate_ring(node_count)
        if self.request_timeout_us <= 0:
            raise CommandRejected(
                f"A request time-out of {self.request_timeout_us} µs was asked for.",
                "The coordinator would give up before it asks.",
                "Choose a time-out above 0.",
            )
        if self.quorum == "sloppy" and self.n == node_count:
            raise CommandRejected(
                f"A sloppy quorum of N={self.n} on {node_count} nodes was asked for.",
                "Every node holds a copy already, so none is left to stand in.",
                f"Choose a strict quorum, or N below {node_count}.",
            )
        if self.quorum == "sloppy" and self.hints == "off":
            raise CommandRejected(
                "A sloppy quorum without hints was asked for.",
                "A node that stands in keeps the write as a hint; without, it could not.",
                "Choose hints on as well, or a strict quorum.",
            )
        self._rules()

    def _rules(self) -> None:
        """Of limits that cannot be, and of limits on what the rule does not have."""
        for words, limit in (("pairs", self.vector_limit), ("siblings", self.sibling_limit)):
            if not 0 <= limit <= MOST:
                raise CommandRejected(
                    f"A limit of {limit} {words} was asked for.",
                    "A version needs at least one.",
                    f"Choose from 1 to {MOST}, or 0 for no limit.",
                )
        if self.vector_limit and not self.conflict.endswith("vectors"):
            raise CommandRejected(
                f"Vectors of at most {self.vector_limit} pairs were asked for.",
                "Under this conflict rule versions are not told apart by plain vectors.",
                "Choose server, client or object vectors as well, or no limit.",
            )
        if self.sibling_limit and self.conflict in ("last_write", "newest_sibling"):
            raise CommandRejected(
                f"At most {self.sibling_limit} siblings were asked for.",
                "Under this conflict rule there are none.",
                "Choose a rule that keeps siblings, or no limit.",
            )

    def _validate_ring(self, node_count: int) -> None:
        """How many positions and spares there may be, and what φ can be."""
        if not 1 <= self.virtual_nodes <= MAX_VIRTUAL_NODES:
            raise CommandRejected(
                f"{self.virtual_nodes} virtual nodes a node were asked for.",
                "A node needs a position on the ring, and every one is drawn.",
                f"Choose from 1 to {MAX_VIRTUAL_NODES}.",
            )
        if self.spares and not self.on_ring:
            raise CommandRejected(
                f"{self.spares} spare nodes with the placement {self.placement} were asked for.",
                "Without a ring no node can join later.",
                "Choose the placement partitions or tokens, or no spare nodes.",
            )
        if not 0 <= self.spares <= node_count - self.n:
            raise CommandRejected(
                f"{self.spares} of {node_count} nodes were to be spare, with N={self.n}.",
                f"At least {self.n} nodes must be on the ring.",
                f"Choose from 0 to {node_count - self.n} spare nodes.",
            )
        if not 1 <= self.phi <= MAX_PHI:
            raise CommandRejected(
                f"Suspicion at φ={self.phi} was asked for.",
                "Below 1 every pause is suspect, and high values wait for ever.",
                f"Choose φ from 1 to {MAX_PHI}.",
            )
