"""What can be set on the design with a leader, and which settings make no sense."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.errors import CommandRejected
from app.protocols.leader_follower.standbys import check_names, parse

Failover = Literal["none", "timeout", "election"]
Durability = Literal["off", "local", "remote_write", "on", "remote_apply"]
Reads = Literal["leader", "leader_local", "any", "spread", "sticky", "wait_position"]

EFFECTS: dict[str, str] = {
    "copies": "next_operation",
    "reads": "next_operation",
    "fencing": "at_once",
    "failover": "new_run",
    "pre_vote": "at_once",
    "step_down": "at_once",
    "priorities": "at_once",
    "catch_up": "at_once",
    "durability": "next_operation",
    "standbys": "at_once",
    "ack_timeout_us": "next_operation",
    "on_timeout": "next_operation",
    "wait_no_replica": "at_once",
    "wait_point": "at_once",
    "read_concern": "next_operation",
    "read_wait_us": "next_operation",
    "hand_us": "at_once",
    "flush_us": "at_once",
    "apply_us": "at_once",
}
"""When a change of a setting takes effect; what is not listed cannot be changed by a person."""


class LeaderFollowerSettings(Struct, frozen=True):
    """`copies`: the leader answers a write when so many nodes, itself included, have it on disk.

    With `failover` none the first node leads for ever. With timeout whoever hears no leader for
    `silence_us` (and `takeover_step_us` for each place it has in the cluster's list) takes over
    and asks nobody. With election a follower that hears nothing for a random time between the two
    election bounds stands as candidate.

    `durability`, after PostgreSQL's synchronous_commit: what OK waits for. off: nothing, and the
    log is handed to the operating system up to `hand_us` later. local: the leader's flush. Then the
    flush and, of `copies` − 1 followers, that they have handed the write to their operating system
    (remote_write), flushed it (on) or applied it (remote_apply). `standbys`: which followers count,
    and how many of them, instead of `copies` (`standbys.py`).

    `ack_timeout_us` after a write was taken on (0: never) the leader does what `on_timeout` says:
    waits on; falls back to asynchronous until enough followers have caught up (MySQL); answers OK
    with a warning (a cancelled commit in PostgreSQL); or answers that it does not know (MongoDB's
    wtimeout). `wait_no_replica` off: it falls back at once when it hears too few followers for
    `silence_us`. `wait_point`: are other clients at the leader shown a write before it is
    acknowledged? after_commit: they are.

    `reads`: by the leader, which asks a majority whether it still leads (leader) or not
    (leader_local); or by a node from its own copy: the one where the client enters (any), another
    one each time (spread), one follower for each client (sticky), or the one where it enters as
    soon as that has what the client has seen or written (wait_position; refused after
    `read_wait_us`). `read_concern`: everything applied (local), what is known to be on a majority
    (majority), or the one of the two on which an OK rests (acknowledged).

    `flush_us`: how long a flush to disk takes; all that has come meanwhile is the next one.
    `apply_us`: how much later than it flushes a follower applies. Both 0: at once.

    `fencing` on: a leader answers only while a majority has acknowledged something it
    sent within `lease_us`, which ends before anyone may take over.

    `pre_vote`: who hears no leader first asks whether it could win. `step_down`: an elected leader
    that a majority has not answered for `election_low_us` leaves office. `priorities`: a digit a
    node in the order of the list, 1 for those beyond its end; 0 never stands, and who leads hands
    over to a higher one that has its whole log. `catch_up`: a new leader first looks for newer
    entries among the others, for at most `catch_up_us`.

    `vote_write_low_us` and `vote_write_high_us`: a candidate asks for votes while its own is on its
    way to the disk, and counts that when it is there, after a random time between the two.
    """

    copies: int = 2
    failover: Failover = "none"
    reads: Reads = "leader"
    fencing: Literal["off", "on"] = "off"
    heartbeat_us: int = 50_000
    silence_us: int = 200_000
    election_low_us: int = 200_000
    election_high_us: int = 400_000
    takeover_step_us: int = 60_000
    lease_us: int = 150_000
    durability: Durability = "on"
    standbys: str = "none"
    ack_timeout_us: int = 0
    on_timeout: Literal["wait", "async", "cancel", "unknown"] = "wait"
    wait_no_replica: Literal["on", "off"] = "on"
    wait_point: Literal["before_commit", "after_commit"] = "before_commit"
    read_concern: Literal["acknowledged", "local", "majority"] = "acknowledged"
    read_wait_us: int = 300_000
    hand_us: int = 0
    flush_us: int = 0
    apply_us: int = 0
    pre_vote: Literal["off", "on"] = "off"
    step_down: Literal["off", "on"] = "off"
    priorities: Annotated[str, Meta(pattern=r"^[0-9](-[0-9])*$")] = "1"
    catch_up: Literal["off", "on"] = "off"
    catch_up_us: int = 100_000
    vote_write_low_us: int = 0
    vote_write_high_us: int = 0

    def priority(self, place: int) -> int:
        """The priority of the node at this place of the list, from 0."""
        digits = self.priorities.split("-")
        return int(digits[place]) if place < len(digits) else 1

    @property
    def needs(self) -> int:
        """On how many nodes a write must be for its OK, the leader included."""
        if self.durability in ("off", "local"):
            return 1
        standbys = parse(self.standbys)
        return 1 + standbys.count if standbys.names else self.copies

    def validate(self, node_count: int, nodes: tuple[str, ...] = ()) -> None:
        """Raise CommandRejected if a cluster of `node_count` nodes cannot run with this."""
        parse(self.standbys)
        if nodes:
            check_names(self.standbys, nodes)
        if not 1 <= self.copies <= node_count:
            raise CommandRejected(
                f"OK after {self.copies} copies was asked for.",
                f"The cluster has {node_count} nodes, and each holds one copy.",
                f"Choose from 1 to {node_count}.",
            )
        if not 0 < self.heartbeat_us < min(self.silence_us, self.election_low_us):
            raise CommandRejected(
                f"A heartbeat every {self.heartbeat_us} µs was asked for.",
                "Followers would suspect a leader that is well.",
                "Let the silence and the election time-outs be longer than the heartbeat.",
            )
        if not self.heartbeat_us < self.lease_us < min(self.silence_us, self.election_low_us):
            raise CommandRejected(
                f"A lease of {self.lease_us} µs was asked for.",
                "It must outlast a heartbeat and end before another node may take over.",
                "Choose one between the heartbeat and the shortest time-out.",
            )
        if self.election_high_us < self.election_low_us:
            raise CommandRejected(
                f"Election time-outs from {self.election_low_us} to {self.election_high_us} µs.",
                "The upper bound is below the lower one.",
                "Swap them.",
            )
        self._validate_election(node_count)

    def _validate_election(self, node_count: int) -> None:
        if len(self.priorities.split("-")) > node_count:
            raise CommandRejected(
                f"Priorities {self.priorities} were asked for.",
                f"The cluster has {node_count} nodes.",
                "Give at most one digit a node.",
            )
        if not any(self.priority(place) for place in range(node_count)):
            raise CommandRejected(
                f"Priorities {self.priorities} were asked for.",
                "No node could ever stand for election.",
                "Give at least one node a priority above 0.",
            )
        if self.vote_write_high_us < self.vote_write_low_us:
            raise CommandRejected(
                f"Votes on disk after {self.vote_write_low_us} to {self.vote_write_high_us} µs.",
                "The upper bound is below the lower one.",
                "Swap them.",
            )
