"""What can be set on the leaderless design, and which settings make no sense."""

from typing import Literal

from msgspec import Struct

from app.errors import CommandRejected, duration
from app.protocols.leaderless.settings_of_requests import check_answers, check_requests
from app.trace.levels import ReadLevel, WriteLevel
from app.trace.ties import DATED, Tie
from app.versions.rules import CartRule, Conflict

ReadRepair = Literal["after_reply", "before_reply", "off"]

MOST = 1_000
EFFECTS: dict[str, str] = {
    "r": "next_operation",
    "w": "next_operation",
    "write_level": "next_operation",
    "read_level": "next_operation",
    "pw": "next_operation",
    "pr": "next_operation",
    "node_confirms": "next_operation",
    "preferred_r": "next_operation",
    "preferred_w": "next_operation",
    "notfound": "next_operation",
    "basic_quorum": "next_operation",
    "read_fanout": "next_operation",
    "digests": "next_operation",
    "speculative_us": "next_operation",
    "repair_scope": "next_operation",
    "hint_keeper": "at_once",
    "hint_window_us": "at_once",
    "hint_replay_us": "at_once",
    "tombstones": "new_run",
    "grace_us": "new_run",
    "compact_us": "at_once",
    "reap_us": "at_once",
    "anti_entropy_us": "at_once",
    "tree_depth": "new_run",
    "read_repair": "next_operation",
    "quorum": "next_operation",
    "hints": "at_once",
    "heartbeat_us": "at_once",
    "silence_us": "at_once",
    "request_timeout_us": "next_operation",
    "coordinator": "new_run",
    "first_write": "next_operation",
    "forward_us": "at_once",
    "n": "new_run",
    "placement": "new_run",
    "conflict": "new_run",
    "cart": "new_run",
    "counter": "new_run",
    "compare": "next_operation",
    "stamps": "new_run",
    "tie": "new_run",
    "shown": "new_run",
    "vector_limit": "new_run",
    "sibling_limit": "new_run",
}
"""When a change of a setting takes effect."""


class LeaderlessSettings(Struct, frozen=True):
    """N, R, W and the waiting times.

    `coordinator`: who carries a request out (`routes.py`). Entry: the node where the client enters;
    in_turn: the client's driver takes one node after the other. Home: a write that lands on a node
    without a copy is handed on to one that has one, and to the next if that does not say within
    `forward_us` that it has it. Aware: the driver knows the replicas and asks one of them. Client:
    the library in the client asks the replicas itself. `first_write` alone: a whole value goes to
    the first replica, which raises the version, and only then to the others (`first_writes.py`).

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
    go no more than came in through it; agreed: a round decides each change, and none that would
    leave less than nothing. `compare`: a compare-and-set is refused, or rounds decide it and serial
    reads (`rounds.py`).

    `write_level`, `read_level`: number takes W and R, else the level of that name (`levels.py`);
    a request may name another. `pw`, `pr`: so many of the answers must be replicas' own;
    `node_confirms`: so many nodes must have answered, whoever they are. `preferred_r`,
    `preferred_w`: so many are waited for until the time-out, when fewer will do (0: no more than
    needed). `notfound` fails: who has nothing of the key is no answer, and when too many have
    nothing for R to be met, or with `basic_quorum` more than half, that is told. A read
    asks all replicas or as many as it needs (`read_fanout`); then the others may send `digests`,
    and after `speculative_us` one more is asked (0: none is). A read repairs those that it asked,
    or asks the rest for that when its client has been answered (`repair_scope`).

    Where the quorum is strict, `hint_keeper` keeps hints, none for a replica that has been silent
    for longer than `hint_window_us` (0: any time), and looks every `hint_replay_us` whether one can
    be handed over (0: with each heartbeat).

    `tombstones`: when one may go (`tombstones.py`). By grace, in a compaction after `grace_us`, one
    each `compact_us` (0: only by hand); agreed, `reap_us` after all replicas were seen to hold it.

    Each `anti_entropy_us` (0: only by hand) a node compares its Merkle tree, of `tree_depth` levels
    below the root, with that of another replica.

    `placement` head: all keys lie on the first N nodes. In_turn: each key on other ones, in turn.
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
    placement: Literal["head", "in_turn"] = "head"
    cart: CartRule = "as_written"
    counter: Literal["as_written", "escrow", "agreed"] = "as_written"
    compare: Literal["refused", "rounds"] = "refused"
    stamps: Literal["coordinator", "client"] = "coordinator"
    tie: Tie = "id"
    shown: Literal["all", "newest"] = "all"
    vector_limit: int = 0
    sibling_limit: int = 0
    write_level: WriteLevel = "number"
    read_level: ReadLevel = "number"
    pw: int = 0
    pr: int = 0
    node_confirms: int = 0
    preferred_r: int = 0
    preferred_w: int = 0
    notfound: Literal["counts", "fails"] = "counts"
    basic_quorum: Literal["off", "on"] = "off"
    read_fanout: Literal["all", "needed"] = "all"
    digests: Literal["off", "on"] = "off"
    speculative_us: int = 0
    repair_scope: Literal["asked", "all"] = "asked"
    hint_keeper: Literal["coordinator", "next_node"] = "coordinator"
    hint_window_us: int = 0
    hint_replay_us: int = 0
    tombstones: Literal["kept", "grace", "agreed", "none"] = "kept"
    grace_us: int = 864_000_000_000
    compact_us: int = 0
    reap_us: int = 3_000_000
    anti_entropy_us: int = 0
    tree_depth: int = 3
    coordinator: Literal["entry", "in_turn", "home", "aware", "client"] = "entry"
    forward_us: int = 100_000
    first_write: Literal["with_all", "alone"] = "with_all"

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
                f"Gossip every {duration(self.heartbeat_us)}, silence {duration(self.silence_us)}.",
                "A node would suspect peers that are well.",
                "Let the silence be longer than the gossip interval.",
            )
        if self.request_timeout_us <= 0:
            raise CommandRejected(
                f"A request time-out of {duration(self.request_timeout_us)} was asked for.",
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
        check_requests(self)
        check_answers(self)

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
        if self.sibling_limit and self.conflict in DATED:
            raise CommandRejected(
                f"At most {self.sibling_limit} siblings were asked for.",
                "Under this conflict rule there are none.",
                "Choose a rule that keeps siblings, or no limit.",
            )
